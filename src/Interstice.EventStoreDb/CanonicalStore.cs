using System.Diagnostics.CodeAnalysis;
using Interstice.EventStoreDb.Payloads;
using Interstice.Kernel.Events;

namespace Interstice.EventStoreDb;

/// <summary>A store that may hold events of modules as JSON, because hosts wrote them through a server of EventStoreDB's protocol, as one whose
/// events are canonical: the journal behind <c>interstice store</c>, opened as a directory.</summary>
/// <remarks>What is appended is written as it is given. Reads cost one look at each event where nothing is JSON.</remarks>
/// <param name="inner">The store; closed with this one.</param>
public sealed class CanonicalStore(IEventStore inner) : IEventStore
{
    private readonly Publications _publications = new(inner);

    /// <inheritdoc/>
    public bool CanAppendToSeveralStreams => inner.CanAppendToSeveralStreams;

    /// <inheritdoc/>
    public bool CanBeShared => inner.CanBeShared;

    /// <inheritdoc/>
    public int EventBytesMax => inner.EventBytesMax;

    /// <inheritdoc/>
    public int AppendBytesMax => inner.AppendBytesMax;

    /// <inheritdoc/>
    public int GatheredBytesMax => inner.GatheredBytesMax;

    /// <inheritdoc/>
    public ValueTask<AppendResult> AppendAsync(
        StreamName stream, ExpectedRevision expected, ReadOnlyMemory<EventData> events, CancellationToken cancellationToken = default) =>
        inner.AppendAsync(stream, expected, events, cancellationToken);

    /// <inheritdoc/>
    public bool TryAppend(
        StreamName stream, ExpectedRevision expected, ReadOnlyMemory<EventData> events, [NotNullWhen(true)] out AppendResult? result) =>
        inner.TryAppend(stream, expected, events, out result);

    /// <inheritdoc/>
    public bool TryAppend(ReadOnlyMemory<StreamAppend> appends, [NotNullWhen(true)] out IReadOnlyList<AppendResult>? results) =>
        inner.TryAppend(appends, out results);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<AppendResult>> AppendAsync(ReadOnlyMemory<StreamAppend> appends, CancellationToken cancellationToken = default) =>
        inner.AppendAsync(appends, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> ReadStreamAsync(
        StreamName stream,
        ReadDirection direction,
        Revision from,
        long maxCount = long.MaxValue,
        CancellationToken cancellationToken = default)
    {
        IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> read = inner.ReadStreamAsync(stream, direction, from, maxCount, cancellationToken);
        return CanonicalReads.MayHoldJson(stream) ? CanonicalReads.ReadInTurnAsync(read, _publications, cancellationToken) : read;
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> ReadAllAsync(
        ReadDirection direction,
        Position from,
        EventFilter filter,
        long maxCount = long.MaxValue,
        CancellationToken cancellationToken = default) => CanonicalReads.ReadInTurnAsync(
            inner.ReadAllAsync(direction, from, filter, maxCount, cancellationToken), _publications, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<SubscriptionMessage> SubscribeToStreamAsync(
        StreamName stream, Revision after, CancellationToken cancellationToken = default)
    {
        IAsyncEnumerable<SubscriptionMessage> messages = inner.SubscribeToStreamAsync(stream, after, cancellationToken);
        return CanonicalReads.MayHoldJson(stream) ? CanonicalReads.ReadAsync(messages, _publications, cancellationToken) : messages;
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<SubscriptionMessage> SubscribeToAllAsync(
        Position? after, EventFilter filter, CancellationToken cancellationToken = default) =>
        CanonicalReads.ReadAsync(inner.SubscribeToAllAsync(after, filter, cancellationToken), _publications, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Revision> GetLastRevisionAsync(StreamName stream, CancellationToken cancellationToken = default) =>
        inner.GetLastRevisionAsync(stream, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<StreamMetadata> GetMetadataAsync(StreamName stream, CancellationToken cancellationToken = default) =>
        inner.GetMetadataAsync(stream, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<AppendResult> SetMetadataAsync(
        StreamName stream, ExpectedRevision expected, StreamMetadata metadata, CancellationToken cancellationToken = default) =>
        inner.SetMetadataAsync(stream, expected, metadata, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<DeleteResult> DeleteAsync(
        StreamName stream, ExpectedRevision expected, DeletionKind kind, CancellationToken cancellationToken = default) =>
        inner.DeleteAsync(stream, expected, kind, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
