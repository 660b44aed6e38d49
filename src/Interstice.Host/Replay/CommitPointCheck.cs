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
public sealed partial class CommitPointCheck
{
    private readonly IEventStore _store;
    private readonly CommitPointScope _scope;
    private readonly CancellationToken _cancellationToken;
    private readonly List<OpenCommitPoint> _open = [];
    private readonly List<CommitPointFault> _faults = [];

    private CommitPointCheck(IEventStore store, CommitPointScope scope, CancellationToken cancellationToken) =>
        (_store, _scope, _cancellationToken) = (store, scope, cancellationToken);

    /// <summary>Checks.</summary>
    /// <param name="store">The store.</param>
    /// <param name="scope">What is looked at.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="EventStoreException">The store cannot be read.</exception>
    public static async Task<CommitPointReport> RunAsync(IEventStore store, CommitPointScope scope, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(scope);
        var check = new CommitPointCheck(store, scope, cancellationToken);
        await check.CheckAllAsync().ConfigureAwait(false);
        return new(check._looked, check._open, check._faults) { FaultCount = check._faultCount };
    }

    // False when the only module has no part in it.
    private async Task<bool> CheckAsync(string module, Revision revision)
    {
        RecordedEvent point = await ReadAsync(module, revision).ConfigureAwait(false);
        GroupPart[] parts;
        try
        {
            parts = [.. GroupCommitted.Read(point.Data.Span).Parts];
        }
        catch (EventFormatException fault)
        {
            await AddAsync(new(
                module, revision, point.Position, module, revision, IsLost: false, "a commit point that can be read", fault.Message)).ConfigureAwait(false);
            return true;
        }

        if (_scope.OnlyModule is { } only && only != module) parts = [.. parts.Where(part => part.Module == only)];
        await CheckAsync(module, point, parts).ConfigureAwait(false);
        return parts.Length > 0;
    }

    private async Task CheckAsync(string module, RecordedEvent point, GroupPart[] parts)
    {
        TransactionId id = TransactionId.OfEvent(point.Id, out _);
        List<GroupPart> missing = [];
        foreach (GroupPart part in parts)
            if (!await IsDecidedAsync(point, id, part).ConfigureAwait(false)) missing.Add(part);
        if (missing.Count == 0 || await GoesOnAsync(module, point, id).ConfigureAwait(false) is not { } goesOn) return;
        if (!goesOn)
        {
            _open.Add(new(module, point.Revision, id, [.. missing.Select(part => part.Module)]));
            return;
        }

        // The host may have appended them before it went on: only now it is sure that they must be there.
        foreach (GroupPart part in missing)
        {
            if (!await IsDecidedAsync(point, id, part).ConfigureAwait(false))
                await AddAsync(FaultOf(point, part, part.After.Next, isLost: true, Describe(id), "the end of the stream")).ConfigureAwait(false);
        }
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
                if (TryFollow(rule, recorded) is { } why)
                {
                    await AddAsync(FaultOf(point, part, recorded.Revision, isLost: false, "an event that can be read", why)).ConfigureAwait(false);
                    return true;
                }

                if (seen == 0 && (recorded.Type == EventTypes.OwnershipTaken || rule.IsVoid)) continue;
                if (DescribeOther(recorded, id, part, seen, out bool isOfIt) is { } expected)
                {
                    CommitPointFault fault = FaultOf(point, part, recorded.Revision, isLost: false, expected, recorded.Type);
                    await AddAsync(seen > 0 || isOfIt ? fault : fault with { ReplacedAt = recorded.Position }).ConfigureAwait(false);
                    return true;
                }

                if (++seen == part.Events.Length) return true;
            }
        }

        return false;
    }

    // What is wrong with an event that cannot be read; null when it can.
    private static string? TryFollow(VoidRule rule, in RecordedEvent recorded)
    {
        try
        {
            rule.Add(recorded);
            return null;
        }
        catch (EventFormatException fault)
        {
            return fault.Message;
        }
    }

    // What should stand there; null when it does.
    private static string? DescribeOther(in RecordedEvent recorded, TransactionId id, GroupPart part, int index, out bool isOfIt)
    {
        isOfIt = EventTypes.IsOfTransaction(recorded.Type) && TransactionId.OfEvent(recorded.Id, out int found) == id && found == index;
        if (!isOfIt) return index == 0 ? Describe(id) : $"event {index} of transaction {id}";
        GroupPart.PartEvent expected = part.Events[index];
        return recorded.Type == expected.Type && recorded.Data.Span.SequenceEqual(expected.Data.Span)
            ? null
            : $"event {index} of transaction {id} as it was committed, {expected.Type}";
    }

    private static string Describe(TransactionId id) => $"the part of transaction {id}";

    // Whether the outer module's stream has another transaction behind it, one that is not void; null when that cannot be read.
    private async Task<bool?> GoesOnAsync(string module, RecordedEvent point, TransactionId id)
    {
        var rule = new VoidRule();
        await foreach (ReadOnlyMemory<RecordedEvent> batch in _store
            .ReadStreamAsync(StreamNames.Module(module), ReadDirection.Forwards, point.Revision, long.MaxValue, _cancellationToken)
            .ConfigureAwait(false))
        {
            for (int i = 0; i < batch.Length; i++)
            {
                RecordedEvent recorded = batch.Span[i];
                if (recorded.Revision == point.Revision) rule.Own(TransactionRecord.ReadDigest(recorded.Metadata.Span).Epoch);
                if (TryFollow(rule, recorded) is { } why)
                {
                    await AddAsync(new(
                        module, point.Revision, point.Position, module, recorded.Revision, IsLost: false, "an event that can be read", why)).ConfigureAwait(false);
                    return null;
                }

                if (EventTypes.IsOfTransaction(recorded.Type) && !rule.IsVoid && TransactionId.OfEvent(recorded.Id, out _) != id) return true;
            }
        }

        return false;
    }

    private static CommitPointFault FaultOf(in RecordedEvent point, GroupPart part, Revision at, bool isLost, string expected, string found) =>
        new(StreamNames.ModuleOf(point.Stream)!, point.Revision, point.Position, part.Module, at, isLost, expected, found);
}
