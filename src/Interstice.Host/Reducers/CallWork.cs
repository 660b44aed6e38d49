using System.Runtime.InteropServices;
using Interstice.Host.Commands;
using Interstice.Host.Idempotency;
using Interstice.Kernel.Events;

namespace Interstice.Host.Reducers;

/// <summary>A reducer call in a loop's queue.</summary>
/// <param name="reducer">Name of the reducer.</param>
/// <param name="arguments">Arguments in the canonical encoding.</param>
/// <param name="caller">Who calls.</param>
/// <param name="key">Its idempotency key; null for none.</param>
internal sealed class CallWork(string reducer, ReadOnlyMemory<byte> arguments, Identity caller, CallKey? key = null) : TransactionWork
{
    private readonly TaskCompletionSource<CallOutcome> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Found by the caller's thread, which has just written them.
    private readonly byte[]? _inputs = MemoryMarshal.TryGetArray(arguments, out ArraySegment<byte> array) ? array.Array : null;

    public string Reducer { get; } = reducer;

    public ReadOnlyMemory<byte> Arguments { get; } = arguments;

    public Identity Caller { get; } = caller;

    public override CallKey? Key { get; } = key;

    public Task<CallOutcome> Answer => _answer.Task;

    public override object? Inputs => _inputs;

    public override void Execute(ModuleLoop loop) => loop.ExecuteCall(this);

    public override void Succeed(Revision revision, Position position) => _answer.TrySetResult(OutcomeAt(revision, position));

    public override bool Undone(CallRefusal kind, string reason)
    {
        Refuse(kind, reason);
        return false;
    }

    public override void Unresolved(string reason) => _answer.TrySetResult(new CallOutcome.Unknown(reason));

    public override void Refuse(CallRefusal kind, string reason) =>
        _answer.TrySetResult(new CallOutcome.Refused(kind, reason));
}
