namespace Interstice.Host.Snapshots;

/// <summary>A snapshot that was not used.</summary>
/// <param name="File">Its file.</param>
/// <param name="Fault">Why, for programs.</param>
/// <param name="Reason">Why, for people.</param>
public sealed record SnapshotRefusal(string File, SnapshotFault Fault, string Reason)
{
    /// <inheritdoc/>
    public override string ToString() => $"snapshot {File} is not used: {Reason}; remove it when you have looked into it";
}
