using Interstice.Host.Commands;
using Interstice.Host.Idempotency;
using Interstice.Kernel.Events;

namespace Interstice.Host.Reducers;

/// <summary>Work that makes a transaction.</summary>
internal abstract class TransactionWork : LoopWork
{
    /// <inheritdoc/>
    public override bool Writes => true;

    /// <summary>Whether what it changed is in no log, so that it is certainly gone once it has been undone.</summary>
    public bool IsLostWhenUndone { get; set; }

    /// <inheritdoc/>
    public override bool MayBeInStore => !IsLostWhenUndone;

    /// <summary>The event that caused it, if one did; recorded with the transaction.</summary>
    public virtual Guid? Causation => null;

    /// <summary>What the transaction inherits from the one that led to it; null for one that begins a chain.</summary>
    public virtual TransactionOrigin? Origin => null;

    /// <summary>Its idempotency key; null for none.</summary>
    public virtual CallKey? Key => null;

    /// <summary>How it ended on the loop, before what it rests on is durable; null until it ran.</summary>
    public CallOutcome? Outcome { get; private set; }

    /// <summary>Sets what is to be answered when it is durable.</summary>
    public void SetOutcome(CallOutcome outcome) => Outcome = outcome;

    /// <summary>The outcome as it is answered.</summary>
    /// <param name="revision">Last revision of its own transaction; of the module when it made none.</param>
    /// <param name="position">Position of the append that made it durable.</param>
    protected CallOutcome OutcomeAt(Revision revision, Position position) => Outcome is CallOutcome.Committed committed
        ? committed with { Revision = committed.IsRepeat ? committed.Revision : revision, Position = position }
        : Outcome ?? throw new InvalidOperationException("a call was answered before it ran");
}
