namespace Interstice.Kernel.Events;

/// <summary>What a catch-up subscription hands out.</summary>
public abstract record SubscriptionMessage
{
    private SubscriptionMessage()
    {
    }

    /// <summary>The next events, in order.</summary>
    /// <param name="Batch">At least one event; borrowed until the next message is asked for.</param>
    public sealed record Events(ReadOnlyMemory<RecordedEvent> Batch) : SubscriptionMessage;

    /// <summary>All events that were durable when this was sent have been handed out; what follows is live.</summary>
    public sealed record CaughtUp : SubscriptionMessage;

    /// <summary>The reader was too slow and is catching up from the log again; nothing is lost.</summary>
    public sealed record FellBehind : SubscriptionMessage;

    /// <summary>No event passed the filter up to here: a place to resume from.</summary>
    /// <param name="Position">Position of the last event examined.</param>
    public sealed record Checkpoint(Position Position) : SubscriptionMessage;
}
