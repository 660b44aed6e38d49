using Interstice.Journal.Files;
using Interstice.Journal.Segments;
using Interstice.Journal.Verification;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Backup;

public static partial class StoreRestore
{
    /// <summary>One restore.</summary>
    private sealed class Restoring(IJournalFiles backup, Steps steps, RestorePoint? point, bool hasNewId, TimeProvider time)
    {
        /// <summary>Verifies the backup, writes the segments, verifies them, and writes the store file.</summary>
        /// <param name="open">Gives the directory to write; called when the backup is good.</param>
        /// <param name="cancellationToken">Ends the work.</param>
        public async Task<RestoreReport> RunAsync(Func<IJournalFiles> open, CancellationToken cancellationToken)
        {
            (BackupManifest manifest, BackupStoreFiles source, Guid sourceId) =
                await ReadVerifiedAsync(backup, steps, cancellationToken).ConfigureAwait(false);
            ulong end = point is null
                ? manifest.Position
                : await new PointSearch(source, manifest, sourceId).FindAsync(point, cancellationToken).ConfigureAwait(false);
            byte[] storeFile = point is null && !hasNewId
                ? manifest.StoreFileBytes
                : StoreFile.Encode(Guid.NewGuid(), (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
            Guid targetId = StoreFile.Read(new BackupStoreFiles(backup, storeFile, []));
            IJournalFiles target = open();
            if (!target.DirectoryExists) target.CreateDirectory();
            SegmentRewriter rewriter = new(source, target, sourceId, targetId, cancellationToken);
            List<BackupFile> files = await Task
                .Run(() => Write(manifest, rewriter, end), cancellationToken).ConfigureAwait(false);
            target.SyncDirectory();
            VerificationReport report = await ExpectWholeAsync(
                new BackupStoreFiles(target, storeFile, files), steps, cancellationToken).ConfigureAwait(false);
            StoreFile.Write(target, storeFile);
            return new RestoreReport(BackupReport.Of(manifest, sourceId, 0), targetId, end, files.Count, report.Appends, report.Events);
        }

        private List<BackupFile> Write(BackupManifest manifest, SegmentRewriter rewriter, ulong end)
        {
            List<BackupFile> files = [];
            for (int i = 0; i < manifest.Files.Count && manifest.Files[i].BasePosition < end; i++)
            {
                BackupFile? sourcePrevious = i == 0 ? null : manifest.Files[i - 1];
                BackupFile? targetPrevious = i == 0 ? null : files[i - 1];
                files.Add(rewriter.Write(manifest.Files[i], sourcePrevious, targetPrevious, end, steps.Advance));
            }

            return files;
        }
    }
}
