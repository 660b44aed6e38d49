using Interstice.Journal.Archive;
using Interstice.Journal.Segments;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Verification;

/// <summary>What is known of a segment that is exactly what a writer writes, seen alone: what the segments beside it must agree with.
/// </summary>
/// <param name="Header">Its header.</param>
/// <param name="IsSealed">Whether it ends with a seal; else nothing but zeros follows its last frame.</param>
/// <param name="Length">Offset after its last frame.</param>
/// <param name="Chain">Its chain checksum up to there.</param>
/// <param name="Frames">Number of frames, footers and seal included.</param>
/// <param name="Appends">Number of those that hold events.</param>
/// <param name="Events">Number of events.</param>
/// <param name="Streams">Its streams.</param>
internal sealed record AcceptedSegment(
    SegmentHeader Header,
    bool IsSealed,
    long Length,
    uint Chain,
    long Frames,
    long Appends,
    long Events,
    IReadOnlyList<AcceptedStream> Streams)
{
    /// <summary>Where it lies, when that is an archive.</summary>
    public ArchivedSegment? Archived { get; init; }

    /// <summary>What the next segment's header must say; null when this one is not sealed.</summary>
    public SegmentSummary? Summary =>
        IsSealed ? new SegmentSummary(Header.BasePosition + (ulong)Length, Length, Chain) : null;
}

/// <summary>The events of one stream in an accepted segment, which follow each other.</summary>
/// <param name="Name">The stream.</param>
/// <param name="First">Revision of the first one.</param>
/// <param name="Next">Revision after the last one.</param>
/// <param name="Settings">Of a settings stream, what the last one says.</param>
internal readonly record struct AcceptedStream(StreamName Name, long First, long Next, StreamMetadata? Settings);
