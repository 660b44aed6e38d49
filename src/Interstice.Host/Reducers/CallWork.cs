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
internal sealed class CallWork(string reducer, ReadOnlyMemory<byte> arguments, Identity caller, CallKey? key = null)
    : TransactionWork, IThreadPoolWorkItem
{
    // Whoever awaits it goes on inside SetResult: called on threads of the pool, or on the one that stays awake for a lone caller.
    private readonly TaskCompletionSource<CallOutcome> _answer = new();
    private CallOutcome? _end;

    // Found by the caller's thread, which has just written them.
    private readonly byte[]? _inputs = MemoryMarshal.TryGetArray(arguments, out ArraySegment<byte> array) ? array.Array : null;

    public string Reducer { get; } = reducer;

    public ReadOnlyMemory<byte> Arguments { get; } = arguments;

    public Identity Caller { get; } = caller;

    public override CallKey? Key { get; } = key;

    public Task<CallOutcome> Answer => _answer.Task;

    public override object? Inputs => _inputs;

    public override void Execute(ModuleLoop loop) => loop.ExecuteCall(this);

    public override void Succeed(Revision revision, Position position) => End(OutcomeAt(revision, position));

    public override void SucceedHere(Revision revision, Position position)
    {
        if (TryEnd(OutcomeAt(revision, position))) _answer.SetResult(_end!);
    }

    public override bool Undone(CallRefusal kind, string reason)
    {
        Refuse(kind, reason);
        return false;
    }

    public override void Unresolved(string reason) => End(new CallOutcome.Unknown(reason));

    public override void Refuse(CallRefusal kind, string reason) => End(new CallOutcome.Refused(kind, reason));

    void IThreadPoolWorkItem.Execute() => _answer.SetResult(_end!);

    private void End(CallOutcome outcome)
    {
        if (TryEnd(outcome)) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
    }

    private bool TryEnd(CallOutcome outcome) => Interlocked.CompareExchange(ref _end, outcome, null) is null;
}
