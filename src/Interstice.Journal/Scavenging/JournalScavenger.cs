using Interstice.Journal.Archive;
using Interstice.Journal.Files;
using Interstice.Journal.Repair;
using Interstice.Journal.Segments;
using Interstice.Journal.Verification;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Scavenging;

/// <summary>Gives the space of events back that the settings of their streams hide for good: docs/scavenge.md.</summary>
/// <remarks>A segment is written anew with holes where frames are gone, in a sparse file: every position stays. The result is verified and
/// compared with the store before anything is replaced; then backup, new files and one rename commit it, as they commit a repair.
/// </remarks>
public static class JournalScavenger
{
    /// <summary>How much of a segment must be reclaimable for it to be written anew, when nothing is said, in percent.</summary>
    public const int PercentDefault = 25;

    /// <summary>Largest percentage.</summary>
    public const int PercentMax = 100;

    /// <summary>Name of the report in the backup.</summary>
    public const string ReportName = "scavenge-report.txt";

    /// <summary>Says what a scavenge would reclaim. Changes nothing and takes no lock.</summary>
    /// <param name="files">The store.</param>
    /// <param name="percent">How much of a segment must be reclaimable, 0 to <see cref="PercentMax"/>; 0 for any that holds a gone append.</param>
    /// <param name="time">The clock; the system's when null.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="JournalDamageException">The store is damaged.</exception>
    /// <exception cref="EventStoreException">It is no journal, a newer program's, or cannot be read.</exception>
    public static Task<ScavengeReport> PlanAsync(
        IJournalFiles files, int percent = PercentDefault, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        CheckPercent(percent);
        ArgumentNullException.ThrowIfNull(files);
        files = StoreFiles.Of(files);
        return Task.Run(() => JournalRepair.Reading(files, () =>
        {
            using GoneFrames gone = Find(files, percent, time, cancellationToken);
            return new ScavengeReport(gone.Segments);
        }), cancellationToken);
    }

    /// <summary>Reclaims. Does nothing where there is nothing to reclaim.</summary>
    /// <param name="files">The store; its lock is held meanwhile.</param>
    /// <param name="backup">A directory that is not there or is empty, for every changed file as it was.</param>
    /// <param name="percent">How much of a segment must be reclaimable, 0 to <see cref="PercentMax"/>; 0 for any that holds a gone append.</param>
    /// <param name="time">The clock; the system's when null.</param>
    /// <param name="cancellationToken">Ends the work before anything is changed.</param>
    /// <exception cref="JournalDamageException">The store is damaged; nothing was changed.</exception>
    /// <exception cref="InvalidOperationException">The result was not what it must be; nothing was changed.</exception>
    /// <exception cref="EventStoreException">It is no journal, in use, or a newer program's. With kind <see cref="EventStoreErrorKind.Full"/>
    /// there is no room for the backup or for the new files, and nothing was changed.</exception>
    public static Task<ScavengeReport> RunAsync(
        IJournalFiles files, IJournalFiles backup, int percent = PercentDefault, TimeProvider? time = null,
        CancellationToken cancellationToken = default)
    {
        CheckPercent(percent);
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(backup);
        files = StoreFiles.Of(files);
        return Task.Run(() => RunLockedAsync(files, backup, percent, time, cancellationToken), cancellationToken);
    }

    private static async Task<ScavengeReport> RunLockedAsync(
        IJournalFiles files, IJournalFiles backup, int percent, TimeProvider? time, CancellationToken cancellationToken)
    {
        Expect(files);
        using IDisposable held = JournalStore.Lock(files);
        using GoneFrames gone = JournalRepair.Reading(files, () => Find(files, percent, time, cancellationToken));
        ScavengeReport report = new(gone.Segments);
        if (!report.Chosen.Any()) return report;
        RepairPlan plan = JournalRepair.Reading(
            files, () => RepairPlanner.Plan(files, RepairMode.Skip, JournalRepair.NowUs(time), null, cancellationToken, gone.Contains));
        ExpectOnlyGone(plan, report);
        using (RepairedView view = new(files, plan))
        {
            ScavengeCheck.ExpectWhole(
                await JournalVerifier.VerifyAsync(view, null, time, cancellationToken).ConfigureAwait(false));
            using GoneFrames after = JournalRepair.Reading(files, () => Find(view, percent, time, cancellationToken));
            JournalRepair.Reading(files, () => ScavengeCheck.Compare(gone, after));
        }

        report = report with { IsDone = true, Backup = backup.Directory };
        JournalRepair.Commit(files, plan, backup, ReportName, report.Lines(), "scavenge");
        return report;
    }

    private static GoneFrames Find(IJournalFiles files, int percent, TimeProvider? time, CancellationToken cancellationToken)
    {
        Expect(files);
        GoneFrames gone = GoneFrames.Find(files, percent, JournalRepair.NowUs(time), cancellationToken);
        if (gone.FooterProblems is [var problem, ..])
        {
            gone.Dispose();
            throw new EventStoreException(EventStoreErrorKind.Damaged,
                $"the index of {problem.File} is damaged ({problem.What}); mend it with log-repair first");
        }

        return gone;
    }

    private static void Expect(IJournalFiles files)
    {
        if (!files.DirectoryExists || !files.List().Contains(StoreFile.Name))
            throw new EventStoreException(EventStoreErrorKind.Unavailable, $"there is no journal in {files.Directory}; name the directory of one");
        RepairIntent.ExpectNone(files);
    }

    private static void ExpectOnlyGone(RepairPlan plan, ScavengeReport report)
    {
        HashSet<string> expected = [.. report.Chosen.Select(segment => segment.File)];
        int unasked = plan.Report.Findings.Count + plan.Report.LeftOut.Count + plan.Removed.Count;
        if (unasked > 0 || !expected.IsSubsetOf(plan.Images.Select(image => image.Name)))
            throw new InvalidOperationException(
                "the scavenge was given up before anything was changed, since it would change what it must not; run log-verify, and report it");
    }

    private static void CheckPercent(int percent)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(percent);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(percent, PercentMax);
    }
}
