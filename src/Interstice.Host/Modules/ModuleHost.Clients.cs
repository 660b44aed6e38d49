using Interstice.Host.Clients;
using Interstice.Host.Commands;
using Interstice.Host.Reducers;
using Interstice.Kernel.Events;

namespace Interstice.Host.Modules;

/// <content>Clients that are connected.</content>
public sealed partial class ModuleHost
{
    /// <summary>Connects a client to a module that this host owns: a row of <c>_clients</c> and the module's <c>connected</c> reducer in one transaction.
    /// A module that declares neither <c>connected</c> nor <c>disconnected</c> is told nothing, and nothing is written.</summary>
    /// <param name="module">Name of the module.</param>
    /// <param name="identity">Who connects: what <c>caller()</c> gives in both reducers.</param>
    public async Task<ConnectOutcome> ConnectAsync(string module, Identity identity)
    {
        if (!TryFind(module, out ModuleLoop loop))
            return new ConnectOutcome.Refused(new CallOutcome.Refused(CallRefusal.UnknownModule, DescribeUnknown(module)));
        var connection = Guid.NewGuid();
        var work = new ClientWork(connection, identity, connects: true, () => loop.ForgetConnection(connection));
        ulong epoch = loop.EpochOfRole;
        loop.Enqueue(work);
        CallOutcome outcome = await work.Answer.ConfigureAwait(false);
        return outcome is CallOutcome.Committed
            ? new ConnectOutcome.Connected(new ClientSession(loop, work.Connection, identity, epoch))
            : new ConnectOutcome.Refused(outcome);
    }
}
