using Interstice.Host.Commands;
using Interstice.Kernel.Events;

namespace Interstice.Host.Reducers;

/// <summary>The host's own duties in a loop's queue: what the tables say that it owes the module. Nobody waits for it; there is one for each
/// loop, which stands in at most one queue.</summary>
/// <param name="refused">Told when it was not done: whoever owns the module next looks for himself.</param>
internal sealed class DutyWork(Action refused) : LoopWork
{
    /// <inheritdoc/>
    public override bool Writes => true;

    /// <inheritdoc/>
    public override void Execute(ModuleLoop loop) => loop.DoDuties();

    /// <inheritdoc/>
    public override void Succeed(Revision revision, Position position)
    {
    }

    /// <inheritdoc/>
    public override bool Undone(CallRefusal kind, string reason) => false;

    /// <inheritdoc/>
    public override void Unresolved(string reason) => refused();

    /// <inheritdoc/>
    public override void Refuse(CallRefusal kind, string reason) => refused();
}
