namespace Interstice.Journal.Archive;

/// <summary>A segment that was moved to an archive, as the store records it.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Name">Name of its file, in the archive too.</param>
/// <param name="Position">Its base position.</param>
/// <param name="Length">Its length, in bytes.</param>
/// <param name="Directory">Where it went, as it was named then.</param>
/// <param name="At">When.</param>
/// <param name="By">Who did it.</param>
public sealed record ArchivedSegment(
    long Number, string Name, ulong Position, long Length, string Directory, DateTimeOffset At, string By);
