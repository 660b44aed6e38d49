using Interstice.Host.Commands;
using Interstice.Kernel.Events;

namespace Interstice.Host.Reducers;

/// <summary>A transaction that the host makes: rows of its own tables, and behind them the effects of a reducer, if one is named.
/// A reducer that fails leaves nothing, the host's rows neither.</summary>
/// <param name="reducer">Name of the reducer, private ones included; null for a transaction of the host's rows alone.</param>
/// <param name="arguments">Its arguments in the canonical encoding.</param>
/// <param name="rows">Writes the host's rows; null for none. Runs on the loop's thread.</param>
/// <param name="caller">What <c>caller()</c> gives: <see cref="HostIdentity.Value"/>, or on whose behalf the reducer runs.</param>
/// <param name="causation">The event that caused it, if one did.</param>
internal sealed class HostWork(
    string? reducer, ReadOnlyMemory<byte> arguments, HostRows? rows, Identity caller, Guid? causation = null) : TransactionWork
{
    private readonly TaskCompletionSource<CallOutcome> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Name of the reducer, or null.</summary>
    public string? Reducer { get; } = reducer;

    /// <summary>Its arguments.</summary>
    public ReadOnlyMemory<byte> Arguments { get; } = arguments;

    /// <summary>Writes the host's rows.</summary>
    public HostRows? Rows { get; } = rows;

    /// <summary>What <c>caller()</c> gives.</summary>
    public Identity Caller { get; } = caller;

    /// <inheritdoc/>
    public override Guid? Causation { get; } = causation;

    /// <summary>How it ended, when what it rests on is durable.</summary>
    public Task<CallOutcome> Answer => _answer.Task;

    /// <inheritdoc/>
    public override void Execute(ModuleLoop loop) => loop.ExecuteHost(this);

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
