namespace Interstice.Kernel.Events;

/// <summary>The part of a multi-stream append that goes to one stream.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Expected">What it is expected to be.</param>
/// <param name="Events">The events, borrowed until the append has ended.</param>
public readonly record struct StreamAppend(
    StreamName Stream,
    ExpectedRevision Expected,
    ReadOnlyMemory<EventData> Events);
