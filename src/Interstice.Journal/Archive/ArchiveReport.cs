namespace Interstice.Journal.Archive;

/// <summary>What archiving did, or would do.</summary>
/// <param name="Directory">The archive.</param>
/// <param name="IsDryRun">Whether nothing was changed.</param>
/// <param name="Moved">Segments that were moved now, or would be, the oldest first.</param>
/// <param name="Earlier">Number of segments that lay in an archive before.</param>
/// <param name="Stays">The other segments, and why they stay.</param>
public sealed record ArchiveReport(
    string Directory, bool IsDryRun, IReadOnlyList<ArchivedSegment> Moved, int Earlier,
    IReadOnlyList<(long Segment, SegmentStay Reason)> Stays);
