using Interstice.Host.Commands;
using Interstice.Host.Reducers;
using Interstice.Kernel.Events;

namespace Interstice.Host.Subscriptions;

/// <summary>What a work of a subscription does on the loop.</summary>
internal enum DeliveryStep
{
    /// <summary>Runs the handler.</summary>
    Run,

    /// <summary>Writes that an attempt failed.</summary>
    Fail,

    /// <summary>Parks what cannot be delivered.</summary>
    Park,

    /// <summary>Writes how far the source was read.</summary>
    Save,

    /// <summary>Writes where subscriptions begin that have no checkpoint.</summary>
    Begin,
}

/// <summary>A delivery in a loop's queue, or what is written about one.</summary>
/// <param name="cursor">The run of deliveries that it belongs to; broken by whatever keeps the work from being durable.</param>
/// <param name="step">What it does.</param>
/// <param name="delivery">The delivery; null where it is about none.</param>
/// <param name="ended">Told once, by any thread, how it ended; the revision is null when nothing of it is durable.</param>
internal sealed class DeliveryWork(
    DeliveryCursor cursor, DeliveryStep step, Delivery? delivery, Action<DeliveryWork, Revision?> ended) : TransactionWork
{
    /// <summary>The run of deliveries that it belongs to.</summary>
    public DeliveryCursor Cursor { get; } = cursor;

    /// <summary>What it does.</summary>
    public DeliveryStep Step { get; } = step;

    /// <summary>The delivery; null to save.</summary>
    public Delivery? Delivery { get; } = delivery;

    /// <summary>Why an attempt failed or the delivery is parked; empty otherwise.</summary>
    public string Error { get; init; } = "";

    /// <summary>How the attempt ended that this writes about; null where none was made.</summary>
    public CallOutcome? Failure { get; init; }

    /// <summary>To save: checkpoints before this revision are moved to <see cref="Through"/>.</summary>
    public Revision Before { get; init; }

    /// <summary>To save: how far the source was read. To begin: the last event that is not heard.</summary>
    public Revision Through { get; init; }

    /// <summary>Whether it counts among the deliveries that are under way.</summary>
    public bool HoldsRoom { get; init; }

    /// <summary>Which attempt it is, from 1; set when it runs.</summary>
    public int Attempt { get; set; }

    /// <summary>Fuel that the handler used; set when it has run.</summary>
    public ulong Fuel { get; set; }

    /// <summary>Time that the handler took; set when it has run.</summary>
    public TimeSpan Took { get; set; }

    /// <inheritdoc/>
    public override Guid? Causation => Delivery?.Event;

    /// <inheritdoc/>
    public override TransactionOrigin? Origin => Delivery?.Origin;

    /// <inheritdoc/>
    public override void Execute(ModuleLoop loop) => loop.ExecuteDelivery(this);

    /// <summary>What is written about the same delivery.</summary>
    public DeliveryWork Then(DeliveryStep next, string error) => new(Cursor, next, Delivery, ended)
    {
        Error = error,
        Failure = Outcome,
        Attempt = Attempt,
        Fuel = Fuel,
        Took = Took,
    };

    /// <inheritdoc/>
    public override void Succeed(Revision revision, Position position) => ended(this, revision);

    /// <inheritdoc/>
    public override bool Undone(CallRefusal kind, string reason)
    {
        Abandon();
        return false;
    }

    /// <inheritdoc/>
    public override void Unresolved(string reason) => Abandon();

    /// <inheritdoc/>
    public override void Refuse(CallRefusal kind, string reason) => Abandon();

    private void Abandon()
    {
        Cursor.Break();
        ended(this, null);
    }
}
