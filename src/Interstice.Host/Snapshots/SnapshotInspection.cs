using Interstice.Host.Projections;
using Interstice.Kernel.Events;

namespace Interstice.Host.Snapshots;

/// <summary>Looks at all snapshots of a module as a start would look at each: against the log, every byte, every row, the hash.</summary>
/// <remarks>Needs the memory of the module's tables while it runs.</remarks>
public static class SnapshotInspection
{
    /// <summary>Inspects.</summary>
    /// <param name="snapshots">The snapshots.</param>
    /// <param name="store">The event store.</param>
    /// <param name="module">The module.</param>
    /// <param name="cancellationToken">Stops between two snapshots.</param>
    /// <returns>One for each, the newest first.</returns>
    /// <exception cref="EventStoreException">The event store failed.</exception>
    /// <exception cref="IOException">The directory cannot be read.</exception>
    public static async Task<IReadOnlyList<SnapshotState>> RunAsync(
        SnapshotStore snapshots,
        IEventStore store,
        string module,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(snapshots);
        ArgumentNullException.ThrowIfNull(store);
        List<SnapshotState> states = [];
        foreach (SnapshotName name in snapshots.List(module))
        {
            cancellationToken.ThrowIfCancellationRequested();
            states.Add(await InspectAsync(snapshots, store, name, cancellationToken).ConfigureAwait(false));
        }

        return states;
    }

    private static async Task<SnapshotState> InspectAsync(
        SnapshotStore snapshots,
        IEventStore store,
        SnapshotName name,
        CancellationToken cancellationToken)
    {
        long bytes = 0;
        SnapshotHeader? header = null;
        try
        {
            bytes = snapshots.LengthOf(name);
            using SnapshotReader reader = snapshots.Open(name);
            header = reader.Header;
            await SnapshotCheck
                .ExpectInLogAsync(store, snapshots.StoreId, name, header, cancellationToken)
                .ConfigureAwait(false);
            ModuleProjection.Restore(reader, threads: 1);
            return new(name, bytes, header, null);
        }
        catch (SnapshotException fault)
        {
            return new(name, bytes, header, new(name.ToString(), fault.Fault, fault.Message));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new(name, bytes, header, new(name.ToString(), SnapshotFault.Unreadable, fault.Message));
        }
    }
}
