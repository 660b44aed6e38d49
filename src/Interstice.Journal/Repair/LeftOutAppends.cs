namespace Interstice.Journal.Repair;

/// <summary>Appends of a segment that are whole and are left out all the same, because a lost frame had defined names that they use, and
/// the segment has no index that knows these names.</summary>
/// <param name="Segment">Number of the segment.</param>
/// <param name="File">Name of its file.</param>
/// <param name="Offset">Where the first one begins in the file.</param>
/// <param name="Position">The same place in the log.</param>
/// <param name="Appends">How many appends.</param>
/// <param name="Events">How many events are in them.</param>
public sealed record LeftOutAppends(long Segment, string File, long Offset, ulong Position, long Appends, long Events);
