using Interstice.Host.Commands;
using Interstice.Host.Projections;
using Interstice.Kernel.Events;

namespace Interstice.Host.Reducers;

/// <summary>A look at a module's tables in a loop's queue. Repeated when what it saw was undone.</summary>
/// <typeparam name="T">What the look gives; holds nothing borrowed.</typeparam>
/// <param name="view">Looks; runs on the loop's thread.</param>
internal sealed class ViewWork<T>(Func<ModuleProjection, T> view) : LoopWork
{
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _value;

    public Task<T> Answer => _answer.Task;

    public override void Execute(ModuleLoop loop)
    {
        try
        {
            _value = view(loop.Projection);
        }
        catch (Exception fault)
        {
            _answer.TrySetException(fault);
            return;
        }

        loop.Settle(this);
    }

    public override void Succeed(Revision revision, Position position) => _answer.TrySetResult(_value!);

    public override bool Undone(CallRefusal kind, string reason) => true;

    public override void Unresolved(string reason) => Refuse(CallRefusal.Unavailable, reason);

    public override void Refuse(CallRefusal kind, string reason) =>
        _answer.TrySetException(new ModuleUnavailableException(kind, reason));
}
