namespace Interstice.Journal.Scavenging;

/// <summary>What of one segment is gone.</summary>
/// <param name="Segment">Number of the segment.</param>
/// <param name="File">Its file.</param>
/// <param name="Bytes">Its length, which stays.</param>
/// <param name="Appends">Appends that are gone.</param>
/// <param name="Events">Events in them.</param>
/// <param name="ReclaimableBytes">What the file system gets back, in blocks of 4 KiB, when they go.</param>
/// <param name="Stay">Why it is not written anew.</param>
public sealed record SegmentScavenge(
    long Segment, string File, long Bytes, long Appends, long Events, long ReclaimableBytes, ScavengeStay Stay);
