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
        try
        {
            if (calls.Refusal is { } refusal)
            {
                RefuseCalls(work, refusal.Kind, refusal.Reason);
            }
            else if (!calls.Participants.All(participant => participant.Loop.TryDrain()))
            {
                RefuseCalls(
                    work,
                    CallRefusal.NotCommitted,
                    $"module {Projection.Module}: what the call had read in the modules that it went over was undone; nothing was changed, try again");
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
                End(work, loaded, reducer, inputs, end);

                // What it has read elsewhere is told by its place in the log, as for those that changed something there: nothing that runs
                // later stands before it.
                if (end is CallEnd.Succeeded) SendAll();
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

    private bool TryDrain()
    {
        long undone = _undoneCount;
        SendAll();
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
            ApplyUnlogged(all, shares);
            Settle(work);
            return;
        }

        bool hasCommitPoint = shares.Count > 1 && !_store.CanAppendToSeveralStreams;
        if (hasCommitPoint && !TryMakeCommitPoint(work, all, shares)) return;
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
        if (AppendAll(shares)) ApplyUnlogged(all, shares);
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

    // On the thread of the group: nothing else may run before it is known what became of it.
    private bool AppendAll(List<Share> shares)
    {
        TransactionBatch[] batches = [.. shares.Select(share => share.Loop._pipeline.TakeCurrent())];
        AppendEnd[] ends = new AppendEnd[batches.Length];
        try
        {
            StreamAppend[] appends =
            [
                .. batches.Select((batch, i) => new StreamAppend(
                    StreamNames.Module(shares[i].Loop.Projection.Module), ExpectedRevision.At(batch.Before), batch.Seal())),
            ];
            Task<IReadOnlyList<AppendResult>> append = _store.AppendAsync(appends, CancellationToken.None).AsTask();
            _group!.WaitFor(append);
            IReadOnlyList<AppendResult> results = append.GetAwaiter().GetResult();
            bool areAll = results.All(result => result is AppendResult.Appended);
            for (int i = 0; i < ends.Length; i++) ends[i] = EndOf(results[i], areAll);
        }
        catch (EventStoreException fault)
        {
            Array.Fill(ends, new AppendEnd.Faulted(fault));
        }
        catch (Exception fault)
        {
            // A store that fails in another way than its port says has an unknown outcome: the safe reading.
            Array.Fill(ends, new AppendEnd.Faulted(new(EventStoreErrorKind.Unknown, fault.Message, fault)));
        }

        for (int i = 0; i < batches.Length; i++) batches[i].End = ends[i];
        foreach (Share share in shares) share.Loop.EndShare();
        return ends.All(end => end is AppendEnd.Durable);
    }

    private static AppendEnd EndOf(AppendResult result, bool areAll) => result switch
    {
        AppendResult.Appended appended when areAll => new AppendEnd.Durable(appended),
        AppendResult.WrongExpectedRevision refused => new AppendEnd.Refused(refused),
        _ => new AppendEnd.Faulted(new(
            EventStoreErrorKind.Unavailable, "the stream of another module of the transaction is not as expected")),
    };

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
