using Interstice.Host.Ownership;
using Interstice.Kernel.Events;

namespace Interstice.Host.Replay;

/// <summary>Looks for the parts of all transactions over several modules that were committed in stores that append to one stream at a time
/// (docs/semantics.md, Calls between modules). Reads only.</summary>
/// <remarks>
/// A part comes directly behind the revision that its commit point names, but for changes of ownership and what these made void. Where a stream ends before it, the commit
/// point is open while the outer module's stream goes on with no other transaction: nothing of the group runs before its transactions are complete. Where the front of a stream
/// is gone as far as the part, nothing can be said. May be used while hosts run.
/// </remarks>
public sealed class CommitPointCheck
{
    private readonly IEventStore _store;
    private readonly string? _onlyModule;
    private readonly CancellationToken _cancellationToken;
    private readonly List<OpenCommitPoint> _open = [];
    private readonly List<CommitPointFault> _faults = [];

    private CommitPointCheck(IEventStore store, string? onlyModule, CancellationToken cancellationToken) =>
        (_store, _onlyModule, _cancellationToken) = (store, onlyModule, cancellationToken);

    /// <summary>Checks.</summary>
    /// <param name="store">The store.</param>
    /// <param name="onlyModule">Look only at transactions that this module has the commit point or a part of; null for all.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="EventStoreException">The store cannot be read.</exception>
    public static async Task<CommitPointReport> RunAsync(IEventStore store, string? onlyModule, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        var check = new CommitPointCheck(store, onlyModule, cancellationToken);
        long looked = 0;
        foreach ((string module, Revision revision) in await check.ListAsync().ConfigureAwait(false))
            if (await check.CheckAsync(module, revision).ConfigureAwait(false)) looked++;
        return new(looked, check._open, check._faults);
    }

    // Void ones committed nothing.
    private async Task<List<(string Module, Revision Revision)>> ListAsync()
    {
        List<(string, Revision)> points = [];
        Dictionary<StreamName, VoidRule> rules = [];
        await foreach (ReadOnlyMemory<RecordedEvent> batch in _store
            .ReadAllAsync(
                ReadDirection.Forwards,
                Position.Start,
                new EventFilter.TypePrefix([EventTypes.GroupCommitted, EventTypes.OwnershipTaken]),
                cancellationToken: _cancellationToken)
            .ConfigureAwait(false))
        {
            foreach (ref readonly RecordedEvent recorded in batch.Span)
            {
                if (StreamNames.ModuleOf(recorded.Stream) is not { } module) continue;
                if (!rules.TryGetValue(recorded.Stream, out VoidRule? rule)) rules[recorded.Stream] = rule = new VoidRule();
                if (IsIn(rule, recorded) && recorded.Type == EventTypes.GroupCommitted && !rule.IsVoid) points.Add((module, recorded.Revision));
            }
        }

        return points;
    }

    // What cannot be decoded is for the check of its stream to say.
    private static bool IsIn(VoidRule rule, in RecordedEvent recorded)
    {
        try
        {
            rule.Add(recorded);
            return true;
        }
        catch (EventFormatException)
        {
            return false;
        }
    }

    // False when the only module has no part in it.
    private async Task<bool> CheckAsync(string module, Revision revision)
    {
        RecordedEvent point = await ReadAsync(module, revision).ConfigureAwait(false);
        try
        {
            return await CheckAsync(module, point).ConfigureAwait(false);
        }
        catch (EventFormatException fault)
        {
            _faults.Add(new(module, revision, point.Position, module, revision, IsLost: false, "a commit point and parts that can be read", fault.Message));
            return true;
        }
    }

    private async Task<bool> CheckAsync(string module, RecordedEvent point)
    {
        TransactionId id = TransactionId.OfEvent(point.Id, out _);
        GroupPart[] parts = [.. GroupCommitted.Read(point.Data.Span).Parts];
        if (_onlyModule is not null && _onlyModule != module) parts = [.. parts.Where(part => part.Module == _onlyModule)];
        List<GroupPart> missing = [];
        foreach (GroupPart part in parts)
            if (!await IsDecidedAsync(point, id, part).ConfigureAwait(false)) missing.Add(part);
        if (missing.Count == 0) return parts.Length > 0;
        if (!await GoesOnAsync(module, point.Revision, id).ConfigureAwait(false))
        {
            _open.Add(new(module, point.Revision, id, [.. missing.Select(part => part.Module)]));
            return true;
        }

        // The host may have appended them before it went on: only now it is sure that they must be there.
        foreach (GroupPart part in missing)
        {
            if (!await IsDecidedAsync(point, id, part).ConfigureAwait(false))
                Add(point, part, part.After.Next, isLost: true, Describe(id), "the end of the stream");
        }

        return true;
    }

    private async Task<RecordedEvent> ReadAsync(string module, Revision revision)
    {
        StreamName stream = StreamNames.Module(module);
        await foreach (ReadOnlyMemory<RecordedEvent> batch in _store
            .ReadStreamAsync(stream, ReadDirection.Forwards, revision, 1, _cancellationToken).ConfigureAwait(false))
        {
            RecordedEvent read = batch.Span[0];
            if (read.Revision == revision) return read with { Data = read.Data.ToArray(), Metadata = default };
        }

        throw new EventStoreException(EventStoreErrorKind.Unavailable, $"stream {stream} has no revision {revision}, which was read before");
    }

    // Whether the stream says what became of the part; false when it ends before.
    private async Task<bool> IsDecidedAsync(RecordedEvent point, TransactionId id, GroupPart part)
    {
        var rule = new VoidRule();
        rule.Own(part.Epoch);
        Revision next = part.After.Next;
        int seen = 0;
        await foreach (ReadOnlyMemory<RecordedEvent> batch in _store
            .ReadStreamAsync(StreamNames.Module(part.Module), ReadDirection.Forwards, next, long.MaxValue, _cancellationToken)
            .ConfigureAwait(false))
        {
            for (int i = 0; i < batch.Length; i++)
            {
                RecordedEvent recorded = batch.Span[i];
                if (recorded.Revision != next) return true; // the front of the stream is gone, or a repair left out what was here
                next = next.Next;
                rule.Add(recorded);
                if (seen == 0 && (recorded.Type == EventTypes.OwnershipTaken || rule.IsVoid)) continue;
                if (DescribeOther(recorded, id, part, seen) is { } expected)
                {
                    Add(point, part, recorded.Revision, isLost: false, expected, recorded.Type);
                    return true;
                }

                if (++seen == part.Events.Length) return true;
            }
        }

        return false;
    }

    // What should stand there; null when it does.
    private static string? DescribeOther(in RecordedEvent recorded, TransactionId id, GroupPart part, int index)
    {
        bool isOfIt = EventTypes.IsOfTransaction(recorded.Type) && TransactionId.OfEvent(recorded.Id, out int found) == id && found == index;
        if (!isOfIt) return index == 0 ? Describe(id) : $"event {index} of transaction {id}";
        GroupPart.PartEvent expected = part.Events[index];
        return recorded.Type == expected.Type && recorded.Data.Span.SequenceEqual(expected.Data.Span)
            ? null
            : $"event {index} of transaction {id} as it was committed, {expected.Type}";
    }

    private static string Describe(TransactionId id) => $"the part of transaction {id}";

    // Whether the outer module's stream has another transaction behind it, one that is not void.
    private async Task<bool> GoesOnAsync(string module, Revision revision, TransactionId id)
    {
        var rule = new VoidRule();
        await foreach (ReadOnlyMemory<RecordedEvent> batch in _store
            .ReadStreamAsync(StreamNames.Module(module), ReadDirection.Forwards, revision, long.MaxValue, _cancellationToken)
            .ConfigureAwait(false))
        {
            for (int i = 0; i < batch.Length; i++)
            {
                RecordedEvent recorded = batch.Span[i];
                if (recorded.Revision == revision) rule.Own(TransactionRecord.ReadDigest(recorded.Metadata.Span).Epoch);
                rule.Add(recorded);
                if (EventTypes.IsOfTransaction(recorded.Type) && !rule.IsVoid && TransactionId.OfEvent(recorded.Id, out _) != id) return true;
            }
        }

        return false;
    }

    private void Add(in RecordedEvent point, GroupPart part, Revision at, bool isLost, string expected, string found) => _faults.Add(
        new(StreamNames.ModuleOf(point.Stream)!, point.Revision, point.Position, part.Module, at, isLost, expected, found));
}
