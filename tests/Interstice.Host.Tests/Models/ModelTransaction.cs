using System.Numerics;
using Interstice.Host.Modules;

namespace Interstice.Host.Tests.Models;

/// <summary>A transaction of the model, over a copy of everything.</summary>
internal sealed class ModelTransaction(ModelWorld before, ModelBug bug, long nowUs, Kernel.Events.Identity caller)
{
    /// <summary>What it leaves, if it succeeds.</summary>
    public ModelWorld World { get; private set; } = before.Copy();

    public ModelBug Bug => bug;

    public long NowUs => nowUs;

    public Kernel.Events.Identity Caller => caller;

    public bool HasReadEphemeral { get; set; }

    public bool HasWrittenLogged { get; set; }

    /// <summary>What fires; null where a caller called.</summary>
    public byte[]? Firing { get; init; }

    /// <summary>How much a module had emitted before.</summary>
    public int EmittedBefore(string module) => before.Find(module).Emitted.Count;

    /// <summary>Runs a script.</summary>
    public ModelEnd Run(string module, ModelStep[] steps, bool isQuery = false)
    {
        ModelEnd end = Run(new ModelFrame(this, module, null), steps);
        if (end is not ModelEnd.Trapped && !isQuery && HasReadEphemeral && HasWrittenLogged && bug != ModelBug.EphemeralFlows && end is ModelEnd.Returned)
            return new ModelEnd.Trapped(ModuleTrapKind.EphemeralFlow);
        foreach (ModelState state in World.Modules) Store(state, before.Find(state.Schema.Name));
        return end;
    }

    /// <summary>Runs a script for another one; undone if it says no.</summary>
    public ModelEnd RunNested(string module, ModelStep[] steps, ModelFrame outer)
    {
        (ModelWorld saved, bool hadWritten) = (World.Copy(), HasWrittenLogged);
        ModelEnd end = Run(new ModelFrame(this, module, outer), steps);
        if (end is not ModelEnd.Rejected || bug == ModelBug.RowsAreNotUndone) return end;
        if (bug == ModelBug.CountersAreNotUndone) KeepCounters(saved);
        (World, HasWrittenLogged) = (saved, hadWritten);
        return end;
    }

    // A row that came and went within the transaction was never stored, and its value is given again.
    private void Store(ModelState state, ModelState earlier)
    {
        foreach (ModelRows rows in state.Tables)
        {
            if (rows.Table.Counter is not { } counter) continue;
            int position = rows.Table.Position(counter.Name);
            BigInteger known = bug == ModelBug.CountersAreNotUndone ? rows.Counter : earlier.Find(rows.Table.Name).Counter;
            rows.Counter = rows.Rows.Select(row => (BigInteger)row.Values[position]).Append(known).Max();
        }

        state.TimerCounter = state.Timers.Select(timer => timer.Id).Append(earlier.TimerCounter).Max();
    }

    private void KeepCounters(ModelWorld saved)
    {
        foreach (ModelState module in saved.Modules)
            foreach (ModelRows rows in module.Tables) rows.Counter = World.Find(module.Schema.Name).Find(rows.Table.Name).Counter;
    }

    private static ModelEnd Run(ModelFrame frame, ModelStep[] steps)
    {
        List<ModelAnswer> answers = [];
        try
        {
            foreach (ModelStep step in steps) answers.Add(step.Run(frame));
            return new ModelEnd.Returned(answers);
        }
        catch (ModelStop stop)
        {
            return stop.End;
        }
    }
}
