using System.Globalization;
using Interstice.Host.Projections;
using Interstice.Host.Reducers;
using Interstice.Kernel.Events;

namespace Interstice.Host.Ownership;

/// <summary>Appends those parts of a committed transaction over several modules that are not in their streams yet (docs/semantics.md, Calls
/// between modules).</summary>
/// <remarks>
/// Runs beside the loops, while nothing of the group runs, and changes nothing by itself: what it appends is read back and applied on the loops'
/// thread as replay does. Exactly once: a part is appended at the end of a stream that this host owns, and only if none of its events is there; whoever
/// else appends it has another epoch, or the same expectation and the same ids. Attempts that fail are repeated as
/// <see cref="OwnershipClaim"/> does.
/// </remarks>
/// <param name="outer">Loop of the module whose stream has the commit point.</param>
/// <param name="store">The store.</param>
/// <param name="time">Measures the pauses.</param>
internal sealed class GroupCompletion(ModuleLoop outer, IEventStore store, TimeProvider time)
{
    /// <summary>Loop of the part that was looked at last.</summary>
    public ModuleLoop? Part { get; private set; }

    /// <summary>Completes, until it is done or has to be begun anew because a role changes.</summary>
    /// <param name="cancellationToken">Gives up; an append that was sent may still be accepted, which does no harm.</param>
    /// <returns>The module with a part that is not in the group yet, if one is not: it has to come first.</returns>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public async Task<string?> RunAsync(CancellationToken cancellationToken)
    {
        TimeSpan pause = OwnershipClaim.PauseMin;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            string reason;
            try
            {
                return await TryAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (EventStoreException fault)
            {
                reason = fault.Message;
            }
            catch (ReplayException fault)
            {
                await outer.OnLoopAsync(() => outer.Fail(fault)).ConfigureAwait(false);
                return null;
            }

            await outer.OnLoopAsync(() => outer.ReportIncomplete(reason)).ConfigureAwait(false);
            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
            pause = pause * 2 < OwnershipClaim.PauseMax ? pause * 2 : OwnershipClaim.PauseMax;
        }
    }

    private async Task<string?> TryAsync(CancellationToken cancellationToken)
    {
        Revision at = await outer.OnLoopAsync(() => outer.Projection.CommitPoint).ConfigureAwait(false);
        if (at == Revision.None) return null;
        RecordedEvent point = await ReadAsync(at, cancellationToken).ConfigureAwait(false);
        TransactionId id = TransactionId.OfEvent(point.Id, out _);
        foreach (GroupPart part in GroupOf(point).Parts)
        {
            ModuleLoop? loop = await outer.OnLoopAsync(() => outer.FindInGroup(part.Module)).ConfigureAwait(false);
            if (loop is null) return part.Module;
            Part = loop;
            while (!await HasPartAsync(loop, part, id, cancellationToken).ConfigureAwait(false))
                if (!await TryAppendAsync(loop, part, id, cancellationToken).ConfigureAwait(false)) return null;
        }

        await outer.OnLoopAsync(outer.CloseCommitPoint).ConfigureAwait(false);
        return null;
    }

    private async Task<RecordedEvent> ReadAsync(Revision at, CancellationToken cancellationToken)
    {
        StreamName stream = StreamNames.Module(outer.Projection.Module);
        await foreach (ReadOnlyMemory<RecordedEvent> batch in store
            .ReadStreamAsync(stream, ReadDirection.Forwards, at, 1, cancellationToken).ConfigureAwait(false))
        {
            RecordedEvent read = batch.Span[0];
            if (read.Revision == at) return read with { Data = read.Data.ToArray(), Metadata = default };
        }

        throw new EventStoreException(EventStoreErrorKind.Unavailable, $"stream {stream} has no revision {at}, which was read before");
    }

    private GroupCommitted GroupOf(RecordedEvent point)
    {
        try
        {
            return GroupCommitted.Read(point.Data.Span);
        }
        catch (EventFormatException fault)
        {
            throw new ReplayException(
                ReplayErrorKind.Undecodable, outer.Projection.Module, point.Revision, point.Type, "a payload of its type", fault.Message, fault);
        }
    }

    // Whether the stream has the part and the tables of this host have it too.
    private async Task<bool> HasPartAsync(ModuleLoop loop, GroupPart part, TransactionId id, CancellationToken cancellationToken)
    {
        (Revision applied, Revision replayed) = await loop
            .OnLoopAsync(() => (loop.Projection.Revision, loop.Projection.ReplayedTransactionAt)).ConfigureAwait(false);
        return await FindAsync(part, id, replayed, cancellationToken).ConfigureAwait(false) is { } found && found <= applied;
    }

    // Where the part stands: behind changes of ownership, and behind what these made void. What was replayed counts only where the front of the
    // stream is gone, so that nothing else can say what was there: else it may be a call that somebody ran alone.
    private async Task<Revision?> FindAsync(GroupPart part, TransactionId id, Revision replayed, CancellationToken cancellationToken)
    {
        Revision? known = replayed > part.After ? replayed : null;
        Revision? first = null;
        var rule = new VoidRule();
        rule.Own(part.Epoch);
        await foreach (ReadOnlyMemory<RecordedEvent> batch in store
            .ReadStreamAsync(StreamNames.Module(part.Module), ReadDirection.Forwards, part.After.Next, long.MaxValue, cancellationToken)
            .ConfigureAwait(false))
        {
            for (int i = 0; i < batch.Length; i++)
            {
                RecordedEvent recorded = batch.Span[i];
                first ??= recorded.Revision;
                if (known is not null && first > part.After.Next) return known;
                rule.Add(recorded);
                if (recorded.Type == EventTypes.OwnershipTaken || rule.IsVoid) continue;
                if (EventTypes.IsOfTransaction(recorded.Type) && TransactionId.OfEvent(recorded.Id, out _) == id) return recorded.Revision;
                throw new ReplayException(
                    ReplayErrorKind.Gap,
                    part.Module,
                    recorded.Revision,
                    recorded.Type,
                    string.Create(CultureInfo.InvariantCulture, $"the part of transaction {id}, which is committed in module {outer.Projection.Module}"),
                    recorded.Type);
            }
        }

        return first is null ? known : null;
    }

    // False when it has to be begun anew: somebody else may have written to the stream.
    private async Task<bool> TryAppendAsync(ModuleLoop loop, GroupPart part, TransactionId id, CancellationToken cancellationToken)
    {
        if (await loop.OnLoopAsync(loop.PrepareCompletion).ConfigureAwait(false) is not { } end) return false;
        if (await loop.OnLoopAsync(() => loop.MakePart(part, id, end)).ConfigureAwait(false) is not { } events) return false;
        StreamName stream = StreamNames.Module(part.Module);
        AppendResult result = await store.AppendAsync(stream, ExpectedRevision.At(end), events, cancellationToken).ConfigureAwait(false);
        if (result is not AppendResult.Appended)
        {
            await loop.OnLoopAsync(() => loop.DoubtCompletion(end)).ConfigureAwait(false);
            return false;
        }

        return await TryAdoptAsync(loop, end, events.Length, cancellationToken).ConfigureAwait(false);
    }

    // The part as a whole: between two halves of it the loop could begin to resolve, or to follow.
    private async Task<bool> TryAdoptAsync(ModuleLoop loop, Revision end, int count, CancellationToken cancellationToken)
    {
        StreamName stream = StreamNames.Module(loop.Projection.Module);
        List<RecordedEvent> events = [];
        await foreach (ReadOnlyMemory<RecordedEvent> batch in store
            .ReadStreamAsync(stream, ReadDirection.Forwards, end.Next, count, cancellationToken).ConfigureAwait(false))
        {
            foreach (RecordedEvent recorded in batch.Span)
                events.Add(recorded with { Data = recorded.Data.ToArray(), Metadata = recorded.Metadata.ToArray() });
        }

        if (events.Count == count) return await loop.OnLoopAsync(() => loop.AdoptPart(events.ToArray(), end)).ConfigureAwait(false);
        throw new EventStoreException(
            EventStoreErrorKind.Unavailable, $"stream {stream}: {events.Count} of {count} events are there that were appended behind revision {end}");
    }
}
