using Interstice.Host.Commands;
using Interstice.Host.Following;
using Interstice.Host.Ownership;
using Interstice.Host.Projections;
using Interstice.Kernel.Events;
using Microsoft.Extensions.Logging;

namespace Interstice.Host.Reducers;

/// <summary>Finding out what became of appends whose outcome is unknown, by taking ownership anew.</summary>
/// <remarks>Invariant: while the role is not <see cref="ModuleRole.Owner"/> nothing is in flight and nothing applied can be undone, so what
/// is read from the store is applied as replay applies it.</remarks>
internal sealed partial class ModuleLoop
{
    private readonly UnresolvedBatches _unresolved = new();
    private readonly Queue<LoopWork> _held = new();
    private ModuleStanding _standing;
    private ClaimAttempt? _attempt;
    private long _resolvingSince;
    private int _attemptsFailed;
    private readonly WholeTransactions _incoming = new();
    private (PublishWork Work, Guid Event)? _sent;

    /// <summary>How the host stands to the module. Read by any thread.</summary>
    public ModuleStanding Standing => Volatile.Read(ref _standing);

    /// <summary>Does something on the loop's thread before any work that waits.</summary>
    /// <exception cref="OperationCanceledException">The loop has ended.</exception>
    public Task<T> OnLoopAsync<T>(Func<T> order)
    {
        var posted = new LoopOrder<T>(order);
        _inbox.Post(posted);
        if (_ended) CancelOrders();
        return posted.Answer;
    }

    /// <summary>The change of ownership to append next.</summary>
    public ClaimAttempt PrepareClaim()
    {
        _incoming.Forget();
        if (_attempt is { } known && known.At == Projection.Revision) return known;
        var taken = new OwnershipTaken(_identity.Host, Projection.Epoch + 1);
        Guid id = _numbers.NextTransactionId(_identity).EventId(0);
        byte[] payload = taken.ToBytes();
        ChainValue chain = ChainWith(id, EventTypes.OwnershipTaken, payload);
        EventData[] events = [new(id, EventTypes.OwnershipTaken, false, payload, ChainMetadata.ToBytes(chain))];
        return _attempt = new(Projection.Revision, taken, chain, events);
    }

    /// <summary>Applies what another host, or an append of unknown outcome, brought into the stream. Events that are known are passed
    /// over, and a transaction is applied when all of it is there.</summary>
    /// <param name="batch">The events; borrowed. A publication is the last of them.</param>
    /// <param name="build">What became of looking for the code of that publication; null without one that is new.</param>
    /// <returns>Last revision applied.</returns>
    /// <exception cref="ReplayException">It cannot be replayed.</exception>
    public Revision Adopt(ReadOnlyMemory<RecordedEvent> batch, BuildSearch? build)
    {
        if (!_pipeline.IsDrained) throw new InvalidOperationException("events are adopted while appends are in flight");
        Revision before = Projection.Revision;
        Revision publishedAt = Projection.PublishedAt;
        Position position = _pipeline.DurablePosition;
        Guid last = default;
        try
        {
            _incoming.Add(batch.Span, before, recorded =>
            {
                Projection.Replay(recorded);
                (position, last) = (recorded.Position, recorded.Id);
                if (!Projection.IsLastVoid) _unresolved.Find(recorded.Id);
            });
        }
        finally
        {
            if (Projection.PublishedAt != publishedAt)
            {
                TakeUp(build!);
                _identity.Republished?.Invoke();
            }
            else
            {
                (build as BuildSearch.Found)?.Build.Code.Dispose();
            }
        }

        if (Projection.Revision == before) return before;
        Projection.ExpectComplete();
        _pipeline.Advance(Projection.Revision, position);
        AnswerFound(position);
        if (Projection.PublishedAt != publishedAt) AnswerPublication(last);
        return Projection.Revision;
    }

    /// <summary>The store took the claim.</summary>
    public bool AcceptClaim(ClaimAttempt attempt, AppendResult.Appended appended)
    {
        if (appended.Revision != attempt.At.Next || Projection.Revision != attempt.At)
        {
            throw new EventStoreException(
                EventStoreErrorKind.Damaged,
                $"stream {StreamNames.Module(Projection.Module)}: the store appended up to revision {appended.Revision}, expected {attempt.At.Next}");
        }

        Projection.TakeOwnership(attempt.Taken);
        Projection.Links.MoveTo(attempt.Chain);
        Projection.Advance(appended.Revision);
        _pipeline.Advance(appended.Revision, appended.Position);
        Own();
        return true;
    }

    /// <summary>What the events that were read say about the claim.</summary>
    /// <param name="epochBefore">Epoch when it began.</param>
    public ClaimEnd JudgeClaim(ulong epochBefore)
    {
        if (Projection.Epoch > epochBefore && Projection.Owner != _identity.Host)
        {
            Lose();
            return ClaimEnd.Lost;
        }

        if (Projection.Epoch > epochBefore && !Projection.IsLastVoid)
        {
            // The claim itself, or the append that took ownership with its first transaction: nothing older is on its way.
            Own();
            return ClaimEnd.Owned;
        }

        return ClaimEnd.Open;
    }

    /// <summary>The store did not answer the claim: who was held is told to try again, and who waits too long that the outcome is
    /// unknown.</summary>
    public int ReportFailedAttempt(string reason)
    {
        _attemptsFailed++;
        if ((_attemptsFailed & (_attemptsFailed - 1)) == 0) LogAttemptFailed(Projection.Module, _attemptsFailed, reason);
        if (Standing.Role != ModuleRole.Resolving) return _attemptsFailed;
        Volatile.Write(ref _standing, Standing with { FailedAttempts = _attemptsFailed });
        RefuseHeld(CallRefusal.Unavailable, Unanswered(reason));
        if (_stopping || _time.GetElapsedTime(_resolvingSince) >= _options.ResolveTimeout) GiveUpUnresolved(reason);

        // What the other modules of the group hold is refused like what this one held.
        _group?.TellRoles();
        return _attemptsFailed;
    }

    /// <summary>The stream cannot be replayed: nothing is answered any more.</summary>
    public bool Fail(ReplayException fault)
    {
        LogFailed(fault, Projection.Module);
        string reason = $"{fault.Message}; then restart the host";
        Stand(ModuleRole.Failed, reason);
        GiveUpUnresolved(reason);
        KeepPromises();
        RefuseHeld(CallRefusal.Unavailable, reason);
        return true;
    }

    private void BeginResolving(string reason)
    {
        _attemptsFailed = 0;
        _resolvingSince = _time.GetTimestamp();
        Stand(ModuleRole.Resolving, reason);
        Pursue(claims: true);
    }

    private bool FailClaim(string message)
    {
        string reason = $"module {Projection.Module}: finding out what became of an append failed ({message}); restart the host";
        Stand(ModuleRole.Failed, reason);
        GiveUpUnresolved(reason);
        KeepPromises();
        RefuseHeld(CallRefusal.Unavailable, reason);
        return true;
    }

    private void Own()
    {
        _owns = true;
        _ownedSince = _pipeline.Durable;
        _attempt = null;
        int undone = RefuseUnresolved(
            CallRefusal.NotCommitted,
            $"module {Projection.Module}: the append failed and is not in the stream; the transaction was not committed, try again");
        LogOwned(Projection.Module, Projection.Epoch, _pipeline.Durable.Value, undone);
        Stand(ModuleRole.Owner, null);
        if (_sent is { } sent) _again.Enqueue(sent.Work);
        _sent = null;
        while (_held.TryDequeue(out LoopWork? work)) _again.Enqueue(work);
    }

    private void Lose()
    {
        _owns = false;
        _attempt = null;
        string reason = DescribeOwner();
        LogLost(Projection.Module, Projection.Owner, Projection.Epoch);
        Projection.ClearEphemeral();
        StandFollowing();
        RefuseUnresolved(CallRefusal.NotOwner, reason);
        KeepPromises();
        _sent?.Work.Refuse(CallRefusal.NotOwner, reason);
        _sent = null;
        RefuseHeld(CallRefusal.NotOwner, reason);
    }

    private void AnswerFound(Position position)
    {
        while (_unresolved.TryPeek(out UnresolvedBatch? batch) && batch.IsFound && batch.Last <= _pipeline.Durable)
        {
            foreach (TransactionBatch.Waiter waiter in batch.Waiters) SucceedOrPromise(waiter, position);
            _unresolved.TryTake(out _);
        }
    }

    private void AnswerPublication(Guid id)
    {
        if (_sent is not { } sent || sent.Event != id) return;
        ModulePublished published = Projection.Published!;
        sent.Work.Complete(new(Projection.Module, published.Version, published.Code, true, Projection.PublishedAt) { Steps = published.Steps });
        _sent = null;
    }

    private int RefuseUnresolved(CallRefusal kind, string reason)
    {
        int refused = 0;
        while (_unresolved.TryTake(out UnresolvedBatch? batch))
        {
            foreach (TransactionBatch.Waiter waiter in batch.Waiters) waiter.Work.Refuse(kind, reason);
            refused += batch.Waiters.Count;
        }

        return refused;
    }

    private void GiveUpUnresolved(string reason)
    {
        string unknown = $"module {Projection.Module}: the store failed while the transaction was being written and could not be asked since " +
            $"({reason}); it may or may not be committed";
        while (_unresolved.TryTake(out UnresolvedBatch? batch))
            foreach (TransactionBatch.Waiter waiter in batch.Waiters) waiter.Work.Unresolved(unknown);
        _sent?.Work.Unresolved($"module {Projection.Module}: the store failed while the module was being published and could not be asked since " +
            $"({reason}); the publication may or may not be in force; publish again, which changes nothing if it is");
        _sent = null;
    }

    // Whether the work may run now; else it was refused, or is held until the store has answered.
    private bool MayDo(LoopWork work)
    {
        ModuleStanding standing = Standing;
        if (!work.Writes && standing.Role != ModuleRole.Failed) return true;
        switch (standing.Role)
        {
            case ModuleRole.Resolving when standing.FailedAttempts > 0:
                work.Refuse(CallRefusal.Unavailable, Unanswered(standing.Reason!));
                return false;
            case ModuleRole.Resolving when _held.Count < _options.QueueLengthMax:
                _held.Enqueue(work);
                return false;
            case ModuleRole.Resolving:
                work.Refuse(CallRefusal.QueueFull, $"module {Projection.Module}: {_held.Count} calls wait for the store to answer; try again later");
                return false;
            case ModuleRole.Following when work is PublishWork { Candidate.Hash: var hash } && hash == Projection.Published?.Code:
                return true;
            case ModuleRole.Following:
                work.Refuse(CallRefusal.NotOwner, standing.Reason!);
                return false;
            case ModuleRole.Failed:
                work.Refuse(CallRefusal.Unavailable, standing.Reason!);
                return false;
            default:
                return (_group!.IsLone && !Projection.HasCommitPoint) || MayDoInGroup(work);
        }
    }

    private void RefuseHeld(CallRefusal kind, string reason)
    {
        while (_held.TryDequeue(out LoopWork? work)) work.Refuse(kind, reason);
        while (_again.TryDequeue(out LoopWork? work)) work.Refuse(kind, reason);
    }

    // The loop has ended: what is still unknown is found out at the next start.
    private void EndClaim(CallRefusal kind, string reason)
    {
        _errandCancelled.Cancel();
        CancelOrders();
        GiveUpUnresolved(reason);
        KeepPromises();
        RefuseHeld(kind, reason);
    }

    private void CancelOrders()
    {
        while (_inbox.TryTakeOrder(out LoopOrder order)) order.Cancel();
    }

    private string Unanswered(string reason) =>
        $"module {Projection.Module}: the store does not answer ({reason}); nothing was changed, try again later";

    [LoggerMessage(Level = LogLevel.Warning, Message =
        "module {Module}: ownership is not taken after {Attempts} attempts: {Reason}; queries are answered, calls are refused until the store answers")]
    private partial void LogAttemptFailed(string module, int attempts, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message =
        "module {Module}: owned with epoch {Epoch} at revision {Revision}; {Undone} calls were undone and told to try again")]
    private partial void LogOwned(string module, ulong epoch, long revision, int undone);

    [LoggerMessage(Level = LogLevel.Warning, Message = "module {Module}: ownership was lost to host {Owner}, epoch {Epoch}; it is followed from here on")]
    private partial void LogLost(string module, Guid? owner, ulong epoch);

    [LoggerMessage(Level = LogLevel.Critical, Message = "module {Module} failed: its stream cannot be followed")]
    private partial void LogFailed(Exception fault, string module);
}
