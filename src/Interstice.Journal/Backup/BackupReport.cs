namespace Interstice.Journal.Backup;

/// <summary>A backup that was taken, or one that was looked at.</summary>
/// <param name="StoreId">The store.</param>
/// <param name="Number">1 for the first backup into a directory, rising by one.</param>
/// <param name="Position">Position after the last append in it.</param>
/// <param name="TakenAt">When it was begun: everything that was acknowledged before is in it.</param>
/// <param name="LatestRecordedAt">Latest recorded time of an append in it; null without one.</param>
/// <param name="Segments">Number of segments.</param>
/// <param name="Bytes">Bytes of the segments.</param>
/// <param name="BytesCopied">Bytes of them that this backup added; 0 for one that was only looked at.</param>
public sealed record BackupReport(
    Guid StoreId,
    long Number,
    ulong Position,
    DateTimeOffset TakenAt,
    DateTimeOffset? LatestRecordedAt,
    int Segments,
    long Bytes,
    long BytesCopied)
{
    internal static BackupReport Of(BackupManifest manifest, Guid storeId, long bytesCopied) => new(
        storeId, manifest.Number, manifest.Position, RestorePoint.Time(manifest.TakenUs),
        manifest.LatestUs == 0 ? null : RestorePoint.Time(manifest.LatestUs), manifest.Files.Count, manifest.Bytes, bytesCopied);
}
