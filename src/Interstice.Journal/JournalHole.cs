namespace Interstice.Journal;

/// <summary>A place in the log where a repair left out what was damaged.</summary>
/// <param name="Segment">Number of the segment.</param>
/// <param name="Position">Where it begins in the log.</param>
/// <param name="Bytes">How long it is.</param>
public sealed record JournalHole(long Segment, ulong Position, long Bytes);
