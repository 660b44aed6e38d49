using Interstice.Cli.Stores;
using Interstice.Journal;
using Interstice.Journal.Archive;
using Interstice.Journal.Repair;
using Interstice.Journal.Verification;

namespace Interstice.Cli.Inspection;

/// <summary>Where repairs left something out of an embedded journal.</summary>
internal static class RepairHoles
{
    /// <summary>What lists their positions; null for a store elsewhere, which tells nobody.</summary>
    /// <remarks>Reads the whole log: an open journal keeps no list of holes, and it is asked for only where a part is not in its place.</remarks>
    /// <param name="session">The session.</param>
    /// <param name="store">The store; open.</param>
    public static Func<CancellationToken, Task<IReadOnlyList<ulong>>>? Of(Session session, OpenStore store)
    {
        if (store.Journal is null) return null;
        return async cancellationToken =>
        {
            StoreFiles files = StoreAccess.FilesOf(session, store.Name);
            VerificationReport report = await JournalVerifier.VerifyAsync(files, cancellationToken: cancellationToken).ConfigureAwait(false);
            IEnumerable<ulong> holes = report.Holes.Select(hole => hole.Position);
            if (StoreAccess.SettingsOf(session, store.Name).Recovery != RecoveryMode.Salvage) return [.. holes];

            // What is left out while the store is read stands in no file: it is what a repair would leave out.
            RepairReport plan = await JournalRepair
                .PlanAsync(files, RepairMode.Skip, cancellationToken: cancellationToken)
                .ConfigureAwait(false);
            return
            [
                .. holes,
                .. plan.Stretches.Select(stretch => stretch.Position),
                .. plan.LeftOut.Select(leftOut => leftOut.Position),
            ];
        };
    }
}
