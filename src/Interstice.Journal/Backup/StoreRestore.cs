using Interstice.Journal.Checksums;
using Interstice.Journal.Files;
using Interstice.Journal.Segments;
using Interstice.Journal.Verification;
using Interstice.Journal.Writing;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Backup;

/// <summary>Makes a store out of a backup, whole or up to a point.</summary>
/// <remarks>
/// <para>Every byte of the backup is verified before the first one is written, and what was written is verified before it is a store.
/// </para>
/// <para>Restored whole, the store is the one that was backed up, with its id. Restored to a point, or when asked for, it gets an id of its
/// own: it will go on otherwise than the original did.</para>
/// </remarks>
public static partial class StoreRestore
{
    /// <summary>Verifies a backup: the manifest, every byte it counts, and that they are a whole log. Writes nothing.</summary>
    /// <param name="backup">The directory of the backup.</param>
    /// <param name="progress">Told the number of bytes that were done, each counted twice.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="BackupDamageException">It is damaged.</exception>
    /// <exception cref="EventStoreException">There is no backup, or it cannot be read.</exception>
    public static async Task<BackupReport> VerifyAsync(
        IJournalFiles backup, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(backup);
        (BackupManifest manifest, BackupStoreFiles _, Guid storeId) =
            await ReadVerifiedAsync(backup, new Steps(progress), cancellationToken).ConfigureAwait(false);
        return BackupReport.Of(manifest, storeId, bytesCopied: 0);
    }

    /// <summary>Restores into a directory without files. The store file, without which it is no store, comes last.</summary>
    /// <param name="backup">The directory of the backup.</param>
    /// <param name="store">Where the store will be.</param>
    /// <param name="point">Up to where; null for all of it.</param>
    /// <param name="hasNewId">Gives the store an id of its own in any case.</param>
    /// <param name="time">Gives the time that a new id is dated with; the system's when null.</param>
    /// <param name="progress">Told the number of bytes that were done, each counted up to four times.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="BackupDamageException">The backup is damaged; nothing was written.</exception>
    /// <exception cref="RestorePointException">The backup does not reach the point; nothing was written.</exception>
    /// <exception cref="EventStoreException">Kind <see cref="EventStoreErrorKind.Refused"/>: the directory is not empty.
    /// <see cref="EventStoreErrorKind.Unavailable"/>: there is no backup, or a device failed. <see cref="EventStoreErrorKind.Full"/>,
    /// <see cref="EventStoreErrorKind.ReadOnly"/>: the store could not be written.</exception>
    public static async Task<RestoreReport> RunAsync(
        IJournalFiles backup,
        IJournalFiles store,
        RestorePoint? point = null,
        bool hasNewId = false,
        TimeProvider? time = null,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(backup);
        ArgumentNullException.ThrowIfNull(store);
        try
        {
            if (store.DirectoryExists && store.List().Count > 0) throw NotEmpty(store.Directory);
            Restoring restoring = new(backup, new Steps(progress), point, hasNewId, time ?? TimeProvider.System);
            return await restoring.RunAsync(() => store, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (WriteFailure.IsOfFiles(e))
        {
            throw BackupFailure.Of($"restoring {backup.Directory} into {store.Directory} failed", e);
        }
    }

    private static EventStoreException NotEmpty(string directory) => new(EventStoreErrorKind.Refused,
        $"{directory} is not empty; restore into a new directory, and exchange the two when you have looked at it");

    private static async Task<(BackupManifest Manifest, BackupStoreFiles Files, Guid StoreId)> ReadVerifiedAsync(
        IJournalFiles backup, Steps steps, CancellationToken cancellationToken)
    {
        try
        {
            BackupManifest manifest = new BackupDirectory(backup).ReadNewest() ?? throw new EventStoreException(
                EventStoreErrorKind.Unavailable,
                $"there is no backup in {backup.Directory}, or none was ever finished; name the directory of one");
            await Task.Run(() => CheckBytes(backup, manifest, steps, cancellationToken), cancellationToken).ConfigureAwait(false);
            BackupStoreFiles files = new(backup, manifest.StoreFileBytes, manifest.Files);
            await ExpectWholeAsync(files, steps, cancellationToken).ConfigureAwait(false);
            return (manifest, files, StoreFile.Read(files));
        }
        catch (Exception e) when (WriteFailure.IsOfFiles(e))
        {
            throw BackupFailure.Of($"reading the backup {backup.Directory} failed", e);
        }
    }

    private static void CheckBytes(IJournalFiles backup, BackupManifest manifest, Steps steps, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[1 << 20];
        foreach (BackupFile entry in manifest.Files)
        {
            string path = Path.Join(backup.Directory, entry.Name);
            if (!backup.List().Contains(entry.Name))
                throw new BackupDamageException(path, 0, "file", "there", "no such file");
            using IJournalFile file = backup.Open(entry.Name, JournalFileMode.Read);
            uint checksum = 0;
            for (long at = 0; at < entry.Length;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int read = file.ReadAt(buffer.AsSpan(0, (int)Math.Min(buffer.Length, entry.Length - at)), at);
                if (read == 0) throw new BackupDamageException(path, at, "length", $"{entry.Length} bytes or more", $"{at} bytes");
                checksum = Crc32C.Continue(checksum, buffer.AsSpan(0, read));
                at += read;
                steps.Advance(read);
            }

            if (checksum != entry.Checksum)
                throw new BackupDamageException(path, 0, "checksum", StoreFile.Hex(entry.Checksum), StoreFile.Hex(checksum));
        }
    }

    // As log-verify does.
    private static async Task<VerificationReport> ExpectWholeAsync(
        BackupStoreFiles files, Steps steps, CancellationToken cancellationToken)
    {
        VerificationReport report = await JournalVerifier
            .VerifyAsync(files, steps.Begin(), null, cancellationToken).ConfigureAwait(false);
        if (report.Errors is [{ } error, ..])
            throw new BackupDamageException(
                Path.Join(files.Directory, error.File), error.Offset, error.What, error.Expected, error.Found);
        return report;
    }
}
