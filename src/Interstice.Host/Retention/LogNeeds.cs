using Interstice.Host.Modules;
using Interstice.Host.Snapshots;
using Interstice.Kernel.Events;

namespace Interstice.Host.Retention;

/// <summary>Which part of the log is read by a start from any of the kept snapshots. All else is needed for replay from position zero
/// only, and for looking back.</summary>
/// <param name="From">Everything from here on: the earliest of the kept snapshots of all modules, or the first event of a module
/// that has no good one.</param>
/// <param name="Events">Events before it that are read too: the list of modules, the code of builds in force, and the events that
/// snapshots are compared with.</param>
/// <param name="WithoutSnapshot">Modules that have no good snapshot, so that they are replayed from their first event on.</param>
public sealed record LogNeeds(
    Position From, IReadOnlyCollection<Position> Events, IReadOnlyList<string> WithoutSnapshot)
{
    /// <summary>Finds them. Every snapshot is read and checked as a start would check it.</summary>
    /// <param name="snapshots">The snapshots.</param>
    /// <param name="store">The event store.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="EventStoreException">The store failed.</exception>
    /// <exception cref="IOException">The directory of the snapshots cannot be read.</exception>
    public static async Task<LogNeeds> FindAsync(SnapshotStore snapshots, IEventStore store, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(snapshots);
        ArgumentNullException.ThrowIfNull(store);
        var search = new Search(snapshots, store, cancellationToken);
        await search.AddStreamAsync(StreamNames.Modules).ConfigureAwait(false);
        foreach (string module in await ModuleList.ReadAsync(store, cancellationToken).ConfigureAwait(false))
            await search.AddModuleAsync(module).ConfigureAwait(false);
        return search.Result();
    }

    private sealed class Search(SnapshotStore snapshots, IEventStore store, CancellationToken cancellationToken)
    {
        private readonly HashSet<Position> _events = [];
        private readonly List<string> _without = [];
        private Position _from = new(ulong.MaxValue, ulong.MaxValue);

        public LogNeeds Result() => new(_from, _events, _without);

        public async Task AddModuleAsync(string module)
        {
            IReadOnlyList<SnapshotState> states = await SnapshotInspection
                .RunAsync(snapshots, store, module, cancellationToken)
                .ConfigureAwait(false);
            StreamName stream = StreamNames.Module(module);
            List<SnapshotHeader> good = [.. states.Where(state => state.IsGood).Select(state => state.Header!)];
            if (good.Count == 0)
            {
                _without.Add(module);
                if (await FindAsync(stream, Revision.First).ConfigureAwait(false) is { } first) Lower(first);
            }

            foreach (SnapshotHeader header in good)
            {
                Lower(header.Position);
                await AddEventAsync(stream, header.Revision).ConfigureAwait(false);
                await AddEventAsync(stream, header.PublishedAt).ConfigureAwait(false);
                if (header.TransactionAt >= Revision.First) await AddEventAsync(stream, header.TransactionAt).ConfigureAwait(false);
                await AddStreamAsync(StreamNames.Code(header.Published.Code)).ConfigureAwait(false);
            }

            // Builds that came after the newest snapshot: the code of one that was published before may lie far back.
            Revision behind = good.Count == 0 ? Revision.First : good[0].Revision.Next;
            await AddLaterCodeAsync(stream, behind).ConfigureAwait(false);
        }

        /// <summary>Adds all events of a stream.</summary>
        public async Task AddStreamAsync(StreamName stream)
        {
            await foreach (ReadOnlyMemory<RecordedEvent> batch in store
                .ReadStreamAsync(stream, ReadDirection.Forwards, Revision.First, long.MaxValue, cancellationToken)
                .ConfigureAwait(false))
            {
                foreach (RecordedEvent recorded in batch.Span) _events.Add(recorded.Position);
            }
        }

        private async Task AddLaterCodeAsync(StreamName stream, Revision from)
        {
            HashSet<CodeHash> builds = [];
            await foreach (ReadOnlyMemory<RecordedEvent> batch in store
                .ReadStreamAsync(stream, ReadDirection.Forwards, from, long.MaxValue, cancellationToken)
                .ConfigureAwait(false))
            {
                foreach (RecordedEvent recorded in batch.Span)
                    if (recorded.Type == EventTypes.ModulePublished) builds.Add(ModulePublished.Read(recorded.Data.Span).Code);
            }

            foreach (CodeHash build in builds) await AddStreamAsync(StreamNames.Code(build)).ConfigureAwait(false);
        }

        private async Task AddEventAsync(StreamName stream, Revision revision)
        {
            if (await FindAsync(stream, revision).ConfigureAwait(false) is { } position) _events.Add(position);
        }

        private async Task<Position?> FindAsync(StreamName stream, Revision revision)
        {
            await foreach (ReadOnlyMemory<RecordedEvent> batch in store
                .ReadStreamAsync(stream, ReadDirection.Forwards, revision, 1, cancellationToken)
                .ConfigureAwait(false))
                return batch.Span[0].Position;
            return null;
        }

        private void Lower(Position position) => _from = position < _from ? position : _from;
    }
}
