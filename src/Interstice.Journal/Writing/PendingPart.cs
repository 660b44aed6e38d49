using Interstice.Journal.Index;

namespace Interstice.Journal.Writing;

/// <summary>What becomes visible to readers when the group that is being written is durable.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Offset">Of the frame in the active segment.</param>
/// <param name="FirstRevision">Of the stream's events in the frame.</param>
/// <param name="Events">How many.</param>
internal readonly record struct PendingPart(StreamEntry Stream, long Offset, long FirstRevision, int Events);
