using Interstice.Host.Projections;
using Interstice.Kernel.Events;

namespace Interstice.Host.Replay;

/// <summary>Rebuilds a projection from a module's stream. Needs no engine and no code: it can run none.</summary>
public static class ModuleReplay
{
    /// <summary>Replays what a projection has not applied yet, with <see cref="ReplayOptions.Start"/>.</summary>
    /// <inheritdoc cref="RunAsync(IEventStore, ModuleProjection, Revision?, ReplayOptions, TimeProvider, IProgress{ReplayProgress}?, CancellationToken)"/>
    public static Task<ReplayResult> RunAsync(
        IEventStore store,
        ModuleProjection projection,
        Revision? to,
        TimeProvider time,
        IProgress<ReplayProgress>? progress,
        CancellationToken cancellationToken) =>
        RunAsync(store, projection, to, ReplayOptions.Start, time, progress, cancellationToken);

    /// <summary>Replays what a projection has not applied yet: a fresh one, all; one from a snapshot, the rest.</summary>
    /// <param name="store">The store.</param>
    /// <param name="projection">A projection at the end of a transaction.</param>
    /// <param name="to">Last revision wanted, moved on to the end of its transaction, not before the projection's; null for
    /// all.</param>
    /// <param name="options">How it uses the machine.</param>
    /// <param name="time">Measures how long it takes.</param>
    /// <param name="progress">Told after each batch; null for nobody.</param>
    /// <param name="cancellationToken">Stops between batches, and before indexes are built.</param>
    /// <exception cref="ReplayException">The stream cannot be replayed.</exception>
    /// <exception cref="EventStoreException">The store failed.</exception>
    public static async Task<ReplayResult> RunAsync(
        IEventStore store,
        ModuleProjection projection,
        Revision? to,
        ReplayOptions options,
        TimeProvider time,
        IProgress<ReplayProgress>? progress,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(projection);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        long started = time.GetTimestamp();
        StreamName stream = StreamNames.Module(projection.Module);
        Revision last = await store.GetLastRevisionAsync(stream, cancellationToken).ConfigureAwait(false);
        Revision end = to is { } wanted && wanted < last ? wanted : last;
        (Revision from, long transactions) = (projection.Revision, projection.TransactionCount);
        projection.BeginReplay(options.Threads);
        await new ReplayRun(store, stream, projection, options, progress, end, last).RunAsync(cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        projection.EndReplay(options.Threads);
        projection.ExpectComplete();
        return new(
            projection.Module,
            projection.Revision,
            from,
            projection.Revision.Value - from.Value,
            projection.TransactionCount - transactions,
            projection.StateHash,
            time.GetElapsedTime(started))
        {
            TransactionCount = projection.TransactionCount,
            HasCommitPoint = projection.HasReplayedCommitPoint,
        };
    }
}
