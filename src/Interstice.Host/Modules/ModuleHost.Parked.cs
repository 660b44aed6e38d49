using Interstice.Host.Commands;
using Interstice.Host.Reducers;

namespace Interstice.Host.Modules;

/// <content>What was given up after failing too often.</content>
public sealed partial class ModuleHost
{
    /// <summary>Runs a parked tick or delivery again, once, in one transaction with taking it out of <c>_parked</c>; if it fails it stays.</summary>
    /// <param name="module">Name of the module.</param>
    /// <param name="id">Its number in <c>_parked</c>.</param>
    /// <returns>How it ended; refused with <see cref="CallRefusal.BadArguments"/> where nothing is parked under the number.</returns>
    public Task<CallOutcome> ReplayParkedAsync(string module, ulong id) => DecideAsync(module, new ParkedWork(id, drops: false));

    /// <summary>Takes something out of <c>_parked</c> for good.</summary>
    /// <inheritdoc cref="ReplayParkedAsync"/>
    public Task<CallOutcome> DropParkedAsync(string module, ulong id) => DecideAsync(module, new ParkedWork(id, drops: true));

    private Task<CallOutcome> DecideAsync(string module, ParkedWork work)
    {
        if (TryFind(module, out ModuleLoop loop)) loop.Enqueue(work);
        else work.Refuse(CallRefusal.UnknownModule, DescribeUnknown(module));
        return work.Answer;
    }
}
