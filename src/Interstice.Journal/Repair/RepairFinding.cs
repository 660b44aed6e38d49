namespace Interstice.Journal.Repair;

/// <summary>Something that is wrong with a file.</summary>
/// <param name="File">Its name.</param>
/// <param name="Segment">Number of the segment, null for the store file and for files that belong to no segment.</param>
/// <param name="Offset">Where in the file.</param>
/// <param name="Position">The same place in the log.</param>
/// <param name="What">What is wrong.</param>
public sealed record RepairFinding(string File, long? Segment, long Offset, ulong Position, string What);
