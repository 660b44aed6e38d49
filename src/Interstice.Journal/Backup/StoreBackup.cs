using Interstice.Journal.Archive;
using Interstice.Journal.Files;
using Interstice.Journal.Segments;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Backup;

/// <summary>Copies a store, also while another process writes it, to a directory from which it can be restored.</summary>
/// <remarks>
/// <para>The backup is the log up to one border between two appends; everything that was acknowledged before the backup began is in it.
/// A second backup into the same directory copies what is new. Whatever fails or ends it leaves the backup before as it was.</para>
/// <para>Takes no lock on the store and writes nothing into it; syncs the last segment of it. Snapshots are not copied: they follow from
/// the log. Format: docs/formats/backup.md.</para>
/// </remarks>
public static class StoreBackup
{
    /// <summary>Takes a backup from one directory of the file system into another.</summary>
    /// <param name="store">The store.</param>
    /// <param name="target">Where to: a directory that is empty, is made, or holds an earlier backup of this store.</param>
    /// <param name="time">Gives the time that the backup is dated with; the system's when null.</param>
    /// <param name="progress">Told the number of bytes read, now and then.</param>
    /// <param name="cancellationToken">Ends the work; the backup before stays.</param>
    /// <exception cref="JournalDamageException">The store is damaged; the backup before stays.</exception>
    /// <exception cref="BackupDamageException">The backup before is damaged.</exception>
    /// <exception cref="EventStoreException">Kind <see cref="EventStoreErrorKind.Refused"/>: the target is or holds something else, or lies
    /// in the store. <see cref="EventStoreErrorKind.InUse"/>: another backup is being taken into it.
    /// <see cref="EventStoreErrorKind.Unavailable"/>: there is no store, or a device failed. <see cref="EventStoreErrorKind.Full"/>,
    /// <see cref="EventStoreErrorKind.ReadOnly"/>: the target could not be written.</exception>
    public static ValueTask<BackupReport> TakeAsync(
        string store, string target, TimeProvider? time = null, IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
    {
        return TakeAsync(store, target, null, time, progress, cancellationToken);
    }

    /// <summary>Takes a backup of a store whose archive is not where it was when segments were moved to it.</summary>
    /// <param name="store">The store.</param>
    /// <param name="target">Where to.</param>
    /// <param name="archive">Where the archive is now; null for where the store says.</param>
    /// <param name="time">Gives the time that the backup is dated with; the system's when null.</param>
    /// <param name="progress">Told the number of bytes read, now and then.</param>
    /// <param name="cancellationToken">Ends the work; the backup before stays.</param>
    /// <exception cref="Archive.ArchiveUnreachableException">A segment that the backup does not have yet cannot be read in the archive.
    /// </exception>
    /// <exception cref="EventStoreException">As above.</exception>
    public static ValueTask<BackupReport> TakeAsync(
        string store, string target, string? archive, TimeProvider? time = null, IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
    {
        (string realStore, string realTarget) = StorePaths.ExpectApart(store, target);
        if (archive is not null) StorePaths.ExpectApart(archive, target);
        return TakeAsync(
            StoreFiles.Of(new DirectoryFiles(realStore), archive), new DirectoryFiles(realTarget), time, progress, cancellationToken);
    }

    /// <summary>Takes a backup.</summary>
    /// <param name="store">The directory of the store.</param>
    /// <param name="target">The directory of the backup; another one.</param>
    /// <param name="time">Gives the time that the backup is dated with; the system's when null.</param>
    /// <param name="progress">Told the number of bytes read, now and then.</param>
    /// <param name="cancellationToken">Ends the work; the backup before stays.</param>
    /// <exception cref="EventStoreException">As above.</exception>
    public static ValueTask<BackupReport> TakeAsync(
        IJournalFiles store, IJournalFiles target, TimeProvider? time = null, IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(target);
        IJournalFiles files = StoreFiles.Of(store);
        return new ValueTask<BackupReport>(Task.Run(
            () => BackupFailure.Guard($"taking a backup of {store.Directory} into {target.Directory} failed",
                () => Take(files, target, time ?? TimeProvider.System, progress, cancellationToken)),
            cancellationToken));
    }

    private static BackupReport Take(
        IJournalFiles store, IJournalFiles target, TimeProvider time, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        long takenUs = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        if (!store.DirectoryExists || !store.List().Contains(StoreFile.Name))
            throw new EventStoreException(EventStoreErrorKind.Unavailable,
                $"there is no journal in {store.Directory}; name the directory of one");
        Guid storeId = StoreFile.Read(store);
        BackupDirectory directory = new(target);
        directory.ExpectNoOthers();
        if (!target.DirectoryExists) target.CreateDirectory();
        using IDisposable held = target.TryLock(BackupDirectory.LockName, $"process {Environment.ProcessId}", out string heldBy)
            ?? throw new EventStoreException(EventStoreErrorKind.InUse,
                $"a backup is being taken into {target.Directory} by {(heldBy.Length > 0 ? heldBy : "another process")}; let it end");
        BackupManifest? newest = directory.ReadNewest();
        byte[] storeFile = ReadStoreFile(store);
        if (newest is not null && !newest.StoreFileBytes.AsSpan().SequenceEqual(storeFile))
            throw new EventStoreException(EventStoreErrorKind.Refused,
                $"{target.Directory} holds backups of another store than {store.Directory}; name another directory");
        directory.Begin(newest);
        long read = 0;
        SegmentCopier copier = new(store, target, storeId, bytes => progress?.Report(read += bytes), cancellationToken);
        List<BackupFile> files = CopySegments(store, newest, copier);
        BackupManifest manifest = new(
            (newest?.Number ?? 0) + 1, storeFile, takenUs, Math.Max(newest?.LatestUs ?? 0, copier.LatestUs), files);
        directory.Publish(manifest);
        return BackupReport.Of(manifest, storeId, copier.BytesCopied);
    }

    // The segments that were there when the backup began. The last of them may be sealed by now; what came behind it is left for the
    // next backup, so that a busy store does not keep this one going for ever.
    private static List<BackupFile> CopySegments(IJournalFiles store, BackupManifest? newest, SegmentCopier copier)
    {
        List<(long Number, ulong Base, string Name)> names = SegmentFiles.List(store);
        if (newest is not null && names.Count < newest.Files.Count) throw copier.Diverged(0);
        List<BackupFile> files = [];
        for (int i = 0; i < names.Count; i++)
        {
            BackupFile? prior = newest is not null && i < newest.Files.Count ? newest.Files[i] : null;
            BackupFile? previous = i == 0 ? null : files[i - 1];
            files.Add(copier.Copy(names[i].Name, previous, prior, isLast: i == names.Count - 1));
        }

        return files;
    }

    private static byte[] ReadStoreFile(IJournalFiles store)
    {
        byte[] bytes = new byte[StoreFile.Bytes];
        using IJournalFile file = store.Open(StoreFile.Name, JournalFileMode.Read);
        return file.ReadAt(bytes, 0) == bytes.Length ? bytes : throw new EndOfStreamException($"{StoreFile.Name} became shorter");
    }
}
