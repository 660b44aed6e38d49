using Interstice.Kernel.Events;

namespace Interstice.TestKit.EventStores;

/// <summary>A store that hands everything on to another: base of those that do one thing in another way.</summary>
/// <param name="inner">The other.</param>
/// <param name="isOwned">Whether closing this store closes the other.</param>
/// <remarks>It is not shared and appends nothing at once, as the port has it by default.</remarks>
public abstract class ForwardingStore(IEventStore inner, bool isOwned = true) : IEventStore
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

    public virtual ValueTask<IReadOnlyList<AppendResult>> AppendAsync(
        ReadOnlyMemory<StreamAppend> appends, CancellationToken cancellationToken = default) => inner.AppendAsync(appends, cancellationToken);

    public virtual IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> ReadStreamAsync(
        StreamName stream, ReadDirection direction, Revision from, long maxCount = long.MaxValue, CancellationToken cancellationToken = default) =>
        inner.ReadStreamAsync(stream, direction, from, maxCount, cancellationToken);

    public virtual IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> ReadAllAsync(
        ReadDirection direction, Position from, EventFilter filter, long maxCount = long.MaxValue, CancellationToken cancellationToken = default) =>
        inner.ReadAllAsync(direction, from, filter, maxCount, cancellationToken);

    public virtual IAsyncEnumerable<SubscriptionMessage> SubscribeToStreamAsync(
        StreamName stream, Revision after, CancellationToken cancellationToken = default) =>
        inner.SubscribeToStreamAsync(stream, after, cancellationToken);

    public virtual IAsyncEnumerable<SubscriptionMessage> SubscribeToAllAsync(
        Position? after, EventFilter filter, CancellationToken cancellationToken = default) =>
        inner.SubscribeToAllAsync(after, filter, cancellationToken);

    public virtual ValueTask<Revision> GetLastRevisionAsync(StreamName stream, CancellationToken cancellationToken = default) =>
        inner.GetLastRevisionAsync(stream, cancellationToken);

    public virtual ValueTask<StreamMetadata> GetMetadataAsync(StreamName stream, CancellationToken cancellationToken = default) =>
        inner.GetMetadataAsync(stream, cancellationToken);

    public virtual ValueTask<AppendResult> SetMetadataAsync(
        StreamName stream, ExpectedRevision expected, StreamMetadata metadata, CancellationToken cancellationToken = default) =>
        inner.SetMetadataAsync(stream, expected, metadata, cancellationToken);

    public virtual ValueTask<DeleteResult> DeleteAsync(
        StreamName stream, ExpectedRevision expected, DeletionKind kind, CancellationToken cancellationToken = default) =>
        inner.DeleteAsync(stream, expected, kind, cancellationToken);

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return isOwned ? inner.DisposeAsync() : ValueTask.CompletedTask;
    }
}
