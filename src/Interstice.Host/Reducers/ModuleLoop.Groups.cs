using Interstice.Host.Abi;
using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Ownership;
using Interstice.Kernel.Events;
using Interstice.Kernel.Events.Json;
using Interstice.Kernel.Mutations;
using Interstice.Kernel.Schema;

namespace Interstice.Host.Reducers;

/// <summary>Calls that go over several modules of the group (docs/semantics.md, Calls between modules).</summary>
internal sealed partial class ModuleLoop : IModuleCalls, IGroupMember
{
    private long _undoneCount;

    /// <summary>How often something was undone; on the loop's thread.</summary>
    public long UndoneCount => _undoneCount;

    /// <summary>Watches the calls that the module is given from outside.</summary>
    public CallWatch Watch => _watch;

    string IGroupMember.Module => Projection.Module;

    (CallRefusal Kind, string Reason)? IGroupMember.Obstacle
    {
        get
        {
            if (_ended) return (CallRefusal.Stopping, StoppingReason);
            ModuleStanding standing = Standing;
            if (Loaded is not null && UnavailableReason is null && standing.Role == ModuleRole.Owner) return null;
            return (
                standing.Role == ModuleRole.Following ? CallRefusal.NotOwner : CallRefusal.Unavailable,
                UnavailableReason ?? standing.Reason ?? $"module {Projection.Module} is not loaded");
        }
    }

    /// <inheritdoc/>
    int IModuleCalls.Call(HostImports caller, string module, string reducer, ReadOnlySpan<byte> arguments)
    {
        // A build that is tried out or not yet published has no part in the group's transactions.
        if (_loaded is not { } loaded || !loaded.Has(caller))
        {
            throw new ModuleTrapException(
                ModuleTrapKind.Abi, $"{Projection.Module}.{caller.Function} calls {module}.{reducer} before its build is in force");
        }

        return _group!.Calls.Call(this, caller, module, reducer, arguments);
    }

    /// <summary>A role of the group has changed: calls that were held are looked at again.</summary>
    public void ReleaseHeld()
    {
        if (Standing.Role != ModuleRole.Owner) return;
        while (_held.TryDequeue(out LoopWork? work)) _again.Enqueue(work);
        BeginDuties();
    }

    // A call may go to every module of the group, and no transaction may run that could meet one which is not finished.
    private bool MayDoInGroup(LoopWork work)
    {
        foreach (ModuleLoop other in _group!.Loops)
        {
            ModuleStanding standing = other.Standing;
            if (standing.Role == ModuleRole.Owner) continue;
            string reason = $"module {Projection.Module} shares transactions with module {other.Projection.Module}: {standing.Reason}";
            if (standing.Role == ModuleRole.Following) work.Refuse(CallRefusal.NotOwner, reason);
            else if (standing.Role == ModuleRole.Failed || standing.FailedAttempts > 0) work.Refuse(CallRefusal.Unavailable, reason);
            else HoldForGroup(work, reason);
            return false;
        }

        foreach (ModuleLoop other in _group!.Loops)
        {
            if (!other.Projection.HasCommitPoint) continue;
            HoldForCompletion(work, other);
            return false;
        }

        return true;
    }

    private void HoldForGroup(LoopWork work, string reason)
    {
        if (_held.Count < _options.QueueLengthMax) _held.Enqueue(work);
        else work.Refuse(CallRefusal.QueueFull, $"{reason}; {_held.Count} calls wait for it already, try again later");
    }

    // What the transaction has read in other modules may not be durable yet, and its answer rests on that too.
    private void EndCalls(TransactionWork work, LoadedModule loaded, ReducerSchema reducer, in CallInputs inputs, CallEnd end)
    {
        CallChain<ModuleLoop> calls = _group!.Calls;
        JointPipeline? joint = _group.Joint;
        try
        {
            if (calls.Refusal is { } refusal)
            {
                RefuseCalls(work, refusal.Kind, refusal.Reason);
            }
            else if (joint is null && !TryDrainAll(work))
            {
                RefuseUndone(work);
            }
            else if (end is CallEnd.Succeeded
                && EphemeralRules.FindFlow([.. calls.Participants.Select(participant => participant.Overlay)]) is { } flow)
            {
                End(work, loaded, reducer, inputs, new CallEnd.Trapped(flow));
            }
            else if (end is CallEnd.Succeeded && calls.Participants.Skip(1).Any(participant => participant.Overlay.MutationCount > 0))
            {
                CommitAll(work, loaded, reducer, inputs);
            }
            else
            {
                if (end is CallEnd.Succeeded) joint?.BeforeWrite(this, calls.Participants);
                End(work, loaded, reducer, inputs, end);

                // What it has read elsewhere is told by its place in the log, as for those that changed something there: nothing that runs
                // later stands before it.
                if (end is CallEnd.Succeeded && joint is null) SendAll();
            }
        }
        finally
        {
            calls.End();
        }
    }

    // Whoever runs it for the host sees by the outcome that it was never complete, and tries it again.
    private static void RefuseCalls(TransactionWork work, CallRefusal kind, string reason)
    {
        work.SetOutcome(new CallOutcome.Refused(kind, reason));
        work.Refuse(kind, reason);
    }

    private void RefuseUndone(TransactionWork work) => RefuseCalls(
        work,
        CallRefusal.NotCommitted,
        $"module {Projection.Module}: what the call had read in the modules that it went over was undone; nothing was changed, try again");

    // What one module waits for may be undone in another.
    private bool TryDrainAll(LoopWork work)
    {
        IReadOnlyList<CallChain<ModuleLoop>.Participant> participants = _group!.Calls.Participants;
        long undone = participants.Sum(participant => participant.Loop._undoneCount);
        foreach (CallChain<ModuleLoop>.Participant participant in participants) participant.Loop.SendAll(work);
        return participants.All(participant => participant.Loop._isOwner)
            && participants.Sum(participant => participant.Loop._undoneCount) == undone;
    }

    private bool TryDrain(LoopWork work)
    {
        long undone = _undoneCount;
        SendAll(work);
        return _isOwner && _undoneCount == undone;
    }

    private void CommitAll(TransactionWork work, LoadedModule loaded, ReducerSchema reducer, in CallInputs inputs)
    {
        var id = _numbers.NextTransactionId(_identity);
        List<Share> all = [];
        foreach (CallChain<ModuleLoop>.Participant participant in _group!.Calls.Participants)
            all.Add(new(participant.Loop, participant.Loaded, participant.Overlay.Freeze()));
        List<Share> shares = [.. all.Where(share => share.Mutations.LoggedCount > 0 || (share.Loop == this && work.Key is not null))];
        var committed = new CallOutcome.Committed(
            _pipeline.Durable,
            _pipeline.DurablePosition,
            work.Key is null ? all.Sum(share => share.Mutations.Count) : all[0].Mutations.LoggedCount, // what the record can say again
            loaded.Runner.TakeResult(),
            loaded.Runner.FuelUsed);
        work.SetOutcome(committed);
        if (shares.Count == 0)
        {
            // Ephemeral rows are not undone with what they rest on: it is durable first.
            if (all.Exists(share => share.Mutations.Count > 0) && !TryDrainAll(work))
            {
                RefuseUndone(work);
                return;
            }

            ApplyUnlogged(all, shares);
            Settle(work);
            return;
        }

        bool hasCommitPoint = shares.Count > 1 && !_store.CanAppendToSeveralStreams;
        if (hasCommitPoint && !TryMakeCommitPoint(work, all, shares)) return;
        JointPipeline? joint = _group.Joint;
        if (shares.Count == 1) joint?.BeforeWrite(shares[0].Loop, _group.Calls.Participants);
        else joint?.Cut();
        long bytes = 0;
        for (int i = 0; i < shares.Count; i++) bytes += shares[i].Loop.WriteShare(shares[i], id, NumberOf(shares[i]), work, reducer, inputs, committed);
        if (DescribeTooLarge(bytes, shares, hasCommitPoint, loaded.Limits) is { } tooLarge)
        {
            foreach (Share share in shares) share.Loop._pipeline.Current.CancelTransaction();
            work.SetOutcome(new CallOutcome.Trapped(ModuleTrapKind.Limit, tooLarge));
            Settle(work);
            return;
        }

        if (hasCommitPoint)
        {
            if (CommitInStages(work, shares, id, reducer, inputs, committed)) ApplyUnlogged(all, shares);
            return;
        }

        bool hasOwn = shares[0].Loop == this;
        foreach (Share share in shares)
        {
            Guid? cause = share.Loop == this ? work.Causation : hasOwn ? id.EventId(0) : null;
            share.Loop.ApplyShare(share, RecordOf(work, share, reducer, inputs, committed, cause));
        }

        if (work.Key is { } known) Remember(known, inputs, committed);
        var answer = new JointAnswer(work, shares.Count);
        foreach (Share share in shares)
            share.Loop._pipeline.Current.AddWaiter(answer.Part(share == shares[0]), share.Loop._pipeline.Applied);
        if (shares.Count > 1) joint!.Cut([.. shares.Select(share => share.Loop)]);
        if (all.Except(shares).All(share => share.Mutations.Count == 0)) return;
        long undone = shares[0].Loop._undoneCount;
        SendAll();
        if (shares[0].Loop._undoneCount == undone) ApplyUnlogged(all, shares);
    }

    // Ephemeral rows of modules that have nothing else of the transaction: once the rest is durable, so that they need not be undone.
    private static void ApplyUnlogged(List<Share> all, List<Share> shares)
    {
        foreach (Share share in all.Except(shares))
        {
            if (share.Mutations.Count == 0) continue;
            share.Loop.Projection.Apply(share.Mutations);
            share.Loop.Projection.Release(1);
        }
    }

    // The module that was called from outside has number 0 even if it changed nothing: ids say who began it.
    private int NumberOf(Share share)
    {
        int number = 0;
        foreach (CallChain<ModuleLoop>.Participant participant in _group!.Calls.Participants)
        {
            if (participant.Loop == share.Loop) return number;
            number++;
        }

        throw new InvalidOperationException($"module {share.Loop.Projection.Module} takes no part");
    }

    private long WriteShare(
        Share share,
        TransactionId id,
        int number,
        TransactionWork work,
        ReducerSchema reducer,
        in CallInputs inputs,
        CallOutcome.Committed committed)
    {
        TransactionBatch batch = _pipeline.Current;
        TakeOwnership(batch);
        batch.BeginTransaction();
        WriteEvents(batch, id, share.Mutations, share.Loaded, number, share.FirstIndex);
        bool isOwn = number == 0;
        if (share.EventCount == 0) WriteCallRecorded(batch, id);
        int keyBytes = isOwn && work.Key is { } key ? KeyFieldBytes + key.Text.Length : 0;
        ReadOnlySpan<byte> arguments = isOwn ? inputs.Arguments.Span : default;
        ReadOnlySpan<byte> result = isOwn ? committed.Value.Span : default;
        long canonical = batch.TransactionBytes + RecordBytes + keyBytes + arguments.Length + result.Length;
        using var json = new EventJsonSize(share.Loaded.Schema);
        batch.MeasureTransaction(json);
        if (isOwn) json.Add(reducer, _identity.Engine, arguments, result);
        return Math.Max(canonical, json.Bytes + keyBytes);
    }

    private void ApplyShare(Share share, TransactionRecord record)
    {
        TransactionBatch batch = _pipeline.Current;
        Projection.Apply(share.Mutations, isRecorded: true);
        int start = batch.Buffer.Length;
        (record with { Epoch = Projection.Epoch, StateHash = Projection.StateHash.Value }).WriteBeforeChain(batch.Buffer);
        batch.AddLink(start);
        batch.EndTransaction(canBeUndone: true);
        Projection.Advance(_pipeline.Applied);
    }

    private TransactionRecord RecordOf(
        TransactionWork work, Share share, ReducerSchema reducer, in CallInputs inputs, CallOutcome.Committed committed, Guid? cause)
    {
        bool isOwn = share.Loop == this;
        return new TransactionRecord
        {
            EventCount = Math.Max(1, share.EventCount),
            Reducer = isOwn ? reducer.Name : $"{Projection.Module}.{reducer.Name}",
            Arguments = isOwn ? inputs.Arguments : default,
            Caller = inputs.Caller,
            TimeUs = inputs.TimeUs,
            Seed = inputs.Seed,
            Code = share.Loaded.Hash,
            Engine = _identity.Engine,
            Fuel = isOwn ? committed.Fuel : 0,
            Host = _identity.Host,
            Epoch = 0,
            StateHash = 0,
            Result = isOwn && reducer.Result is not null ? committed.Value : null,
            Causation = cause,
            Origin = isOwn ? work.Origin : null,
            IdempotencyKey = isOwn ? work.Key?.Text : null,
        };
    }

    private void EndShare()
    {
        CommitEnded();
        if (_appendFailed) UndoFailed();
        Projection.HandWaiting();
        WatchTimers();
    }

    /// <summary>What the transaction changes in one module.</summary>
    private sealed record Share(ModuleLoop Loop, LoadedModule Loaded, MutationSet Mutations)
    {
        /// <summary>Index of its first row event: 1 behind a commit point.</summary>
        public int FirstIndex { get; init; }

        /// <summary>Events of its part, but for one that stands for a call without effects.</summary>
        public int EventCount => FirstIndex + Mutations.LoggedCount;
    }
}
