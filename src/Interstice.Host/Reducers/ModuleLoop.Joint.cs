using Interstice.Host.Commands;
using Interstice.Host.Ownership;
using Interstice.Kernel.Events;

namespace Interstice.Host.Reducers;

/// <summary>The module's part in the pipeline of its group.</summary>
internal sealed partial class ModuleLoop
{
    private UndonePart? _undone;

    /// <summary>What was gathered of the module and is in flight. Belongs to the thread, as all that follows.</summary>
    public AppendPipeline Pipeline => _pipeline;

    /// <summary>The store.</summary>
    public IEventStore Store => _store;

    /// <summary>Whether a transaction of another module that is in the append which is being gathered has read this one.</summary>
    public bool IsReadByOthers { get; set; }

    /// <summary>Whether works that were queued here have made events, here or in modules that they called, which were not sent yet.</summary>
    public bool IsGathering { get; set; }

    /// <summary>Whether something that was done, or answers that wait, rest on what is not durable.</summary>
    public bool HasUndurable =>
        !_pipeline.IsDrained || _pipeline.Current.Waiters.Count > 0 || _pipeline.Current.TransactionCount > 0;

    /// <summary>Whether there is an order to take.</summary>
    public bool HasOrder => _inbox.HasSomething(forAppendsOnly: true);

    /// <summary>Does what the host orders.</summary>
    public void TakeOrders()
    {
        while (_inbox.TryTakeOrder(out LoopOrder order)) order.Run();
    }

    /// <summary>Does what the host orders while the pipeline is that of the group. What ended before is known, and only its message is left.</summary>
    public void TakeOrdersIn()
    {
        while (_inbox.TryTakeEnded(out _))
        {
        }

        TakeOrders();
    }

    /// <summary>A batch was sent.</summary>
    public void AfterSend()
    {
        Projection.HandWaiting();
        WatchTimers();
    }

    /// <summary>A batch is durable.</summary>
    public void CommitPart(JointBatch.Part part)
    {
        CommitOldest(part.Batch, part.Revision, part.Position);
        AnswerIdleWaiters();
    }

    /// <summary>Goes back to what is durable. Nobody is told yet.</summary>
    /// <param name="module">The module whose part failed first.</param>
    /// <param name="cause">How that ended.</param>
    public void UndoPart(string module, AppendEnd cause)
    {
        AppendEnd? own = _pipeline.InFlight.Select(batch => batch.End).FirstOrDefault(end => end is not AppendEnd.Durable);
        _undone = Undo(own is null ? AppendFailure.Beside(cause, module, Projection.Module) : AppendFailure.Of(own, Projection.Module));
    }

    /// <summary>Tells who waits for what was undone.</summary>
    /// <returns>What is to be run again.</returns>
    public List<LoopWork> AnswerUndonePart()
    {
        UndonePart undone = _undone!;
        _undone = null;
        return AnswerUndone(undone);
    }

    private LoopTurn TakeTurnIn(JointPipeline joint)
    {
        TakeOrdersIn();
        if (_doubt is not null) ActOnDoubt();
        if (joint.IsBlocked) return Await(LoopTurn.AwaitsAppends);
        if (TryTakeWork(out LoopWork work))
        {
            if (!MayDo(work)) return LoopTurn.Worked;
            Execute(work);
            joint.AfterWork(this);
            return LoopTurn.Worked;
        }

        if (_stopping && joint.IsDrained && (Standing.Role != ModuleRole.Resolving || _attemptsFailed > 0)) return LoopTurn.Ended;
        return Await(LoopTurn.Idle);
    }

    // Without events of its own it rests on what is applied in every module that it has been in.
    private void SettleJoint(LoopWork work)
    {
        ModuleLoop[] open =
        [
            .. _group!.Calls.Participants.Select(participant => participant.Loop).Where(loop => loop != this && !loop._pipeline.IsDrained),
        ];
        var answer = new JointAnswer(work, open.Length + 1);
        foreach (ModuleLoop loop in open) loop._pipeline.Current.AddWaiter(answer.Part(isFirst: false), loop._pipeline.Applied);
        LoopWork own = answer.Part(isFirst: true);
        if (_pipeline.IsDrained) own.Succeed(_pipeline.Durable, _pipeline.DurablePosition);
        else _pipeline.Current.AddWaiter(own, _pipeline.Applied);
    }
}
