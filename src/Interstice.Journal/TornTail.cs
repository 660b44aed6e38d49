namespace Interstice.Journal;

/// <summary>The rest of a write that never became durable.</summary>
/// <param name="Segment">Number of the segment.</param>
/// <param name="Offset">Offset in the segment where it begins.</param>
/// <param name="Position">The same place as an offset in the whole log.</param>
/// <param name="Bytes">From there to the last byte that is not zero.</param>
public sealed record TornTail(long Segment, long Offset, ulong Position, long Bytes);
