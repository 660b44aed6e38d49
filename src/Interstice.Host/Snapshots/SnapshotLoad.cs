using Interstice.Host.Projections;
using Interstice.Host.Replay;
using Interstice.Kernel.Events;

namespace Interstice.Host.Snapshots;

/// <summary>What loading a module's newest good snapshot gave.</summary>
/// <param name="Projection">The projection of the snapshot, or of an empty stream if there is no good one.</param>
/// <param name="Used">The snapshot, or null.</param>
/// <param name="Refused">Newer ones that are not used.</param>
public sealed record SnapshotLoad(
    ModuleProjection Projection,
    SnapshotName? Used,
    IReadOnlyList<SnapshotRefusal> Refused)
{
    /// <summary>Loads the newest snapshot that is good, with <see cref="ReplayOptions.Start"/>.</summary>
    /// <inheritdoc cref="RunAsync(SnapshotStore?, IEventStore, string, Revision?, ReplayOptions, CancellationToken)"/>
    public static Task<SnapshotLoad> RunAsync(
        SnapshotStore? snapshots,
        IEventStore store,
        string module,
        Revision? atMost,
        CancellationToken cancellationToken) =>
        RunAsync(snapshots, store, module, atMost, ReplayOptions.Start, cancellationToken);

    /// <summary>Loads the newest snapshot that is whole, of this store and module, and in the log.</summary>
    /// <param name="snapshots">The snapshots; null for none.</param>
    /// <param name="store">The event store.</param>
    /// <param name="module">The module.</param>
    /// <param name="atMost">Last revision wanted; newer snapshots are passed over.</param>
    /// <param name="options">How it uses the machine.</param>
    /// <param name="cancellationToken">Stops between snapshots.</param>
    /// <exception cref="EventStoreException">The event store failed.</exception>
    public static async Task<SnapshotLoad> RunAsync(
        SnapshotStore? snapshots,
        IEventStore store,
        string module,
        Revision? atMost,
        ReplayOptions options,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(options);
        List<SnapshotRefusal> refused = [];
        foreach (SnapshotName name in ListOrRefuse(snapshots, module, refused))
        {
            if (atMost is { } last && name.Revision > last) continue;
            try
            {
                using SnapshotReader reader = snapshots!.Open(name);
                bool endsInGroup = await SnapshotCheck
                    .ExpectInLogAsync(store, snapshots.StoreId, name, reader.Header, cancellationToken)
                    .ConfigureAwait(false);
                var projection = ModuleProjection.Restore(reader, options.Threads, options.Keys);
                if (endsInGroup) projection.OpenGroup(reader.Header.TransactionAt);
                return new(projection, name, refused);
            }
            catch (SnapshotException fault)
            {
                refused.Add(new(name.ToString(), fault.Fault, fault.Message));
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                refused.Add(new(name.ToString(), SnapshotFault.Unreadable, fault.Message));
            }
        }

        return new(new ModuleProjection(module, options.Keys), null, refused);
    }

    private static IReadOnlyList<SnapshotName> ListOrRefuse(
        SnapshotStore? snapshots,
        string module,
        List<SnapshotRefusal> refused)
    {
        try
        {
            return snapshots?.List(module) ?? [];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            refused.Add(new(snapshots!.Directory, SnapshotFault.Unreadable, fault.Message));
            return [];
        }
    }
}
