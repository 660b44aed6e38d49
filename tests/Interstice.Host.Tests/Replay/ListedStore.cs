using System.Runtime.CompilerServices;
using Interstice.Kernel.Events;

namespace Interstice.Host.Tests.Replay;

/// <summary>A store with one stream, read only: a list of events, handed out in pieces of any length by threads that come and go at
/// any time, from memory that is overwritten when the next piece is asked for.</summary>
internal sealed class ListedStore(IReadOnlyList<RecordedEvent> events, int seed) : IEventStore
{
    private readonly Random _random = new(seed);
    private readonly Lock _lock = new();
    private int _reads;

    /// <summary>Reading this revision fails; null for none.</summary>
    public Revision? FailsAt { get; init; }

    /// <summary>One reader more is refused.</summary>
    public int ReadersMax { get; init; } = int.MaxValue;

    /// <summary>Called before each piece.</summary>
    public Action BeforePiece { get; init; } = () => { };

    /// <summary>Reads that have begun and not ended.</summary>
    public int OpenReads => Volatile.Read(ref _reads);

    public bool CanAppendToSeveralStreams => false;

    public int AppendBytesMax => throw new NotSupportedException();

    public int EventBytesMax => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public async IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> ReadStreamAsync(
        StreamName stream,
        ReadDirection direction,
        Revision from,
        long maxCount = long.MaxValue,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        try
        {
            if (Interlocked.Increment(ref _reads) > ReadersMax)
                throw new EventStoreException(EventStoreErrorKind.Unavailable, "too many readers");
            int at = (int)from.Value;
            long end = Math.Min(events.Count, from.Value + maxCount);
            while (at < end)
            {
                cancellationToken.ThrowIfCancellationRequested();
                BeforePiece();
                for (int yields = Next(4); yields > 0; yields--) await Task.Yield();
                int count = (int)Math.Min(Next(40) + 1, end - at);
                if (FailsAt is { } bad && bad.Value >= at && bad.Value < at + count) count = (int)bad.Value - at;
                if (count == 0) throw new EventStoreException(EventStoreErrorKind.Unavailable, $"revision {at} cannot be read");
                RecordedEvent[] piece = [.. events.Skip(at).Take(count).Select(Borrow)];
                yield return piece;
                foreach (RecordedEvent recorded in piece) Overwrite(recorded);
                at += count;
            }
        }
        finally
        {
            Interlocked.Decrement(ref _reads);
        }
    }

    public ValueTask<Revision> GetLastRevisionAsync(StreamName stream, CancellationToken cancellationToken = default) =>
        new(new Revision(events.Count - 1));

    public ValueTask<AppendResult> AppendAsync(
        StreamName stream,
        ExpectedRevision expected,
        ReadOnlyMemory<EventData> events,
        CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<AppendResult>> AppendAsync(
        ReadOnlyMemory<StreamAppend> appends, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> ReadAllAsync(
        ReadDirection direction,
        Position from,
        EventFilter filter,
        long maxCount = long.MaxValue,
        CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public IAsyncEnumerable<SubscriptionMessage> SubscribeToStreamAsync(
        StreamName stream, Revision after, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public IAsyncEnumerable<SubscriptionMessage> SubscribeToAllAsync(
        Position? after, EventFilter filter, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<StreamMetadata> GetMetadataAsync(StreamName stream, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public ValueTask<AppendResult> SetMetadataAsync(
        StreamName stream,
        ExpectedRevision expected,
        StreamMetadata metadata,
        CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<DeleteResult> DeleteAsync(
        StreamName stream,
        ExpectedRevision expected,
        DeletionKind kind,
        CancellationToken cancellationToken = default) => throw new NotSupportedException();

    private static RecordedEvent Borrow(RecordedEvent recorded) =>
        recorded with { Data = recorded.Data.ToArray(), Metadata = recorded.Metadata.ToArray() };

    private static void Overwrite(RecordedEvent recorded)
    {
        System.Runtime.InteropServices.MemoryMarshal.AsMemory(recorded.Data).Span.Fill(0xEE);
        System.Runtime.InteropServices.MemoryMarshal.AsMemory(recorded.Metadata).Span.Fill(0xEE);
    }

    private int Next(int below)
    {
        lock (_lock) return _random.Next(below);
    }
}
