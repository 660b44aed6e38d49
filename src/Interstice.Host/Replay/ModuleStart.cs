using Interstice.Host.Projections;
using Interstice.Host.Snapshots;
using Interstice.Kernel.Events;

namespace Interstice.Host.Replay;

/// <summary>Rebuilds a projection the short way: the newest good snapshot, and the events after it.</summary>
public static class ModuleStart
{
    /// <summary>Rebuilds a module with <see cref="ReplayOptions.Start"/>.</summary>
    /// <inheritdoc cref="RunAsync(SnapshotStore?, IEventStore, string, Revision?, ReplayOptions, TimeProvider, IProgress{ReplayProgress}?, CancellationToken)"/>
    public static Task<(ModuleProjection Projection, ReplayResult Result)> RunAsync(
        SnapshotStore? snapshots,
        IEventStore store,
        string module,
        Revision? to,
        TimeProvider time,
        IProgress<ReplayProgress>? progress,
        CancellationToken cancellationToken) =>
        RunAsync(snapshots, store, module, to, ReplayOptions.Start, time, progress, cancellationToken);

    /// <summary>Rebuilds a module.</summary>
    /// <param name="snapshots">Its snapshots; null to begin at position zero.</param>
    /// <param name="store">The event store.</param>
    /// <param name="module">The module.</param>
    /// <param name="to">Last revision wanted, moved on to the end of its transaction; null for all.</param>
    /// <param name="options">How it uses the machine, and how long idempotency keys are kept.</param>
    /// <param name="time">Measures how long it takes.</param>
    /// <param name="progress">Told after each batch; null for nobody.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <exception cref="ReplayException">The stream cannot be replayed, not even from position zero.</exception>
    /// <exception cref="EventStoreException">The event store failed.</exception>
    public static async Task<(ModuleProjection Projection, ReplayResult Result)> RunAsync(
        SnapshotStore? snapshots,
        IEventStore store,
        string module,
        Revision? to,
        ReplayOptions options,
        TimeProvider time,
        IProgress<ReplayProgress>? progress,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        long started = time.GetTimestamp();
        SnapshotLoad load = await SnapshotLoad
            .RunAsync(snapshots, store, module, to, options, cancellationToken)
            .ConfigureAwait(false);
        List<SnapshotRefusal> refused = [.. load.Refused];
        ModuleProjection projection = load.Projection;
        ReplayResult? result = null;
        try
        {
            result = await ReplayAsync().ConfigureAwait(false);
        }
        catch (ReplayException fault) when (load.Used is { } used)
        {
            // Either the log or the snapshot is wrong, and the log alone decides which.
            refused.Add(new(used.ToString(), SnapshotFault.State, $"the events after it do not fit: {fault.Message}"));
            projection = new ModuleProjection(module, options.Keys);
        }

        result ??= await ReplayAsync().ConfigureAwait(false);
        return (projection, result with { Elapsed = time.GetElapsedTime(started), Refused = refused });

        Task<ReplayResult> ReplayAsync() =>
            ModuleReplay.RunAsync(store, projection, to, options, time, progress, cancellationToken);
    }
}
