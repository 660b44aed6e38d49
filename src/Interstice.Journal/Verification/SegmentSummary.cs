namespace Interstice.Journal.Verification;

/// <summary>What the segment after a sealed one must say of it.</summary>
/// <param name="End">Position after it.</param>
/// <param name="Length">Its length, seal included.</param>
/// <param name="Chain">Its chain checksum, seal included.</param>
internal readonly record struct SegmentSummary(ulong End, long Length, uint Chain);
