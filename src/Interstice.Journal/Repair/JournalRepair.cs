using System.Globalization;
using System.Text;
using Interstice.Journal.Archive;
using Interstice.Journal.Files;
using Interstice.Journal.Segments;
using Interstice.Journal.Writing;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Repair;

/// <summary>Repairs a journal that does not open, or opens with a damaged index: docs/recovery.md.</summary>
/// <remarks>Nothing is changed before every file that will be changed lies in a backup, synced; then the new files are written beside
/// the old ones and synced; then one rename commits the repair, and what is left to do is repeated by the next run if this one
/// ends in between. Until it is done, the store is not opened.</remarks>
public static class JournalRepair
{
    /// <summary>Name of the report in the backup.</summary>
    public const string ReportName = "repair-report.txt";

    /// <summary>Says what a repair would do. Changes nothing and takes no lock.</summary>
    /// <param name="files">The store.</param>
    /// <param name="mode">What to do where frames are lost.</param>
    /// <param name="progress">Told the number of bytes read, now and then.</param>
    /// <param name="time">The clock; the system's when null.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="EventStoreException">It is no journal, a newer program's, or cannot be repaired.</exception>
    public static Task<RepairReport> PlanAsync(
        IJournalFiles files, RepairMode mode, IProgress<long>? progress = null, TimeProvider? time = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(files);
        files = StoreFiles.Of(files);
        return Task.Run(() => Reading(files, () =>
        {
            ExpectDirectory(files);
            RepairIntent.ExpectNone(files);
            return RepairPlanner.Plan(files, mode, NowUs(time), progress, cancellationToken).Report;
        }), cancellationToken);
    }

    /// <summary>Repairs a store, or finishes a repair that was begun. Does nothing where nothing is wrong.</summary>
    /// <param name="files">The store; its lock is held meanwhile.</param>
    /// <param name="mode">What to do where frames are lost.</param>
    /// <param name="backup">A directory that is not there or is empty, for every changed file as it was.</param>
    /// <param name="progress">Told the number of bytes read, now and then.</param>
    /// <param name="time">The clock; the system's when null.</param>
    /// <param name="cancellationToken">Ends the work before anything is changed.</param>
    /// <exception cref="EventStoreException">It is no journal, in use, a newer program's, or cannot be repaired. With kind
    /// <see cref="EventStoreErrorKind.Full"/> there is no room for the backup or for the new files, and nothing was changed.</exception>
    public static Task<RepairReport> RunAsync(
        IJournalFiles files, RepairMode mode, IJournalFiles backup, IProgress<long>? progress = null, TimeProvider? time = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(backup);
        files = StoreFiles.Of(files);
        return Task.Run(() => Run(files, mode, backup, progress, time, cancellationToken), cancellationToken);
    }

    /// <summary>Copies what is whole of a damaged store into another directory, as a store of its own that opens and verifies. The
    /// damaged one is only read.</summary>
    /// <param name="files">The damaged store.</param>
    /// <param name="destination">A directory that is not there or is empty.</param>
    /// <param name="progress">Told the number of bytes read, now and then.</param>
    /// <param name="time">The clock; the system's when null.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="EventStoreException">It is no journal, a newer program's, cannot be read, or the copy cannot be written.</exception>
    public static Task<RepairReport> CopyAsync(
        IJournalFiles files, IJournalFiles destination, IProgress<long>? progress = null, TimeProvider? time = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(destination);
        files = StoreFiles.Of(files);
        return Task.Run(() => Writing(destination, "copying what is whole", () =>
        {
            ExpectDirectory(files);
            RepairIntent.ExpectNone(files);
            RepairPlan plan = RepairPlanner.Plan(files, RepairMode.Skip, NowUs(time), progress, cancellationToken);
            ExpectEmpty(destination);
            using RepairedView view = new(files, plan);

            // The store file last, so that what was not copied whole is no store.
            IEnumerable<string> segments = view.List().Where(name => SegmentName.TryParse(name, out _, out _)).Order(StringComparer.Ordinal);
            foreach (string name in segments.Append(StoreFile.Name))
            {
                cancellationToken.ThrowIfCancellationRequested();
                Copy(view, name, destination, name);
            }

            destination.SyncDirectory();
            return plan.Report;
        }), cancellationToken);
    }

    /// <summary>A damaged store as it would be after a repair that leaves out what is lost. For an opening that salvages.</summary>
    internal static RepairedView View(IJournalFiles files, TimeProvider time)
    {
        RepairIntent.ExpectNone(files);
        return new RepairedView(files, RepairPlanner.Plan(files, RepairMode.Skip, NowUs(time), null, CancellationToken.None));
    }

    private static RepairReport Run(
        IJournalFiles files, RepairMode mode, IJournalFiles backup, IProgress<long>? progress, TimeProvider? time,
        CancellationToken cancellationToken)
    {
        ExpectDirectory(files);
        using IDisposable held = JournalStore.Lock(files);
        return RunLocked(files, mode, backup, progress, time, cancellationToken);
    }

    /// <summary>As <see cref="RunAsync"/>, for whoever holds the lock of the store.</summary>
    internal static RepairReport RunLocked(
        IJournalFiles files, RepairMode mode, IJournalFiles backup, IProgress<long>? progress, TimeProvider? time,
        CancellationToken cancellationToken)
    {
        RepairIntent? begun = Reading(files, () => RepairIntent.Read(files));
        if (begun is not null)
        {
            Finish(files, begun);
            return new RepairReport(mode, [], [], [], true,
                [
                    .. begun.Replaced.Select(name => new FileChange(name, FileChangeKind.Rewritten)),
                    .. begun.Removed.Select(name => new FileChange(name, FileChangeKind.Removed)),
                ])
            {
                IsDone = true,
                IsResumed = true,
                Backup = begun.Backup,
            };
        }

        RepairPlan plan = Reading(files, () => RepairPlanner.Plan(files, mode, NowUs(time), progress, cancellationToken));
        if (plan.Images.Count + plan.Removed.Count == 0) return plan.Report;
        RepairReport report = plan.Report with { IsDone = true, Backup = backup.Directory };
        Commit(files, plan, backup, ReportName, RepairText.Lines(report), "repair");
        return report;
    }

    /// <summary>Changes a store as a plan says: backup, new files, one rename, and what follows from it. The lock is held.</summary>
    internal static void Commit(
        IJournalFiles files, RepairPlan plan, IJournalFiles backup, string reportName, IEnumerable<string> lines, string work)
    {
        Writing(backup, $"keeping a backup of what the {work} changes", () => Keep(files, plan, backup, reportName, lines));
        RepairIntent intent = Writing(files, $"writing the files of the {work}", () => Prepare(files, plan, backup));
        Finish(files, intent);
    }

    private static bool Keep(IJournalFiles files, RepairPlan plan, IJournalFiles backup, string reportName, IEnumerable<string> lines)
    {
        ExpectEmpty(backup);
        try
        {
            HashSet<string> names = [.. files.List()];
            foreach (string name in plan.Images.Select(image => image.Name).Concat(plan.Removed))
                if (names.Contains(name)) Copy(files, name, backup, name);
            using (IJournalFile text = backup.Open(reportName, JournalFileMode.Create))
            {
                text.WriteAt(Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"), 0);
                text.Sync();
            }

            backup.SyncDirectory();
            return true;
        }
        catch (Exception e) when (WriteFailure.IsOfFiles(e))
        {
            Remove(backup, _ => true);
            throw;
        }
    }

    private static RepairIntent Prepare(IJournalFiles files, RepairPlan plan, IJournalFiles backup)
    {
        Remove(files, RepairIntent.IsLeftover);
        try
        {
            foreach (FileImage image in plan.Images)
            {
                using IJournalFile file = files.Open(image.Name + RepairIntent.Suffix, JournalFileMode.Create);
                image.CopyTo(files, file);
                file.Sync();
                image.ExpectIn(files, file);
            }

            files.SyncDirectory(); // the names of the new files before that of the intent, which relies on them
            RepairIntent intent = new(backup.Directory, [.. plan.Images.Select(image => image.Name)], plan.Removed);
            intent.Write(files);
            return intent;
        }
        catch (Exception e) when (WriteFailure.IsOfFiles(e) && !files.List().Contains(RepairIntent.Name))
        {
            Remove(files, RepairIntent.IsLeftover);
            throw;
        }
    }

    // What cannot be removed either is removed by the next run.
    private static void Remove(IJournalFiles files, Func<string, bool> isWanted)
    {
        foreach (string name in files.List().Where(isWanted))
        {
            try
            {
                files.Delete(name);
            }
            catch (Exception e) when (WriteFailure.IsOfFiles(e))
            {
                return;
            }
        }
    }

    private static void Finish(IJournalFiles files, RepairIntent intent)
    {
        try
        {
            intent.Apply(files);
        }
        catch (Exception e) when (WriteFailure.IsOfFiles(e))
        {
            throw new EventStoreException(EventStoreErrorKind.Unavailable,
                $"the repair of the journal {files.Directory} was begun and could not be finished: {e.Message}; see to the device and run it "
                + $"again; the files as they were lie in {intent.Backup}", e);
        }
    }

    private static void Copy(IJournalFiles from, string name, IJournalFiles to, string newName)
    {
        using IJournalFile source = from.Open(name, JournalFileMode.Read);
        using IJournalFile target = to.Open(newName, JournalFileMode.Create);
        byte[] buffer = new byte[1 << 20];
        for (long at = 0; source.ReadAt(buffer, at) is var read and > 0; at += read) target.WriteAt(buffer.AsSpan(0, read), at);
        target.Sync();
    }

    private static void ExpectDirectory(IJournalFiles files)
    {
        if (!files.DirectoryExists)
            throw new EventStoreException(EventStoreErrorKind.Unavailable, $"there is no journal in {files.Directory}; name the directory of one");
    }

    private static void ExpectEmpty(IJournalFiles files)
    {
        if (!files.DirectoryExists) files.CreateDirectory();
        if (files.List().Count > 0)
            throw new EventStoreException(EventStoreErrorKind.Unavailable, $"{files.Directory} is not empty; name another directory");
    }

    /// <summary>Reads, and says what cannot be read.</summary>
    internal static void Reading(IJournalFiles files, Action read) => Reading(files, () =>
    {
        read();
        return true;
    });

    /// <summary>Reads, and says what cannot be read.</summary>
    internal static T Reading<T>(IJournalFiles files, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (WriteFailure.IsOfFiles(e))
        {
            throw new EventStoreException(EventStoreErrorKind.Unavailable, $"the journal {files.Directory} cannot be read: {e.Message}", e);
        }
    }

    private static T Writing<T>(IJournalFiles files, string what, Func<T> write)
    {
        try
        {
            return write();
        }
        catch (Exception e) when (WriteFailure.IsOfFiles(e))
        {
            EventStoreException failure = WriteFailure.BeforeWrite(e, what, files.Directory);
            throw failure.Kind == EventStoreErrorKind.Refused
                ? new EventStoreException(EventStoreErrorKind.Unavailable, failure.Message, e)
                : failure;
        }
    }

    /// <summary>The time, in microseconds.</summary>
    internal static long NowUs(TimeProvider? time) =>
        ((time ?? TimeProvider.System).GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
