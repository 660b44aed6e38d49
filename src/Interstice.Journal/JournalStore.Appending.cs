using System.Diagnostics.CodeAnalysis;
using System.Text;
using Interstice.Journal.Segments;
using Interstice.Journal.Writing;
using Interstice.Kernel.Events;

namespace Interstice.Journal;

public sealed partial class JournalStore
{
    // A character is at most three bytes of UTF-8: below this no type needs counting.
    private const int TypeCharactersSafe = JournalLimits.TypeBytesMax / 3;

    /// <inheritdoc/>
    /// <remarks>Blocks the calling thread while the queue is full (<see cref="JournalOptions.QueueAppendsMax"/>). Cancelling
    /// withdraws the append if the writer has not taken it: <see cref="OperationCanceledException"/> then says that nothing was
    /// written. Once taken, the append ends as it ends.</remarks>
    public ValueTask<AppendResult> AppendAsync(
        StreamName stream,
        ExpectedRevision expected,
        ReadOnlyMemory<EventData> events,
        CancellationToken cancellationToken = default)
    {
        try
        {
            LogWriter writer = CheckAppend(cancellationToken);
            AppendRequest request = CheckOne(stream, expected, events);
            return new ValueTask<AppendResult>(request, Enqueue(writer, request, cancellationToken));
        }
        catch (Exception e) when (e is EventStoreException or OperationCanceledException)
        {
            // A caller with several appends in flight hears of each through its own task.
            return ValueTask.FromException<AppendResult>(e);
        }
    }

    /// <summary>Appends events to one stream and returns when they are durable, for a caller that has nothing else to do.</summary>
    /// <remarks>When no other append is queued or being written, this thread writes and syncs, so that no time goes into waking
    /// others; else the append is queued like any other. Order, atomicity and failures are those of
    /// <see cref="AppendAsync(StreamName, ExpectedRevision, ReadOnlyMemory{EventData}, CancellationToken)"/>.</remarks>
    /// <param name="stream">The stream; made by its first event.</param>
    /// <param name="expected">What it is expected to be.</param>
    /// <param name="events">The events.</param>
    /// <exception cref="EventStoreException">The write failed; see <see cref="EventStoreException.Kind"/>.</exception>
    public AppendResult Append(StreamName stream, ExpectedRevision expected, ReadOnlyMemory<EventData> events)
    {
        LogWriter writer = CheckAppend(CancellationToken.None);
        AppendRequest request = CheckOne(stream, expected, events);
        ValueTask<AppendResult> result = new(request, request.Version);
        if (writer.TryCommitHere(request)) return result.Result;
        writer.Enqueue(request, CancellationToken.None);
        return result.AsTask().GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    /// <remarks>It can when commits are quick on this device and no other append is queued or being written.</remarks>
    public bool TryAppend(
        StreamName stream,
        ExpectedRevision expected,
        ReadOnlyMemory<EventData> events,
        [NotNullWhen(true)] out AppendResult? result)
    {
        LogWriter writer = CheckAppend(CancellationToken.None);
        result = null;
        if (!writer.IsQuick) return false;
        AppendRequest request = CheckOne(stream, expected, events);
        ValueTask<AppendResult> end = new(request, request.Version);
        if (!writer.TryCommitHere(request)) return false;
        result = end.Result;
        return true;
    }

    /// <inheritdoc/>
    /// <remarks>It can when commits are quick on this device and no other append is queued or being written.</remarks>
    public bool TryAppend(ReadOnlyMemory<StreamAppend> appends, [NotNullWhen(true)] out IReadOnlyList<AppendResult>? results)
    {
        LogWriter writer = CheckAppend(CancellationToken.None);
        results = null;
        if (!writer.IsQuick || appends.IsEmpty) return false;
        AppendRequest request = CheckMany(appends);
        ValueTask<IReadOnlyList<AppendResult>> end = new(request, request.Version);
        if (!writer.TryCommitHere(request)) return false;
        results = end.Result;
        return true;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<AppendResult>> AppendAsync(
        ReadOnlyMemory<StreamAppend> appends,
        CancellationToken cancellationToken = default)
    {
        try
        {
            LogWriter writer = CheckAppend(cancellationToken);
            if (appends.IsEmpty) return new ValueTask<IReadOnlyList<AppendResult>>(Array.Empty<AppendResult>());
            AppendRequest request = CheckMany(appends);
            return new ValueTask<IReadOnlyList<AppendResult>>(request, Enqueue(writer, request, cancellationToken));
        }
        catch (Exception e) when (e is EventStoreException or OperationCanceledException)
        {
            return ValueTask.FromException<IReadOnlyList<AppendResult>>(e);
        }
    }

    /// <inheritdoc/>
    public ValueTask<StreamMetadata> GetMetadataAsync(StreamName stream, CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        cancellationToken.ThrowIfCancellationRequested();
        _tail?.Refresh();
        StreamMetadata metadata = _log.Find(stream)?.Metadata ?? StreamMetadata.Empty;
        return MetadataJson.IsTombstone(metadata)
            ? ValueTask.FromException<StreamMetadata>(DeletedForEver(stream))
            : new ValueTask<StreamMetadata>(metadata);
    }

    /// <inheritdoc/>
    public async ValueTask<AppendResult> SetMetadataAsync(
        StreamName stream, ExpectedRevision expected, StreamMetadata metadata, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        metadata = MetadataJson.Normalize(metadata);
        if (metadata with { Properties = null } != StreamMetadata.Empty) ExpectNotReplayed(stream);
        LogWriter writer = CheckAppend(cancellationToken);
        long nameCharacters = CheckStream(stream);
        StreamName metadataStream = MetadataJson.StreamOf(stream);
        EventData[] events =
            [new(Guid.NewGuid(), StreamMetadata.EventType, IsJson: true, MetadataJson.Write(metadata), default)];
        long eventBytes = 0;
        CheckEvents(events, ref eventBytes, ref nameCharacters);
        int frameBytes = CheckSize(1, 1, eventBytes, nameCharacters + 2);
        AppendRequest request = AppendRequest.ForMetadata(
            new StreamAppend(metadataStream, expected, events), frameBytes, eventBytes, stream, metadata);
        short version = Enqueue(writer, request, cancellationToken);
        return await new ValueTask<AppendResult>(request, version).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<DeleteResult> DeleteAsync(
        StreamName stream, ExpectedRevision expected, DeletionKind kind, CancellationToken cancellationToken = default)
    {
        ExpectNotReplayed(stream);
        LogWriter writer = CheckAppend(cancellationToken);
        long nameCharacters = CheckStream(stream);
        _ = MetadataJson.StreamOf(stream);
        EventData[] events = kind == DeletionKind.Tombstone
            ? [new(Guid.NewGuid(), DeletionKinds.TombstoneType, IsJson: false, default, default)]
            : [];
        long eventBytes = 0;
        CheckEvents(events, ref eventBytes, ref nameCharacters);
        int frameBytes = CheckSize(1, events.Length, eventBytes, nameCharacters);
        AppendRequest request = AppendRequest.ForDeletion(
            new StreamAppend(stream, expected, events), frameBytes, eventBytes, stream, kind);
        short version = Enqueue(writer, request, cancellationToken);
        return await new ValueTask<AppendResult>(request, version).ConfigureAwait(false) switch
        {
            AppendResult.Appended appended => new DeleteResult.Deleted(appended.Position),
            AppendResult.WrongExpectedRevision wrong => new DeleteResult.WrongExpectedRevision(wrong.Expected, wrong.Actual),
            _ => throw new InvalidOperationException("an append ended in a way that has no name"),
        };
    }

    private static void ExpectNotReplayed(StreamName stream)
    {
        if (StreamNames.IsReplayed(stream))
            throw new EventStoreException(EventStoreErrorKind.Refused,
                $"stream \"{stream}\" is replayed from its first event on, so that none of them may go; it takes no $tb, $maxCount or $maxAge, and no "
                + "deletion");
    }

    private static short Enqueue(LogWriter writer, AppendRequest request, CancellationToken cancellationToken)
    {
        short version = request.Version;
        request.WithdrawOn(cancellationToken);
        writer.Enqueue(request, cancellationToken);
        return version;
    }

    private static AppendRequest CheckOne(
        StreamName stream, ExpectedRevision expected, ReadOnlyMemory<EventData> events)
    {
        long nameCharacters = CheckStream(stream);
        long eventBytes = 0;
        CheckEvents(events.Span, ref eventBytes, ref nameCharacters);
        int frameBytes = CheckSize(1, events.Length, eventBytes, nameCharacters);
        return AppendRequest.ForOne(new StreamAppend(stream, expected, events), frameBytes, eventBytes);
    }

    private static AppendRequest CheckMany(ReadOnlyMemory<StreamAppend> appends)
    {
        if (appends.Length > JournalLimits.AppendStreamsMax)
            throw new EventStoreException(EventStoreErrorKind.TooLarge,
                $"the append names {appends.Length} streams, at most {JournalLimits.AppendStreamsMax} are allowed");
        long nameCharacters = 0;
        long eventBytes = 0;
        long events = 0;
        HashSet<StreamName> streams = [];
        foreach (ref readonly StreamAppend append in appends.Span)
        {
            nameCharacters += CheckStream(append.Stream);
            if (!streams.Add(append.Stream))
                throw new ArgumentException($"the append names stream \"{append.Stream}\" twice", nameof(appends));
            events += append.Events.Length;
            CheckEvents(append.Events.Span, ref eventBytes, ref nameCharacters);
        }

        int frameBytes = CheckSize(appends.Length, events, eventBytes, nameCharacters);
        return AppendRequest.ForMany(appends, frameBytes, eventBytes);
    }

    private LogWriter CheckAppend(CancellationToken cancellationToken)
    {
        ThrowIfClosed();
        cancellationToken.ThrowIfCancellationRequested();
        return _writer ?? throw new EventStoreException(EventStoreErrorKind.ReadOnly,
            $"the journal {_log.Files.Directory} is open for reading only; open it for writing to append");
    }

    private static int CheckStream(StreamName stream) =>
        MetadataJson.IsMetadataStream(stream)
            ? throw new ArgumentException(
                $"stream \"{stream}\" holds the settings of another and is written through SetMetadataAsync", nameof(stream))
            : stream.Value.Length;

    private static void CheckEvents(ReadOnlySpan<EventData> events, ref long eventBytes, ref long nameCharacters)
    {
        for (int i = 0; i < events.Length; i++)
        {
            ref readonly EventData data = ref events[i];
            string type = data.Type;
            if (string.IsNullOrEmpty(type) || (type.Length > TypeCharactersSafe && IsTypeTooLong(type)))
                throw new ArgumentException(
                    $"the type of event {i} (\"{type}\") must have 1 to {JournalLimits.TypeBytesMax} bytes of UTF-8", nameof(events));
            long bytes = (long)data.Data.Length + data.Metadata.Length;
            if (bytes > JournalLimits.EventBytesMax)
                throw new EventStoreException(EventStoreErrorKind.TooLarge,
                    $"event {i} of type {type} has {bytes} bytes, at most {JournalLimits.EventBytesMax} are allowed");
            eventBytes += bytes;
            nameCharacters += type.Length;
        }
    }

    private static bool IsTypeTooLong(string type) => Encoding.UTF8.GetByteCount(type) > JournalLimits.TypeBytesMax;

    private static int CheckSize(long parts, long events, long eventBytes, long nameCharacters)
    {
        if (events > JournalLimits.AppendEventsMax)
            throw new EventStoreException(EventStoreErrorKind.TooLarge,
                $"the append has {events} events, at most {JournalLimits.AppendEventsMax} are allowed");
        if (eventBytes > JournalLimits.AppendBytesMax)
            throw new EventStoreException(EventStoreErrorKind.TooLarge,
                $"the events of the append have {eventBytes} bytes, at most {JournalLimits.AppendBytesMax} are allowed");
        return (int)GroupBuffer.FrameBytesMax(parts, events, eventBytes, nameCharacters);
    }
}
