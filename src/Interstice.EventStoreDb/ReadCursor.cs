using EventStore.Client;
using Interstice.Kernel.Events;
using Position = Interstice.Kernel.Events.Position;

namespace Interstice.EventStoreDb;

/// <summary>How far a read has come, so that it can be begun again there.</summary>
internal abstract class ReadCursor(long count)
{
    /// <summary>How many events are still wanted.</summary>
    protected long Left { get; private set; } = count;

    /// <summary>Whether nothing more is wanted.</summary>
    internal virtual bool IsDone => Left == 0;

    /// <summary>Begins the read behind what it has given.</summary>
    internal abstract IAsyncEnumerable<StreamMessage> Begin(CancellationToken cancellationToken);

    /// <summary>Whether an event was not given yet.</summary>
    internal virtual bool IsNew(EventRecord record) => true;

    /// <summary>Takes note of an event that is given.</summary>
    internal virtual void Advance(in RecordedEvent given) => Left--;

    /// <summary>The client's word for a direction.</summary>
    protected static Direction DirectionOf(ReadDirection direction) =>
        direction == ReadDirection.Forwards ? Direction.Forwards : Direction.Backwards;
}

/// <summary>A read of one stream.</summary>
internal sealed class StreamCursor(EventStoreClient client, StreamName stream, ReadDirection direction, Revision from, long count)
    : ReadCursor(count)
{
    private Revision _from = from;

    internal override bool IsDone => base.IsDone || _from == Revision.None;

    internal override IAsyncEnumerable<StreamMessage> Begin(CancellationToken cancellationToken) => client.ReadStreamAsync(
        DirectionOf(direction),
        stream.Value,
        _from == Revision.End ? StreamPosition.End : new StreamPosition((ulong)_from.Value),
        Left,
        cancellationToken: cancellationToken).Messages;

    internal override void Advance(in RecordedEvent given)
    {
        base.Advance(given);
        _from = direction == ReadDirection.Forwards ? given.Revision.Next : given.Revision + -1;
    }
}

/// <summary>A read of the whole store.</summary>
internal sealed class AllCursor(EventStoreClient client, ReadDirection direction, Position from, EventFilter filter, long count)
    : ReadCursor(count)
{
    private readonly IEventFilter? _filter = Filters.Of(filter);
    private Position _from = from;
    private Position? _last;

    // Forwards a read begins with the event at the position, backwards with the one before it: that event comes twice when a read is
    // begun again, and is not counted.
    internal override IAsyncEnumerable<StreamMessage> Begin(CancellationToken cancellationToken)
    {
        var position = _from == Position.End
            ? EventStore.Client.Position.End
            : new EventStore.Client.Position(_from.Commit, _from.Prepare);
        long wanted = _last is null || Left == long.MaxValue ? Left : Left + 1;
        return _filter is null
            ? client.ReadAllAsync(DirectionOf(direction), position, wanted, cancellationToken: cancellationToken).Messages
            : client.ReadAllAsync(DirectionOf(direction), position, _filter, wanted, cancellationToken: cancellationToken).Messages;
    }

    internal override bool IsNew(EventRecord record)
    {
        if (_last is not { } last) return true;
        var position = new Position(record.Position.CommitPosition, record.Position.PreparePosition);
        return direction == ReadDirection.Forwards ? position > last : position < last;
    }

    internal override void Advance(in RecordedEvent given)
    {
        base.Advance(given);
        _from = given.Position;
        _last = given.Position;
    }
}
