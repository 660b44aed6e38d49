using Interstice.Kernel.Events;

namespace Interstice.EventStoreDb.Tests.Faults;

/// <summary>A store that hands everything on to another.</summary>
internal abstract class ForwardingStore(IEventStore inner) : IEventStore
{
    /// <summary>The other.</summary>
    protected IEventStore Inner => inner;

    public bool CanAppendToSeveralStreams => inner.CanAppendToSeveralStreams;

    public int EventBytesMax => inner.EventBytesMax;

    public int AppendBytesMax => inner.AppendBytesMax;

    public int GatheredBytesMax => inner.GatheredBytesMax;

    public virtual ValueTask<AppendResult> AppendAsync(
        StreamName stream, ExpectedRevision expected, ReadOnlyMemory<EventData> events, CancellationToken cancellationToken = default) =>
        inner.AppendAsync(stream, expected, events, cancellationToken);

    public ValueTask<IReadOnlyList<AppendResult>> AppendAsync(
        ReadOnlyMemory<StreamAppend> appends, CancellationToken cancellationToken = default) => inner.AppendAsync(appends, cancellationToken);

    public IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> ReadStreamAsync(
        StreamName stream, ReadDirection direction, Revision from, long maxCount = long.MaxValue, CancellationToken cancellationToken = default) =>
        inner.ReadStreamAsync(stream, direction, from, maxCount, cancellationToken);

    public IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> ReadAllAsync(
        ReadDirection direction, Position from, EventFilter filter, long maxCount = long.MaxValue, CancellationToken cancellationToken = default) =>
        inner.ReadAllAsync(direction, from, filter, maxCount, cancellationToken);

    public IAsyncEnumerable<SubscriptionMessage> SubscribeToStreamAsync(
        StreamName stream, Revision after, CancellationToken cancellationToken = default) =>
        inner.SubscribeToStreamAsync(stream, after, cancellationToken);

    public IAsyncEnumerable<SubscriptionMessage> SubscribeToAllAsync(
        Position? after, EventFilter filter, CancellationToken cancellationToken = default) =>
        inner.SubscribeToAllAsync(after, filter, cancellationToken);

    public ValueTask<Revision> GetLastRevisionAsync(StreamName stream, CancellationToken cancellationToken = default) =>
        inner.GetLastRevisionAsync(stream, cancellationToken);

    public ValueTask<StreamMetadata> GetMetadataAsync(StreamName stream, CancellationToken cancellationToken = default) =>
        inner.GetMetadataAsync(stream, cancellationToken);

    public ValueTask<AppendResult> SetMetadataAsync(
        StreamName stream, ExpectedRevision expected, StreamMetadata metadata, CancellationToken cancellationToken = default) =>
        inner.SetMetadataAsync(stream, expected, metadata, cancellationToken);

    public ValueTask<DeleteResult> DeleteAsync(
        StreamName stream, ExpectedRevision expected, DeletionKind kind, CancellationToken cancellationToken = default) =>
        inner.DeleteAsync(stream, expected, kind, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
