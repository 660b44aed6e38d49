using Interstice.Journal.Segments;

namespace Interstice.Journal.Backup;

/// <summary>What a backup has of one segment.</summary>
/// <param name="Number">Number of the segment.</param>
/// <param name="BasePosition">Position of its first byte.</param>
/// <param name="Length">Bytes of it that count; the file may be longer after a backup that was not finished.</param>
/// <param name="Checksum">CRC-32C of these bytes.</param>
/// <param name="Chain">Chain checksum of header and frames.</param>
/// <param name="Frames">Number of frames, seal and footers included.</param>
/// <param name="IsSealed">Whether the last frame is the seal.</param>
internal readonly record struct BackupFile(
    long Number, ulong BasePosition, long Length, uint Checksum, uint Chain, long Frames, bool IsSealed)
{
    public string Name => SegmentName.Of(Number, BasePosition);

    public ulong End => BasePosition + (ulong)Length;

    /// <summary>The header that the next segment must have.</summary>
    public SegmentHeader HeaderAfter(Guid storeId) => new(storeId, Number + 1, End, Length, Chain);

    /// <summary>The header that a segment must have after another, or as the first.</summary>
    public static SegmentHeader HeaderAfter(Guid storeId, BackupFile? previous) =>
        previous?.HeaderAfter(storeId) ?? new SegmentHeader(storeId, 1, 0, 0, 0);
}
