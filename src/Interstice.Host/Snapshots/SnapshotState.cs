namespace Interstice.Host.Snapshots;

/// <summary>A snapshot as it was found.</summary>
/// <param name="Name">Its file.</param>
/// <param name="Bytes">Length of the file; 0 when it cannot be read.</param>
/// <param name="Header">What it says of itself; null when that cannot be read.</param>
/// <param name="Refusal">Why it is not used; null for a good one.</param>
public sealed record SnapshotState(SnapshotName Name, long Bytes, SnapshotHeader? Header, SnapshotRefusal? Refusal)
{
    /// <summary>Whether a start would begin with it, were it the newest.</summary>
    public bool IsGood => Refusal is null;
}
