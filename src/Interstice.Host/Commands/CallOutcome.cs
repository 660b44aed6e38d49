using Interstice.Host.Modules;
using Interstice.Kernel.Events;

namespace Interstice.Host.Commands;

/// <summary>How a call ended. Nothing is said before the state it rests on is durable.</summary>
public abstract record CallOutcome
{
    private CallOutcome()
    {
    }

    /// <summary>The reducer succeeded and its transaction is durable.</summary>
    /// <param name="Revision">Last revision of the transaction in the module's stream; the last durable revision for a call
    /// that changed and emitted nothing.</param>
    /// <param name="Position">Where the store says that it was durable.</param>
    /// <param name="Mutations">Mutations and emitted events.</param>
    /// <param name="Value">The return value in the canonical encoding; empty when the reducer has none.</param>
    /// <param name="Fuel">Fuel used.</param>
    public sealed record Committed(
        Revision Revision,
        Position Position,
        int Mutations,
        ReadOnlyMemory<byte> Value,
        ulong Fuel) : CallOutcome
    {
        /// <summary>Whether a call before it with the same idempotency key made the transaction: this one changed nothing, and is answered
        /// as that was. Only <see cref="Position"/> may be a later one.</summary>
        public bool IsRepeat { get; init; }
    }

    /// <summary>The reducer said no; nothing was changed.</summary>
    /// <param name="Error">Its text.</param>
    public sealed record Rejected(string Error) : CallOutcome;

    /// <summary>The reducer trapped or reached a limit; nothing was changed.</summary>
    /// <param name="Kind">What happened.</param>
    /// <param name="Error">What happened and where.</param>
    public sealed record Trapped(ModuleTrapKind Kind, string Error) : CallOutcome;

    /// <summary>The call never ran to its end, or its effects were undone: it is certain that nothing was changed.</summary>
    /// <param name="Kind">Why.</param>
    /// <param name="Error">Why, and what to do.</param>
    public sealed record Refused(CallRefusal Kind, string Error) : CallOutcome;

    /// <summary>The store failed while the transaction was being written: it may or may not be durable.</summary>
    /// <param name="Error">What happened.</param>
    public sealed record Unknown(string Error) : CallOutcome;
}

/// <summary>Why a call was refused.</summary>
public enum CallRefusal
{
    /// <summary>No such module.</summary>
    UnknownModule,

    /// <summary>No such reducer or query.</summary>
    UnknownReducer,

    /// <summary>The reducer or query is private to its module.</summary>
    Private,

    /// <summary>The arguments do not fit the declaration.</summary>
    BadArguments,

    /// <summary>A policy of the application does not let the caller (<see cref="ICallPolicy"/>).</summary>
    Denied,

    /// <summary>The idempotency key was used for another call of the same caller.</summary>
    KeyReused,

    /// <summary>The module's queue is full: try again later.</summary>
    QueueFull,

    /// <summary>The transaction was undone because the store did not take it: try again.</summary>
    NotCommitted,

    /// <summary>Another host owns the module: call it there, or try again.</summary>
    NotOwner,

    /// <summary>The call took longer than <see cref="ModuleLimits.CallTimeMax"/> and was stopped: try again.</summary>
    TimedOut,

    /// <summary>The module does not take calls: its code or its store is not available.</summary>
    Unavailable,

    /// <summary>The host is stopping.</summary>
    Stopping,
}
