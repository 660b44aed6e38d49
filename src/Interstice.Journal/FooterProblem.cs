namespace Interstice.Journal;

/// <summary>The index of a sealed segment was not as its frames say. It was rebuilt from the frames, in memory; the file was left as it
/// is, and every opening reads the whole segment until it is repaired.</summary>
/// <param name="Segment">Number of the segment.</param>
/// <param name="File">Path of the file.</param>
/// <param name="Offset">Where the index begins in the file.</param>
/// <param name="What">What is wrong with it.</param>
public sealed record FooterProblem(long Segment, string File, long Offset, string What);
