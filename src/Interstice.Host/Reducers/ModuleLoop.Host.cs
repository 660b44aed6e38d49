using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Kernel.Schema;

namespace Interstice.Host.Reducers;

/// <summary>Transactions that the host makes by itself.</summary>
internal sealed partial class ModuleLoop
{
    /// <summary>Runs a transaction of the host and applies its effects; how it ended stands in <see cref="TransactionWork.Outcome"/>
    /// when this returns, unless it was refused.</summary>
    public void ExecuteHost(HostWork work)
    {
        if (!TryGetLoaded(work, out LoadedModule loaded)) return;
        CallInputs inputs = new(work.Arguments, work.Caller, NowUs(), _numbers.NextSeed(_identity), work.Rows);
        if (work.Reducer is not { } name)
        {
            loaded.Runner.RunHost(inputs);
            Commit(work, loaded, null, inputs);
            return;
        }

        if (loaded.Schema.FindReducer(name) is not { } reducer)
            work.Refuse(CallRefusal.UnknownReducer, loaded.DescribeUnknownReducer(name));
        else if (!reducer.Arguments.TryValidate(work.Arguments.Span, out _))
            work.Refuse(CallRefusal.BadArguments, $"the arguments do not fit {Projection.Module}.{name} any more");
        else RunAndCommit(work, loaded, reducer, inputs);
    }
}
