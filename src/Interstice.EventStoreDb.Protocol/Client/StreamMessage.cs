namespace EventStore.Client;

/// <summary>What a read or a subscription hands out.</summary>
public abstract record StreamMessage
{
    /// <summary>An event.</summary>
    public sealed record Event(ResolvedEvent ResolvedEvent) : StreamMessage;

    /// <summary>The stream is not there.</summary>
    public sealed record NotFound : StreamMessage
    {
        internal static readonly NotFound Instance = new();
    }

    /// <summary>The stream is there.</summary>
    public sealed record Ok : StreamMessage
    {
        internal static readonly Ok Instance = new();
    }

    /// <summary>Where the first event of the stream stands.</summary>
    public sealed record FirstStreamPosition(StreamPosition StreamPosition) : StreamMessage;

    /// <summary>Where the last event of the stream stands.</summary>
    public sealed record LastStreamPosition(StreamPosition StreamPosition) : StreamMessage;

    /// <summary>Where the last event of the whole store stands.</summary>
    public sealed record LastAllStreamPosition(Position Position) : StreamMessage;

    /// <summary>The subscription has begun.</summary>
    public sealed record SubscriptionConfirmation(string SubscriptionId) : StreamMessage;

    /// <summary>No event passed the filter up to here.</summary>
    public sealed record AllStreamCheckpointReached(Position Position) : StreamMessage;

    /// <summary>What follows is live.</summary>
    public sealed record CaughtUp : StreamMessage
    {
        internal static readonly CaughtUp Instance = new();
    }

    /// <summary>The reader was too slow and is catching up again.</summary>
    public sealed record FellBehind : StreamMessage
    {
        internal static readonly FellBehind Instance = new();
    }

    /// <summary>Something that this client does not know.</summary>
    public sealed record Unknown : StreamMessage
    {
        internal static readonly Unknown Instance = new();
    }
}
