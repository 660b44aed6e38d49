namespace Interstice.Journal.Verification;

/// <summary>What verifying one segment found.</summary>
/// <param name="Number">Number of the segment, as its name says it.</param>
/// <param name="File">Name of the file.</param>
/// <param name="Position">Base position of the segment, as its name says it.</param>
/// <param name="Bytes">Number of bytes read, up to the end of its last frame.</param>
/// <param name="Frames">Number of frames whose checksum is right.</param>
/// <param name="Events">Number of events in them.</param>
/// <param name="IsSealed">Whether it ends with a seal.</param>
public sealed record SegmentResult(
    long Number, string File, ulong Position, long Bytes, long Frames, long Events, bool IsSealed)
{
    /// <summary>Number of errors that are listed for it.</summary>
    public int Errors { get; init; }
}
