using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Ownership;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;
using Microsoft.Extensions.Logging;

namespace Interstice.Host.Reducers;

/// <summary>Transactions over several modules in a store that appends to one stream at a time: the outer module's part is appended first, with
/// the parts of all others in its first event, and commits them (docs/semantics.md, Calls between modules).</summary>
internal sealed partial class ModuleLoop
{
    // A commit point may be written in base64, with some bytes around.
    private const int CommitPointExtraBytes = 4096;

    // Type and lengths of an event within the commit point, which rows do not count that are larger there than as JSON.
    private const int PartEventBytes = 24;

    // A clock of alarms may be ahead of the one that measures.
    private static readonly TimeSpan AlarmPauseMin = TimeSpan.FromMilliseconds(1);

    private readonly Queue<(LoopWork Work, Revision Revision, Position Position)> _promised = new();
    private long _promisedSince;
    private ITimer? _promiseAlarm;

    // The outer module has a part although it changed nothing: its stream is the commit point. Streams are owned before it, so that a part is
    // nothing but a transaction.
    private bool TryMakeCommitPoint(TransactionWork work, List<Share> all, List<Share> shares)
    {
        if (shares[0].Loop == this) shares.RemoveAt(0);
        all[0] = all[0] with { FirstIndex = 1 };
        shares.Insert(0, all[0]);
        if (shares.All(share => share.Loop.TryOwn(work))) return true;
        RefuseCalls(
            work,
            CallRefusal.NotCommitted,
            $"module {Projection.Module}: a module that the call went over could not be owned; nothing was changed, try again");
        return false;
    }

    private bool TryOwn(LoopWork work)
    {
        if (_owns) return true;
        TakeOwnership(_pipeline.Current);
        return TryDrain(work) && _owns;
    }

    private string? DescribeTooLarge(long bytes, List<Share> shares, bool hasCommitPoint, ModuleLimits limits)
    {
        int modules = shares.Count;
        if (bytes > limits.TransactionBytesMax)
        {
            return $"the transaction has {bytes} bytes in {modules} modules, at most {limits.TransactionBytesMax} are allowed; " +
                "change fewer rows in one call";
        }

        int taken = Math.Min(_store.EventBytesMax, _store.AppendBytesMax);
        long events = shares.Sum(share => (long)share.EventCount);
        long append = ((bytes + (events * PartEventBytes)) / 3 * 4) + CommitPointExtraBytes;
        if (!hasCommitPoint || append <= taken) return null;
        return $"the transaction has {bytes} bytes in {modules} modules, and needs up to {append} in the append that commits it; the store takes " +
            $"{taken} at once; change fewer rows in one call, or let the store take more";
    }

    // Whether it is complete: else everything that follows from it was done.
    private bool CommitInStages(
        TransactionWork work,
        List<Share> shares,
        TransactionId id,
        ReducerSchema reducer,
        in CallInputs inputs,
        CallOutcome.Committed committed)
    {
        List<GroupPart> parts = [];
        foreach (Share share in shares.Skip(1))
        {
            share.Loop.ApplyShare(share, RecordOf(work, share, reducer, inputs, committed, id.EventId(0)));
            parts.Add(share.Loop._pipeline.Current.ToPart(share.Loop.Projection.Module, NumberOf(share)));
        }

        TransactionBatch batch = _pipeline.Current;
        int start = batch.Buffer.Length;
        batch.Buffer.Raw(new GroupCommitted([.. parts]).ToBytes());
        batch.AddFirstEvent(id.EventId(0), EventTypes.GroupCommitted, start);
        ApplyShare(shares[0], RecordOf(work, shares[0], reducer, inputs, committed, work.Causation));
        if (work.Key is { } known) Remember(known, inputs, committed);
        batch.AddWaiter(work, _pipeline.Applied);
        return AppendInStages(work, shares);
    }

    // On the thread of the group. Parts are appended side by side: what becomes of one changes nothing for another.
    private bool AppendInStages(TransactionWork work, List<Share> shares)
    {
        TransactionBatch[] batches = [.. shares.Select(share => share.Loop._pipeline.TakeCurrent())];
        for (int i = 0; i < batches.Length; i++) batches[i].Link(shares[i].Loop._pipeline.Links);
        Revision at = batches[0].Before.Next;
        Revision revision = _pipeline.Applied;
        Task<AppendEnd> outer = AppendPartAsync(this, batches[0]);
        _group!.WaitFor(outer);
        batches[0].End = outer.GetAwaiter().GetResult();
        bool isCommitted = batches[0].End is AppendEnd.Durable;
        Task<AppendEnd>[] appends = isCommitted ? [.. shares.Skip(1).Select((share, i) => AppendPartAsync(share.Loop, batches[i + 1]))] : [];
        _group.WaitFor(Task.WhenAll(appends));
        for (int i = 1; i < batches.Length; i++)
        {
            batches[i].End = isCommitted
                ? appends[i - 1].GetAwaiter().GetResult()
                : new AppendEnd.Faulted(new(EventStoreErrorKind.Unavailable, "the commit point of the transaction was not written, as far as is known"));
        }

        bool isComplete = Array.TrueForAll(batches, batch => batch.End is AppendEnd.Durable);
        if (isCommitted && !isComplete) batches[0].RemoveWaiter(work);
        foreach (Share share in shares.Skip(1)) share.Loop.EndShare();
        EndShare();
        if (!isCommitted || isComplete) return isComplete;

        // Committed, whatever becomes of the host: the parts that miss are appended before anything else of the group runs.
        LogIncomplete(Projection.Module, at.Value);
        Projection.OpenGroup(at);
        Promise(work, revision, _pipeline.DurablePosition);
        BeginCompletion();
        return false;
    }

    private async Task<AppendEnd> AppendPartAsync(ModuleLoop loop, TransactionBatch batch)
    {
        try
        {
            AppendResult result = await _store
                .AppendAsync(
                    StreamNames.Module(loop.Projection.Module), ExpectedRevision.At(batch.Before), batch.Seal(), CancellationToken.None)
                .ConfigureAwait(false);
            return JointBatch.EndOf(result, areAll: true);
        }
        catch (EventStoreException fault)
        {
            return new AppendEnd.Faulted(fault);
        }
        catch (Exception fault)
        {
            // A store that fails in another way than its port says has an unknown outcome: the safe reading.
            return new AppendEnd.Faulted(new(EventStoreErrorKind.Unknown, fault.Message, fault));
        }
    }

    // What was found in the stream is committed, and answered when all modules have their parts.
    private void SucceedOrPromise(TransactionBatch.Waiter waiter, Position position)
    {
        if (Projection.HasCommitPoint) Promise(waiter.Work, waiter.Revision, position);
        else waiter.Work.Succeed(waiter.Revision, position);
    }

    private void Promise(LoopWork work, Revision revision, Position position)
    {
        if (_promised.Count == 0)
        {
            _promisedSince = _time.GetTimestamp();
            AlarmPromises(_options.ResolveTimeout);
        }

        _promised.Enqueue((work, revision, position));
    }

    // Also while an operation of the completion, or of a claim, is not answered.
    private void AlarmPromises(TimeSpan after)
    {
        _promiseAlarm ??= _time.CreateTimer(_ => _ = OnLoopAsync(KeepPromisesInTime), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _promiseAlarm.Change(after, Timeout.InfiniteTimeSpan);
    }

    private bool KeepPromisesInTime()
    {
        if (_promised.Count == 0) return false;
        KeepOldPromises();
        if (_promised.Count == 0) return true;
        TimeSpan left = _options.ResolveTimeout - _time.GetElapsedTime(_promisedSince);
        AlarmPromises(left > AlarmPauseMin ? left : AlarmPauseMin);
        return false;
    }

    private void KeepOldPromises()
    {
        if (_stopping || _time.GetElapsedTime(_promisedSince) >= _options.ResolveTimeout) KeepPromises();
    }

    // Committed is what stands in the stream: where it cannot be waited for the other parts, callers are told so all the same.
    private void KeepPromises()
    {
        while (_promised.TryDequeue(out (LoopWork Work, Revision Revision, Position Position) promised))
            promised.Work.Succeed(promised.Revision, promised.Position);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message =
        "module {Module}: the transaction at revision {Revision} is committed, and a module that it goes over has not got its part yet; it is completed before anything else runs")]
    private partial void LogIncomplete(string module, long revision);
}
