using Interstice.Kernel.Events;

namespace Interstice.Server.Tests.EventStoreDb;

/// <summary>A store whose every call fails, but for appends that it may leave without an answer.</summary>
internal sealed class FailingStore(EventStoreErrorKind kind) : IEventStore
{
    public bool CanAppendToSeveralStreams => false;

    public int EventBytesMax => 1000;

    public int AppendBytesMax => 1000;

    public bool AnswersAppends { get; init; } = true;

    private EventStoreException Failure => new(kind, "as the test wants it");

    public ValueTask<AppendResult> AppendAsync(
        StreamName stream, ExpectedRevision expected, ReadOnlyMemory<EventData> events, CancellationToken cancellationToken = default) =>
        AnswersAppends ? ValueTask.FromException<AppendResult>(Failure) : new(new TaskCompletionSource<AppendResult>().Task);

    public ValueTask<IReadOnlyList<AppendResult>> AppendAsync(
        ReadOnlyMemory<StreamAppend> appends, CancellationToken cancellationToken = default) => throw Failure;

    public IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> ReadStreamAsync(
        StreamName stream,
        ReadDirection direction,
        Revision from,
        long maxCount = long.MaxValue,
        CancellationToken cancellationToken = default) => throw Failure;

    public IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> ReadAllAsync(
        ReadDirection direction,
        Position from,
        EventFilter filter,
        long maxCount = long.MaxValue,
        CancellationToken cancellationToken = default) => throw Failure;

    public IAsyncEnumerable<SubscriptionMessage> SubscribeToStreamAsync(
        StreamName stream, Revision after, CancellationToken cancellationToken = default) => throw Failure;

    public IAsyncEnumerable<SubscriptionMessage> SubscribeToAllAsync(
        Position? after, EventFilter filter, CancellationToken cancellationToken = default) => throw Failure;

    public ValueTask<Revision> GetLastRevisionAsync(StreamName stream, CancellationToken cancellationToken = default) => throw Failure;

    public ValueTask<StreamMetadata> GetMetadataAsync(StreamName stream, CancellationToken cancellationToken = default) => throw Failure;

    public ValueTask<AppendResult> SetMetadataAsync(
        StreamName stream, ExpectedRevision expected, StreamMetadata metadata, CancellationToken cancellationToken = default) =>
        throw Failure;

    public ValueTask<DeleteResult> DeleteAsync(
        StreamName stream, ExpectedRevision expected, DeletionKind kind, CancellationToken cancellationToken = default) => throw Failure;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
