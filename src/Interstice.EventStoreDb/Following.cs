using EventStore.Client;
using Interstice.Kernel.Events;
using Position = Interstice.Kernel.Events.Position;

namespace Interstice.EventStoreDb;

/// <summary>How far a subscription has come, so that it can be begun again there.</summary>
internal abstract class Following
{
    /// <summary>The place, for people.</summary>
    internal abstract string Place { get; }

    /// <summary>Begins the subscription behind what it has given.</summary>
    internal abstract IAsyncEnumerable<StreamMessage> Begin(CancellationToken cancellationToken);

    /// <summary>Whether an event was not given yet.</summary>
    internal abstract bool IsNew(EventRecord record);

    /// <summary>Takes note of an event that is given.</summary>
    internal abstract void Advance(in RecordedEvent given);

    /// <summary>What a message that is no event says to the subscriber; null for nothing.</summary>
    internal virtual SubscriptionMessage? MessageOf(StreamMessage message) => message switch
    {
        StreamMessage.CaughtUp => new SubscriptionMessage.CaughtUp(),
        StreamMessage.FellBehind => new SubscriptionMessage.FellBehind(),
        _ => null,
    };

    /// <summary>The messages of a subscription, which is disposed of with them.</summary>
    protected static async IAsyncEnumerable<StreamMessage> MessagesOf(EventStoreClient.StreamSubscriptionResult subscription)
    {
        await using (((IAsyncDisposable)subscription).ConfigureAwait(false))
            await foreach (StreamMessage message in subscription.Messages.ConfigureAwait(false)) yield return message;
    }
}

/// <summary>A subscription to one stream.</summary>
internal sealed class StreamFollowing(EventStoreClient client, StreamName stream, Revision after) : Following
{
    private Revision _after = after;

    internal override string Place => $"revision {_after} of {stream}";

    internal override IAsyncEnumerable<StreamMessage> Begin(CancellationToken cancellationToken) => MessagesOf(client.SubscribeToStream(
        stream.Value,
        _after == Revision.None ? FromStream.Start : FromStream.After(new StreamPosition((ulong)_after.Value)),
        cancellationToken: cancellationToken));

    internal override bool IsNew(EventRecord record) => record.EventNumber.ToInt64() > _after.Value;

    internal override void Advance(in RecordedEvent given) => _after = given.Revision;
}

/// <summary>A subscription to the whole store.</summary>
internal sealed class AllFollowing(EventStoreClient client, Position? after, EventFilter filter) : Following
{
    private readonly IEventFilter? _filter = Filters.Of(filter);
    private Position? _after = after;

    internal override string Place => $"position {_after}";

    internal override IAsyncEnumerable<StreamMessage> Begin(CancellationToken cancellationToken) => MessagesOf(client.SubscribeToAll(
        _after is { } seen ? FromAll.After(new EventStore.Client.Position(seen.Commit, seen.Prepare)) : FromAll.Start,
        filterOptions: _filter is null ? null : new SubscriptionFilterOptions(_filter),
        cancellationToken: cancellationToken));

    internal override bool IsNew(EventRecord record) => _after is not { } seen || PositionOf(record.Position) > seen;

    internal override void Advance(in RecordedEvent given) => _after = given.Position;

    internal override SubscriptionMessage? MessageOf(StreamMessage message)
    {
        if (message is not StreamMessage.AllStreamCheckpointReached reached) return base.MessageOf(message);
        Position position = PositionOf(reached.Position);
        if (_after is { } seen && position <= seen) return null;
        _after = position;
        return new SubscriptionMessage.Checkpoint(position);
    }

    private static Position PositionOf(EventStore.Client.Position position) => new(position.CommitPosition, position.PreparePosition);
}
