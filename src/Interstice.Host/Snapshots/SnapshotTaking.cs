using Interstice.Host.Idempotency;
using Interstice.Host.Projections;
using Interstice.Host.Replay;
using Interstice.Kernel.Events;
using Interstice.Kernel.Tables;

namespace Interstice.Host.Snapshots;

/// <summary>Takes snapshots from the log: a projection of its own is built from the newest good snapshot and the events
/// after it, and its hash compared with the log's, while the module goes on working.</summary>
/// <remarks>Needs the memory of the module's tables once more while it runs.</remarks>
public static class SnapshotTaking
{
    /// <summary>Takes a snapshot of a module at its last durable revision, with <see cref="KeyRetention.Default"/>.</summary>
    /// <inheritdoc cref="RunAsync(SnapshotStore, IEventStore, string, int, KeyRetention, TimeProvider, IProgress{ReplayProgress}?, CancellationToken)"/>
    public static Task<SnapshotResult?> RunAsync(
        SnapshotStore snapshots,
        IEventStore store,
        string module,
        int keep,
        TimeProvider time,
        IProgress<ReplayProgress>? progress,
        CancellationToken cancellationToken) =>
        RunAsync(snapshots, store, module, keep, KeyRetention.Default, time, progress, cancellationToken);

    /// <summary>Takes a snapshot of a module at its last durable revision.</summary>
    /// <param name="snapshots">Where it goes.</param>
    /// <param name="store">The event store.</param>
    /// <param name="module">The module.</param>
    /// <param name="keep">How many snapshots of the module stay, 1 to <see cref="SnapshotOptions.KeepMax"/>.</param>
    /// <param name="keys">How long idempotency keys are kept.</param>
    /// <param name="time">Measures how long it takes.</param>
    /// <param name="progress">Told after each batch; null for nobody.</param>
    /// <param name="cancellationToken">Gives up; nothing is left behind.</param>
    /// <returns>The result, or null when nothing was published yet or the stream ends with a void transaction.</returns>
    /// <exception cref="ReplayException">The log does not give the hash that it recorded.</exception>
    /// <exception cref="EventStoreException">The event store failed, or another process takes a snapshot now.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static async Task<SnapshotResult?> RunAsync(
        SnapshotStore snapshots,
        IEventStore store,
        string module,
        int keep,
        KeyRetention keys,
        TimeProvider time,
        IProgress<ReplayProgress>? progress,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(snapshots);
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentOutOfRangeException.ThrowIfLessThan(keep, 1);
        long started = time.GetTimestamp();
        ReplayOptions options = ReplayOptions.Background with { Keys = keys };
        using IDisposable held = snapshots.TryLock() ?? throw new EventStoreException(
            EventStoreErrorKind.InUse,
            $"another process takes a snapshot in {snapshots.Directory}; wait until it is done");
        snapshots.RemoveUnfinished();
        SnapshotLoad load = await SnapshotLoad
            .RunAsync(snapshots, store, module, null, options, cancellationToken)
            .ConfigureAwait(false);
        ModuleProjection projection = load.Projection;
        Revision from = projection.Revision;
        await ModuleReplay
            .RunAsync(store, projection, null, options, time, progress, cancellationToken)
            .ConfigureAwait(false);
        // Behind a void transaction somebody has to take ownership, which a start from a snapshot would not know.
        if (projection.Published is null || projection.IsLastVoid) return null;
        bool isNew = load.Used is null || projection.Revision > from;
        var name = new SnapshotName(module, projection.Revision);
        long bytes = isNew
            ? await WriteAsync(snapshots, store, projection, name, cancellationToken).ConfigureAwait(false)
            : 0;
        // One that was refused and has just been written again is a good one.
        string[] refused = [.. load.Refused.Select(refusal => refusal.File).Where(file => !isNew || file != name.ToString())];
        int removed = snapshots.Prune(module, projection.Revision, keep, refused);
        long rows = projection.SnapshotTables().Sum(table => table.Count);
        return new(name, isNew, bytes, rows, projection.StateHash, from, removed, time.GetElapsedTime(started), load.Refused);
    }

    private static async Task<long> WriteAsync(
        SnapshotStore snapshots,
        IEventStore store,
        ModuleProjection projection,
        SnapshotName name,
        CancellationToken cancellationToken)
    {
        SnapshotHeader? header = null;
        await foreach (ReadOnlyMemory<RecordedEvent> batch in store
            .ReadStreamAsync(
                StreamNames.Module(projection.Module), ReadDirection.Forwards, projection.Revision, 1, cancellationToken)
            .ConfigureAwait(false))
        {
            header = projection.Describe(snapshots.StoreId, batch.Span[0]);
            break;
        }

        if (header is null) throw new InvalidOperationException($"revision {projection.Revision} was replayed and is gone");
        Table[] tables = [.. projection.SnapshotTables()];
        long bytes = 0;
        snapshots.Write(name, file => bytes = SnapshotWriter.Write(file, header, tables, projection.Keys, cancellationToken));
        return bytes;
    }
}
