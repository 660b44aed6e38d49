namespace Interstice.Journal.Repair;

/// <summary>Bytes of the log that hold no frame that can be read.</summary>
/// <param name="Segment">Number of the segment.</param>
/// <param name="File">Name of its file.</param>
/// <param name="Offset">Where in the file.</param>
/// <param name="Position">The same place in the log.</param>
/// <param name="Bytes">How many.</param>
public sealed record LostStretch(long Segment, string File, long Offset, ulong Position, long Bytes);
