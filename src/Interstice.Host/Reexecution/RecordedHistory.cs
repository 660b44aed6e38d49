using Interstice.Host.Modules;
using Interstice.Host.Projections;
using Interstice.Host.Replay;
using Interstice.Host.Snapshots;
using Interstice.Kernel.Events;

namespace Interstice.Host.Reexecution;

/// <summary>Runs recorded calls again and compares (docs/reload.md). Only reads the store; a host may run on it meanwhile.</summary>
/// <param name="store">The store.</param>
/// <param name="engine">The engine.</param>
/// <param name="snapshots">Where a range may begin; null to go there from position zero.</param>
/// <param name="time">Measures how long it takes.</param>
public sealed partial class RecordedHistory(IEventStore store, IModuleEngine engine, SnapshotStore? snapshots, TimeProvider time)
{
    /// <summary>Runs the calls of a module again, each in the build that made it, and compares every effect.</summary>
    /// <param name="module">The module.</param>
    /// <param name="options">Which calls, and what is told.</param>
    /// <param name="progress">Told after each batch; null for nobody.</param>
    /// <param name="cancellationToken">Stops between calls.</param>
    /// <exception cref="ReplayException">The stream cannot be replayed.</exception>
    /// <exception cref="EventStoreException">The store failed.</exception>
    public async Task<ReexecutionResult> ReexecuteAsync(
        string module,
        ReexecutionOptions options,
        IProgress<ReplayProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        Revision to = await EndAsync(module, options.To, cancellationToken).ConfigureAwait(false);
        ModuleProjection projection = await ProjectAsync(module, options.From, progress, cancellationToken).ConfigureAwait(false);
        return await GuestThread.RunAsync(
            $"re-execution of {module}",
            engine.StackBytes(ReexecutionCheck.LimitsOf(options.Limits)),
            () => Reexecute(projection, to, options, progress, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>Looks for reducers whose effects depend on calls before them, by running the calls of a module again with and without
    /// the reset of the instance.</summary>
    /// <param name="module">The module.</param>
    /// <param name="options">Which calls.</param>
    /// <param name="progress">Told after each batch; null for nobody.</param>
    /// <param name="cancellationToken">Stops between calls.</param>
    /// <exception cref="ReplayException">The stream cannot be replayed.</exception>
    /// <exception cref="EventStoreException">The store failed.</exception>
    public async Task<LeakResult> FindLeaksAsync(
        string module,
        ReexecutionOptions options,
        IProgress<ReplayProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        Revision to = await EndAsync(module, options.To, cancellationToken).ConfigureAwait(false);
        ModuleProjection projection = await ProjectAsync(module, options.From, progress, cancellationToken).ConfigureAwait(false);
        return await GuestThread.RunAsync(
            $"leak check of {module}",
            engine.StackBytes(ReexecutionCheck.LimitsOf(options.Limits)),
            () => FindLeaks(projection, to, options, progress, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>The store.</summary>
    internal IEventStore Store => store;

    /// <summary>Gets builds out of it.</summary>
    internal BuildLoader Builds { get; } = new(store, engine);

    /// <summary>Runs them.</summary>
    internal IModuleEngine Engine => engine;

    /// <summary>The state with everything before a position of the log.</summary>
    /// <param name="module">The module.</param>
    /// <param name="at">The position.</param>
    /// <param name="transaction">A transaction to stop before, if it is the last one there; null for none.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>Null when there is no such module.</returns>
    /// <exception cref="ReplayException">Its stream cannot be replayed.</exception>
    internal ModuleProjection? TryProjectBefore(
        string module, Position at, TransactionId? transaction, CancellationToken cancellationToken) =>
        TryProjectBeforeAsync(module, at, transaction, cancellationToken).GetAwaiter().GetResult();

    /// <summary>The state before a revision, or at the end of the transaction that holds it.</summary>
    internal async Task<ModuleProjection> ProjectAsync(
        string module, Revision from, IProgress<ReplayProgress>? progress, CancellationToken cancellationToken)
    {
        if (from <= Revision.First) return new ModuleProjection(module);
        (ModuleProjection projection, _) = await ModuleStart
            .RunAsync(snapshots, store, module, from + -1, time, progress, cancellationToken).ConfigureAwait(false);
        return projection;
    }

    private LeakResult FindLeaks(
        ModuleProjection projection,
        Revision to,
        ReexecutionOptions options,
        IProgress<ReplayProgress>? progress,
        CancellationToken cancellationToken)
    {
        using var group = new RecordedGroup(this, projection, ReexecutionCheck.LimitsOf(options.Limits));
        using var check = new LeakCheck(Builds, engine, options);
        Revision before = projection.Revision;
        long started = time.GetTimestamp();
        var walk = new HistoryWalk(group, check, progress);
        walk.Begin(cancellationToken);
        walk.GoTo(to, cancellationToken);
        return new(projection.Module, before.Next, projection.Revision, walk.Calls - check.NotRun - check.JointCalls, [.. check.Leaks])
        {
            NotRun = check.NotRun,
            JointCalls = walk.JointParts + check.JointCalls,
            DifferentAlike = check.DifferentAlike,
            Restarts = check.Restarts,
            Elapsed = time.GetElapsedTime(started),
        };
    }

    private ReexecutionResult Reexecute(
        ModuleProjection projection,
        Revision to,
        ReexecutionOptions options,
        IProgress<ReplayProgress>? progress,
        CancellationToken cancellationToken)
    {
        using var group = new RecordedGroup(this, projection, ReexecutionCheck.LimitsOf(options.Limits));
        using var check = new ReexecutionCheck(Builds, engine, options);
        Revision before = projection.Revision;
        long started = time.GetTimestamp();
        var walk = new HistoryWalk(group, check, progress);
        walk.Begin(cancellationToken);
        walk.GoTo(to, cancellationToken);
        return new(
            projection.Module,
            before.Next,
            projection.Revision,
            walk.Calls - check.NotRun - check.JointCalls,
            walk.Events,
            check.DifferentCalls,
            check.Differences.Count,
            check.Differences.Kept)
        {
            FuelCompared = check.FuelCompared,
            Migrations = check.Migrations,
            NotRun = check.NotRun,
            JointCalls = walk.JointParts + check.JointCalls,
            HostTransactions = walk.HostTransactions,
            VoidTransactions = walk.VoidTransactions,
            Elapsed = time.GetElapsedTime(started),
        };
    }

    private async Task<Revision> EndAsync(string module, Revision? to, CancellationToken cancellationToken)
    {
        Revision last = await store.GetLastRevisionAsync(StreamNames.Module(module), cancellationToken).ConfigureAwait(false);
        return to is { } wanted && wanted < last ? wanted : last;
    }
}
