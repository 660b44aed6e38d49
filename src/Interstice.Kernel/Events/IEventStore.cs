using System.Diagnostics.CodeAnalysis;

namespace Interstice.Kernel.Events;

/// <summary>The port to an append-only store of streams: the embedded journal or EventStoreDB.</summary>
/// <remarks>
/// <para>Thread-safe. Appends to one stream take effect in the order of the calls, so a caller may chain them: each expects
/// the revision that the one before it will produce, several in flight. If one fails or is refused, no later one of that
/// chain can be written, because its expectation is not met.</para>
/// <para>A returned <see cref="AppendResult.Appended"/> is durable. An append is atomic: all its events or none.</para>
/// <para>Appending the same event ids again: if the first event of an append is already the event that the expectation
/// places there and every id agrees, the answer is the original result and nothing is written. With
/// <see cref="ExpectedRevision.Any"/> a store may look only at the recent past.</para>
/// <para>Failures other than a wrong revision are an <see cref="EventStoreException"/> in the append's task; its kind says
/// whether the outcome is known. Cancelling an append may come too late to withdraw it.</para>
/// <para>A stream that was closed for ever (<see cref="DeletionKind.Tombstone"/>) answers everything that names it, or its settings, with
/// <see cref="EventStoreErrorKind.StreamDeleted"/>; reads and subscriptions of the whole store go on giving what it holds, the last of it an
/// event of type <see cref="DeletionKinds.TombstoneType"/>.</para>
/// <para>Every implementation passes <c>EventStoreContract</c> of the test kit.</para>
/// </remarks>
public interface IEventStore : IAsyncDisposable
{
    /// <summary>Whether <see cref="AppendAsync(ReadOnlyMemory{StreamAppend}, CancellationToken)"/> with several streams is
    /// one atomic write.</summary>
    bool CanAppendToSeveralStreams { get; }

    /// <summary>Whether hosts in other processes may write to the store at the same time. Then a host looks after who owns its modules
    /// (docs/replicas.md).</summary>
    bool CanBeShared => false;

    /// <summary>Most bytes (data and metadata) that one event may have.</summary>
    int EventBytesMax { get; }

    /// <summary>Most bytes (data and metadata of all events) that one append may have.</summary>
    int AppendBytesMax { get; }

    /// <summary>Bytes of data and metadata after which a caller who gathers transactions for one append should send it, so that one more
    /// transaction of the largest size does not pass what the store takes, in whatever form it writes events.</summary>
    int GatheredBytesMax => AppendBytesMax / 2;

    /// <summary>Appends events to one stream as one atomic, durable write.</summary>
    /// <param name="stream">The stream; made by its first event.</param>
    /// <param name="expected">What it is expected to be.</param>
    /// <param name="events">The events; the memory is borrowed until the task has ended. None: only the expectation is
    /// checked.</param>
    /// <param name="cancellationToken">Stops waiting; a queued append may still be written.</param>
    /// <exception cref="EventStoreException">The write failed; see <see cref="EventStoreException.Kind"/>.</exception>
    ValueTask<AppendResult> AppendAsync(
        StreamName stream,
        ExpectedRevision expected,
        ReadOnlyMemory<EventData> events,
        CancellationToken cancellationToken = default);

    /// <summary>Appends events to one stream on the calling thread, if the store can do so at once and in about the time that waking
    /// another thread takes: for a caller with nothing else to do meanwhile. Otherwise nothing has happened, and the caller uses
    /// <see cref="AppendAsync(StreamName, ExpectedRevision, ReadOnlyMemory{EventData}, CancellationToken)"/>. A store need not
    /// offer it.</summary>
    /// <param name="stream">The stream; made by its first event.</param>
    /// <param name="expected">What it is expected to be.</param>
    /// <param name="events">The events.</param>
    /// <param name="result">How the append ended; null when there was none.</param>
    /// <returns>Whether there was an append.</returns>
    /// <exception cref="EventStoreException">The write failed; see <see cref="EventStoreException.Kind"/>.</exception>
    bool TryAppend(
        StreamName stream,
        ExpectedRevision expected,
        ReadOnlyMemory<EventData> events,
        [NotNullWhen(true)] out AppendResult? result)
    {
        result = null;
        return false;
    }

    /// <summary>Appends to several streams on the calling thread, as
    /// <see cref="TryAppend(StreamName, ExpectedRevision, ReadOnlyMemory{EventData}, out AppendResult?)"/> does to one.</summary>
    /// <param name="appends">One entry a stream, each stream at most once.</param>
    /// <param name="results">How the append ended, as <see cref="AppendAsync(ReadOnlyMemory{StreamAppend}, CancellationToken)"/> says it; null
    /// when there was none.</param>
    /// <returns>Whether there was an append.</returns>
    /// <exception cref="EventStoreException">The write failed; see <see cref="EventStoreException.Kind"/>.</exception>
    bool TryAppend(ReadOnlyMemory<StreamAppend> appends, [NotNullWhen(true)] out IReadOnlyList<AppendResult>? results)
    {
        results = null;
        return false;
    }

    /// <summary>Appends to several streams as one atomic, durable write.</summary>
    /// <param name="appends">One entry a stream, each stream at most once.</param>
    /// <param name="cancellationToken">Stops waiting; a queued append may still be written.</param>
    /// <returns>One result for each entry, in order: all appended, or, when any expectation was not met, that entry refused
    /// and nothing written (an entry whose expectation was met then has the revision it stands at).</returns>
    /// <exception cref="NotSupportedException"><see cref="CanAppendToSeveralStreams"/> is false and there are several.
    /// </exception>
    /// <exception cref="EventStoreException">The write failed.</exception>
    ValueTask<IReadOnlyList<AppendResult>> AppendAsync(
        ReadOnlyMemory<StreamAppend> appends,
        CancellationToken cancellationToken = default);

    /// <summary>Reads a stream by batches.</summary>
    /// <param name="stream">The stream; one that does not exist gives no batch.</param>
    /// <param name="direction">Which way.</param>
    /// <param name="from">First event wanted, inclusive; <see cref="Revision.End"/> to start at the last one.</param>
    /// <param name="maxCount">Most events, 1 or more.</param>
    /// <param name="cancellationToken">Ends the read with <see cref="OperationCanceledException"/>.</param>
    /// <returns>Batches of at least one event; each is borrowed until the next is asked for.</returns>
    /// <exception cref="EventStoreException">The store is damaged or cannot be reached.</exception>
    IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> ReadStreamAsync(
        StreamName stream,
        ReadDirection direction,
        Revision from,
        long maxCount = long.MaxValue,
        CancellationToken cancellationToken = default);

    /// <summary>Reads the whole store by batches, in the order of positions.</summary>
    /// <param name="direction">Which way.</param>
    /// <param name="from">Forwards: events at this position or after it. Backwards: events before it.</param>
    /// <param name="filter">Which events.</param>
    /// <param name="maxCount">Most events, 1 or more.</param>
    /// <param name="cancellationToken">Ends the read with <see cref="OperationCanceledException"/>.</param>
    /// <returns>Batches of at least one event; each is borrowed until the next is asked for.</returns>
    /// <exception cref="EventStoreException">The store is damaged or cannot be reached.</exception>
    IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> ReadAllAsync(
        ReadDirection direction,
        Position from,
        EventFilter filter,
        long maxCount = long.MaxValue,
        CancellationToken cancellationToken = default);

    /// <summary>Follows a stream: what it has after <paramref name="after"/>, then what is appended, for ever.</summary>
    /// <param name="stream">The stream; it need not exist yet.</param>
    /// <param name="after">The last event already seen; <see cref="Revision.None"/> for all.</param>
    /// <param name="cancellationToken">Ends the subscription with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="EventStoreException">The store is damaged or cannot be reached.</exception>
    IAsyncEnumerable<SubscriptionMessage> SubscribeToStreamAsync(
        StreamName stream,
        Revision after,
        CancellationToken cancellationToken = default);

    /// <summary>Follows the whole store.</summary>
    /// <param name="after">The last position already seen; null for all.</param>
    /// <param name="filter">Which events.</param>
    /// <param name="cancellationToken">Ends the subscription with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="EventStoreException">The store is damaged or cannot be reached.</exception>
    IAsyncEnumerable<SubscriptionMessage> SubscribeToAllAsync(
        Position? after,
        EventFilter filter,
        CancellationToken cancellationToken = default);

    /// <summary>Revision of the last event of a stream, <see cref="Revision.None"/> when there is none; of a stream that is deleted softly, one of
    /// both.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    ValueTask<Revision> GetLastRevisionAsync(StreamName stream, CancellationToken cancellationToken = default);

    /// <summary>Reads the settings of a stream; <see cref="StreamMetadata.Empty"/> when it has none.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    ValueTask<StreamMetadata> GetMetadataAsync(StreamName stream, CancellationToken cancellationToken = default);

    /// <summary>Replaces the settings of a stream, durably. Setting <see cref="StreamMetadata.TruncateBefore"/> truncates its
    /// front; revisions of what stays do not change.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="expected">What is expected of the settings themselves, which are events of a stream of their own: its name is
    /// <c>$$</c> and the stream's name.</param>
    /// <param name="metadata">The new settings.</param>
    /// <param name="cancellationToken">Stops waiting; settings that were queued may still be written.</param>
    /// <returns>Where the settings stand in their own stream.</returns>
    /// <exception cref="EventStoreException">The write failed.</exception>
    ValueTask<AppendResult> SetMetadataAsync(
        StreamName stream,
        ExpectedRevision expected,
        StreamMetadata metadata,
        CancellationToken cancellationToken = default);

    /// <summary>Deletes a stream, durably, as one atomic write.</summary>
    /// <remarks><para>Softly: its events are no longer read, and <see cref="ExpectedRevision.NoStream"/> is met. The next append brings it back:
    /// the numbering goes on, what was deleted stays unread. <see cref="ExpectedRevision.StreamExists"/> is answered with
    /// <see cref="EventStoreErrorKind.StreamDeleted"/> until then. Other settings of the stream stay.</para>
    /// <para>For ever: everything that names the stream is answered so from then on.</para>
    /// <para>Its place among appends that are in flight is not that of the calls: await them first where it matters.</para></remarks>
    /// <param name="stream">The stream; it need not exist.</param>
    /// <param name="expected">What it is expected to be.</param>
    /// <param name="kind">Whether it may be written again.</param>
    /// <param name="cancellationToken">Stops waiting; a queued deletion may still be written.</param>
    /// <exception cref="EventStoreException">The write failed; <see cref="EventStoreErrorKind.StreamDeleted"/>: it is closed for ever
    /// already.</exception>
    ValueTask<DeleteResult> DeleteAsync(
        StreamName stream,
        ExpectedRevision expected,
        DeletionKind kind,
        CancellationToken cancellationToken = default);
}
