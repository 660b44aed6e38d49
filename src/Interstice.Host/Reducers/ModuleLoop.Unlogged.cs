using Interstice.Host.Commands;
using Interstice.Kernel.Mutations;

namespace Interstice.Host.Reducers;

/// <summary>Calls that leave nothing in the log: those that change nothing, and those that change ephemeral tables only.</summary>
internal sealed partial class ModuleLoop
{
    // What it changes rests on everything applied before it, so that it is undone with that, and answered when that is durable.
    private void CommitUnlogged(TransactionWork work, MutationSet mutations, CallOutcome.Committed committed)
    {
        work.SetOutcome(committed);
        if (mutations.Count > 0 && _group is { Joint: not null, Calls.IsOpen: true } && !TryDrainAll(work))
        {
            RefuseUndone(work);
            return;
        }

        if (mutations.Count > 0)
        {
            Projection.Apply(mutations);
            work.IsLostWhenUndone = true;
            if (_pipeline.IsDrained) Projection.Release(1);
            else _pipeline.Current.EndTransaction(canBeUndone: true);
        }

        Settle(work);
    }
}
