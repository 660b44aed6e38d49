namespace Interstice.Host.Snapshots;

/// <summary>A snapshot cannot be used.</summary>
/// <param name="fault">Why not.</param>
/// <param name="message">What was expected and found.</param>
/// <param name="inner">The cause, if there is one.</param>
public sealed class SnapshotException(SnapshotFault fault, string message, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>Why not.</summary>
    public SnapshotFault Fault { get; } = fault;
}
