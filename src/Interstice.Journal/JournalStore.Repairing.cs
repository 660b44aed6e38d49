using Interstice.Journal.Archive;
using Interstice.Journal.Files;
using Interstice.Journal.Repair;
using Interstice.Journal.Segments;
using Interstice.Kernel.Events;

namespace Interstice.Journal;

public sealed partial class JournalStore
{
    private static RepairMode? ModeOf(RecoveryMode recovery) => recovery switch
    {
        RecoveryMode.Truncate => RepairMode.Truncate,
        RecoveryMode.Skip => RepairMode.Skip,
        _ => null,
    };

    // Whether opening may go on without a whole store file, which a repair makes again from what the segments say.
    private static bool IsRepairable(IJournalFiles files, JournalOptions options) =>
        ModeOf(options.Recovery) is not null && files.DirectoryExists
        && files.List().Any(name => SegmentName.TryParse(name, out _, out _));

    private static bool IsDamage(EventStoreException e) => e.Kind is EventStoreErrorKind.Damaged or EventStoreErrorKind.UnknownFormat;

    // What a strict opening refuses, and a repair mends, is repaired by the code of log-repair; the lock is held. What it cannot mend is
    // refused with its words, or as before where it finds nothing.
    private static RepairReport? Repair(
        IJournalFiles files, JournalOptions options, IJournalFiles? backup, TimeProvider time)
    {
        if (ModeOf(options.Recovery) is not { } mode) return null;
        DirectoryFiles? beside = backup is null ? RepairBackup.Beside(files.Directory, time.GetUtcNow()) : null;
        try
        {
            RepairReport report = JournalRepair.RunLocked(files, mode, backup ?? beside!, null, time, CancellationToken.None);
            return report.IsDone ? report : null;
        }
        catch (EventStoreException) when (beside is not null)
        {
            RepairBackup.RemoveEmpty(beside);
            throw;
        }
    }

    private static void ExpectBackupPlace(JournalOptions options, IJournalFiles? files, IJournalFiles? backup)
    {
        bool isNamed = backup is not null || (files is StoreFiles store ? store.Inner : files) is null or DirectoryFiles;
        if (!isNamed && !options.ReadOnly && ModeOf(options.Recovery) is not null)
            throw new ArgumentException(
                $"recovery {options.Recovery} keeps what it changes, and beside these files there is no place for it; name one", nameof(backup));
    }
}
