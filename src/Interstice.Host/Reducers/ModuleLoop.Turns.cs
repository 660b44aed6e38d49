using Interstice.Host.Commands;
using Interstice.Host.Ownership;

namespace Interstice.Host.Reducers;

/// <summary>What the thread of the loop's group does with it besides giving it turns.</summary>
internal sealed partial class ModuleLoop
{
    private GroupThread? _group;
    private LoopTurn _lastTurn;

    /// <summary>Whether there is something to do; may be asked when the last turn did nothing.</summary>
    public bool HasSomething => (_again.Count > 0 && _lastTurn != LoopTurn.AwaitsAppends)
        || _inbox.HasSomething(forAppendsOnly: _lastTurn == LoopTurn.AwaitsAppends);

    /// <summary>The loop is given its turns by a thread from now on. On that thread, or when the loop has none.</summary>
    public void EnterGroup(GroupThread group, LoopWake wake)
    {
        _group = group;
        _pipeline.SettleElsewhere = null;
        _inbox.WakeBy(wake);
    }

    /// <summary>The loop gathers what it does in the pipeline of its group from now on, or does so by itself again. Nothing is in flight.</summary>
    public void GatherIn(JointPipeline? joint) => _pipeline.SettleElsewhere = joint is null ? null : joint.Settle;

    /// <summary>Goes to the thread of another loop, after the turn that it has now. An order.</summary>
    public Task<bool> GoTo(GroupThread group) => _group!.Move(this, group);

    /// <summary>Goes to a thread of its own, after the turn that it has now. An order.</summary>
    public Task<bool> GoAlone(int stackBytes) => _group!.Part(this, stackBytes);

    /// <summary>The thread. An order, whose answer may be outdated.</summary>
    public GroupThread Group => _group!;

    /// <summary>Sleeps until an append has ended or there is an order.</summary>
    public void WaitForAppends() => _inbox.Wait(forAppendsOnly: true);

    /// <summary>Sleeps until there is something to do.</summary>
    public void Rest()
    {
        Projection.TidyUp();
        if (_pipeline.IsWaitedFor && _inbox.WaitAwake()) return;
        _inbox.Wait(forAppendsOnly: false);
    }

    /// <summary>Does what may be done when there is nothing else to do.</summary>
    public void TidyUp() => Projection.TidyUp();

    /// <summary>Everything is done and the host stops.</summary>
    public void EndStopped() => End(CallRefusal.Stopping, StoppingReason);

    /// <summary>A defect of the host: what is durable stays so; callers are told that their outcome is unknown.</summary>
    public void EndFailed(Exception fault)
    {
        LogLoopFailed(fault, Projection.Module);
        string reason = $"module {Projection.Module}: the loop failed ({fault.Message}); restart the host";
        GiveUp(reason);
        Stand(ModuleRole.Failed, reason);
        End(CallRefusal.Unavailable, reason);
    }

    private void End(CallRefusal kind, string reason)
    {
        _ended = true;
        EndClaim(kind, reason);
        RefuseQueued(kind, reason);
        _stopped.TrySetResult();
    }

    private LoopTurn Await(LoopTurn turn) => _lastTurn = turn;
}
