using System.Runtime.InteropServices;
using Interstice.Host.Commands;
using Interstice.Kernel.Events;

namespace Interstice.Host.Reducers;

/// <summary>A reducer call in a loop's queue.</summary>
/// <param name="reducer">Name of the reducer.</param>
/// <param name="arguments">Arguments in the canonical encoding.</param>
/// <param name="caller">Who calls.</param>
internal sealed class CallWork(string reducer, ReadOnlyMemory<byte> arguments, Identity caller) : LoopWork
{
    private readonly TaskCompletionSource<CallOutcome> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CallOutcome? _outcome;

    // Found by the caller's thread, which has just written them.
    private readonly byte[]? _inputs = MemoryMarshal.TryGetArray(arguments, out ArraySegment<byte> array) ? array.Array : null;

    public string Reducer { get; } = reducer;

    public ReadOnlyMemory<byte> Arguments { get; } = arguments;

    public Identity Caller { get; } = caller;

    public Task<CallOutcome> Answer => _answer.Task;

    public override object? Inputs => _inputs;

    public override bool Writes => true;

    public override void Execute(ModuleLoop loop) => loop.ExecuteCall(this);

    /// <summary>Sets what is to be answered when it is durable.</summary>
    public void SetOutcome(CallOutcome outcome) => _outcome = outcome;

    public override void Succeed(Revision revision, Position position) => _answer.TrySetResult(
        _outcome is CallOutcome.Committed committed
            ? committed with { Revision = revision, Position = position }
            : _outcome ?? throw new InvalidOperationException("a call was answered before it ran"));

    public override bool Undone(CallRefusal kind, string reason)
    {
        Refuse(kind, reason);
        return false;
    }

    public override void Unresolved(string reason) => _answer.TrySetResult(new CallOutcome.Unknown(reason));

    public override void Refuse(CallRefusal kind, string reason) =>
        _answer.TrySetResult(new CallOutcome.Refused(kind, reason));
}
