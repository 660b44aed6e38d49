using System.Runtime.CompilerServices;
using Interstice.Kernel.Events;
using Interstice.TestKit.EventStores;

namespace Interstice.Conformance.Tests.Places;

/// <summary>The streams of a store whose names begin with a prefix, under their names without it: a store of one's own in a server that others use too.</summary>
internal sealed class PrefixedStore(IEventStore inner, string prefix) : ForwardingStore(inner)
{
    public override ValueTask<AppendResult> AppendAsync(
        StreamName stream, ExpectedRevision expected, ReadOnlyMemory<EventData> events, CancellationToken cancellationToken = default) =>
        base.AppendAsync(There(stream), expected, events, cancellationToken);

    public override ValueTask<IReadOnlyList<AppendResult>> AppendAsync(
        ReadOnlyMemory<StreamAppend> appends, CancellationToken cancellationToken = default)
    {
        StreamAppend[] there = [.. appends.ToArray().Select(append => append with { Stream = There(append.Stream) })];
        return base.AppendAsync(there, cancellationToken);
    }

    public override IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> ReadStreamAsync(
        StreamName stream, ReadDirection direction, Revision from, long maxCount = long.MaxValue, CancellationToken cancellationToken = default) =>
        HereAsync(base.ReadStreamAsync(There(stream), direction, from, maxCount, cancellationToken), new EventFilter.All(), cancellationToken);

    public override IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> ReadAllAsync(
        ReadDirection direction, Position from, EventFilter filter, long maxCount = long.MaxValue, CancellationToken cancellationToken = default) =>
        HereAsync(base.ReadAllAsync(direction, from, There(), maxCount, cancellationToken), filter, cancellationToken);

    public override IAsyncEnumerable<SubscriptionMessage> SubscribeToStreamAsync(
        StreamName stream, Revision after, CancellationToken cancellationToken = default) =>
        HereAsync(base.SubscribeToStreamAsync(There(stream), after, cancellationToken), new EventFilter.All(), cancellationToken);

    public override IAsyncEnumerable<SubscriptionMessage> SubscribeToAllAsync(
        Position? after, EventFilter filter, CancellationToken cancellationToken = default) =>
        HereAsync(base.SubscribeToAllAsync(after, There(), cancellationToken), filter, cancellationToken);

    public override ValueTask<Revision> GetLastRevisionAsync(StreamName stream, CancellationToken cancellationToken = default) =>
        base.GetLastRevisionAsync(There(stream), cancellationToken);

    public override ValueTask<StreamMetadata> GetMetadataAsync(StreamName stream, CancellationToken cancellationToken = default) =>
        base.GetMetadataAsync(There(stream), cancellationToken);

    public override ValueTask<AppendResult> SetMetadataAsync(
        StreamName stream, ExpectedRevision expected, StreamMetadata metadata, CancellationToken cancellationToken = default) =>
        base.SetMetadataAsync(There(stream), expected, metadata, cancellationToken);

    public override ValueTask<DeleteResult> DeleteAsync(
        StreamName stream, ExpectedRevision expected, DeletionKind kind, CancellationToken cancellationToken = default) =>
        base.DeleteAsync(There(stream), expected, kind, cancellationToken);

    private StreamName There(StreamName stream) => new(prefix + stream.Value);

    private EventFilter.StreamPrefix There() => new([prefix]);

    private RecordedEvent[] Here(ReadOnlyMemory<RecordedEvent> batch, EventFilter filter) =>
        [.. batch.ToArray()
            .Select(recorded => recorded with { Stream = new StreamName(recorded.Stream.Value[prefix.Length..]) })
            .Where(recorded => filter.Matches(recorded.Stream, recorded.Type))];

    private async IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> HereAsync(
        IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> batches, EventFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (ReadOnlyMemory<RecordedEvent> batch in batches.WithCancellation(cancellationToken))
            if (Here(batch, filter) is { Length: > 0 } events) yield return events;
    }

    private async IAsyncEnumerable<SubscriptionMessage> HereAsync(
        IAsyncEnumerable<SubscriptionMessage> messages, EventFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (SubscriptionMessage message in messages.WithCancellation(cancellationToken))
        {
            if (message is not SubscriptionMessage.Events events) yield return message;
            else if (Here(events.Batch, filter) is { Length: > 0 } found) yield return new SubscriptionMessage.Events(found);
        }
    }
}
