using Interstice.Host.Commands;
using Interstice.Kernel.Events;

namespace Interstice.Host.Reducers;

/// <summary>What a person decided about something that is parked, in a loop's queue.</summary>
/// <param name="id">Its number in <c>_parked</c>.</param>
/// <param name="drops">Whether it is taken out; else it is run again, and taken out if that succeeds.</param>
internal sealed class ParkedWork(ulong id, bool drops) : TransactionWork
{
    private readonly TaskCompletionSource<CallOutcome> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Its number.</summary>
    public ulong Id { get; } = id;

    /// <summary>Whether it is taken out.</summary>
    public bool Drops { get; } = drops;

    /// <summary>The event that was parked with it; set when it is run.</summary>
    public Guid? Cause { get; set; }

    /// <inheritdoc/>
    public override Guid? Causation => Cause;

    /// <summary>How it ended.</summary>
    public Task<CallOutcome> Answer => _answer.Task;

    /// <inheritdoc/>
    public override void Execute(ModuleLoop loop) => loop.ExecuteParked(this);

    /// <inheritdoc/>
    public override void Succeed(Revision revision, Position position) => _answer.TrySetResult(OutcomeAt(revision, position));

    /// <inheritdoc/>
    public override bool Undone(CallRefusal kind, string reason)
    {
        Refuse(kind, reason);
        return false;
    }

    /// <inheritdoc/>
    public override void Unresolved(string reason) => _answer.TrySetResult(new CallOutcome.Unknown(reason));

    /// <inheritdoc/>
    public override void Refuse(CallRefusal kind, string reason) => _answer.TrySetResult(new CallOutcome.Refused(kind, reason));
}
