namespace Interstice.Journal.Backup;

/// <summary>What was restored.</summary>
/// <param name="Backup">The backup.</param>
/// <param name="StoreId">Id of the restored store: the backup's, or a new one when it was restored to a point.</param>
/// <param name="Position">Position after the last append in it.</param>
/// <param name="Segments">Number of segments.</param>
/// <param name="Appends">Number of appends.</param>
/// <param name="Events">Number of events.</param>
public sealed record RestoreReport(
    BackupReport Backup, Guid StoreId, ulong Position, int Segments, long Appends, long Events);
