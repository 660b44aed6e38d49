using Interstice.Cli.Hosting;
using Interstice.Host.Inspection;
using Interstice.Host.Modules;
using Interstice.Host.Projections;
using Interstice.Host.Replay;
using Interstice.Kernel.Events;
using Interstice.Kernel.Hashing;

namespace Interstice.Cli.Inspection;

/// <summary>Replays modules from position zero several times, up to the same revisions, and compares.</summary>
/// <param name="session">The session; shows progress.</param>
/// <param name="store">The store.</param>
/// <param name="onlyModule">The module; null for all.</param>
/// <param name="listHoles">Lists the positions of what repairs left out; null where that cannot be known.</param>
internal sealed class ReplayCheck(
    Session session, IEventStore store, string? onlyModule, Func<CancellationToken, Task<IReadOnlyList<ulong>>>? listHoles = null)
{
    private readonly HashSet<string> _outer = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (Revision Last, StateHash Hash)> _first = new(StringComparer.Ordinal);

    /// <summary>Runs the check.</summary>
    /// <param name="runs">How often, 1 or more.</param>
    public async Task<ReplayCheckReport> RunAsync(int runs)
    {
        if (onlyModule is not null)
            await ModuleLookup.ExpectAsync(store, onlyModule, session.Stopping).ConfigureAwait(false);
        IReadOnlyList<string> modules = onlyModule is null
            ? await ModuleList.ReadAsync(store, session.Stopping).ConfigureAwait(false)
            : [onlyModule];
        List<ReplayRun> done = [];
        for (int i = 0; i < runs; i++)
        {
            session.Progress.Begin($"replay {i + 1} of {runs}");
            var run = new ReplayRun(StateHash.Zero, 0, TimeSpan.Zero);
            foreach (string module in modules)
            {
                (ReplayResult? result, Divergence? divergence) = await ReplayAsync(module).ConfigureAwait(false);
                if (divergence is not null) return new(done, divergence);
                run = new(run.Hash + result!.StateHash, run.Events + result.Events, run.Elapsed + result.Elapsed);
            }

            done.Add(run);
        }

        return await LookForPartsAsync(new(done, null)).ConfigureAwait(false);
    }

    // The replays have seen every commit point of their modules; another one may have committed something of the only module.
    private async Task<ReplayCheckReport> LookForPartsAsync(ReplayCheckReport replayed)
    {
        try
        {
            IReadOnlyList<string> outer = onlyModule is null
                ? [.. _outer]
                : [.. (await ModuleList.ReadAsync(store, session.Stopping).ConfigureAwait(false)).Where(module => module != onlyModule || _outer.Contains(module))];
            if (outer.Count == 0) return replayed;
            session.Progress.Begin("looking for what was committed over several modules");
            var scope = new CommitPointScope { OnlyModule = onlyModule, OuterModules = outer, ListHoles = listHoles };
            CommitPointReport points = await CommitPointCheck.RunAsync(store, scope, session.Stopping).ConfigureAwait(false);
            Divergence? lost = points.Faults is [{ } fault, ..]
                ? await DescribeAsync(fault.PartModule, fault.PartRevision, fault.Expected, fault.Found).ConfigureAwait(false)
                : null;
            return replayed with { Divergence = lost, OpenCommitPoints = points.Open };
        }
        catch (EventStoreException fault)
        {
            return replayed with { CommitPointFailure = fault };
        }
        finally
        {
            session.Progress.Clear();
        }
    }

    private async Task<(ReplayResult? Result, Divergence? Divergence)> ReplayAsync(string module)
    {
        var projection = new ModuleProjection(module) { ComparesEveryHash = true };
        try
        {
            // A store that grows meanwhile must not look like a divergence: later runs end where the first one did.
            Revision? to = _first.TryGetValue(module, out (Revision Last, StateHash Hash) first) ? first.Last : null;
            ReplayResult result = await ModuleReplay
                .RunAsync(
                    store,
                    projection,
                    to,
                    TimeProvider.System,
                    new ReplayDisplay(session.Progress),
                    session.Stopping)
                .ConfigureAwait(false);
            if (result.HasCommitPoint) _outer.Add(module);
            if (to is null) _first.Add(module, (result.Revision, result.StateHash));
            else if (first.Hash != result.StateHash)
            {
                (string expected, string actual) = (first.Hash.ToString(), result.StateHash.ToString());
                return (null, await DescribeAsync(module, result.Revision, expected, actual).ConfigureAwait(false));
            }

            return (result, null);
        }
        catch (ReplayException fault) when (fault.Kind is ReplayErrorKind.StateHash or ReplayErrorKind.Diverged)
        {
            return (
                null,
                await DescribeAsync(module, fault.Revision, fault.Expected, fault.Found).ConfigureAwait(false));
        }
    }

    private async Task<Divergence> DescribeAsync(string module, Revision revision, string expected, string actual)
    {
        StreamName stream = StreamNames.Module(module);
        TransactionRecord? record = await TransactionLookup
            .FindAsync(store, stream, revision, session.Stopping)
            .ConfigureAwait(false);
        return new(stream, revision, record?.Reducer, expected, actual);
    }
}
