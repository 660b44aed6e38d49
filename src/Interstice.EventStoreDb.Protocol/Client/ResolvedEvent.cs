namespace EventStore.Client;

/// <summary>An event that was read, and the link by which, if any.</summary>
public readonly struct ResolvedEvent
{
    /// <summary>Makes one.</summary>
    public ResolvedEvent(EventRecord @event, EventRecord? link, ulong? commitPosition)
    {
        Event = @event;
        Link = link;
        OriginalPosition = commitPosition is { } commit ? new Position(commit, (link ?? @event).Position.PreparePosition) : null;
    }

    /// <summary>The event.</summary>
    public EventRecord Event { get; }

    /// <summary>The link that led to it, or null.</summary>
    public EventRecord? Link { get; }

    /// <summary>Place of what was read, if it is known.</summary>
    public Position? OriginalPosition { get; }

    /// <summary>What was read: the link, or the event.</summary>
    public EventRecord OriginalEvent => Link ?? Event;

    /// <summary>Name of the stream that was read.</summary>
    public string OriginalStreamId => OriginalEvent.EventStreamId;

    /// <summary>Index in the stream that was read.</summary>
    public StreamPosition OriginalEventNumber => OriginalEvent.EventNumber;

    /// <summary>Whether a link led to the event.</summary>
    public bool IsResolved => Link is not null && Event is not null;
}
