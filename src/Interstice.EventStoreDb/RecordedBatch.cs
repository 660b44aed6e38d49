using EventStore.Client;
using Interstice.Kernel.Events;
using Position = Interstice.Kernel.Events.Position;

namespace Interstice.EventStoreDb;

/// <summary>Gathers events until they are handed out. Its array is reused.</summary>
internal sealed class RecordedBatch
{
    private const int FirstEvents = 16;
    private const int EventsMax = 1024;
    private const long BytesMax = 1024 * 1024;

    private RecordedEvent[] _events = new RecordedEvent[FirstEvents];
    private StreamName _stream;
    private string? _streamText;
    private long _bytes;

    /// <summary>How many events wait.</summary>
    internal int Count { get; private set; }

    /// <summary>Whether it is time to hand them out.</summary>
    internal bool IsFull => Count == EventsMax || _bytes >= BytesMax;

    /// <summary>Adds an event.</summary>
    internal ref readonly RecordedEvent Add(EventRecord record)
    {
        if (Count == _events.Length) Array.Resize(ref _events, Math.Min(EventsMax, Count * 4));
        if (!string.Equals(_streamText, record.EventStreamId, StringComparison.Ordinal))
        {
            _streamText = record.EventStreamId;
            _stream = new StreamName(_streamText);
        }

        _bytes += record.Data.Length + record.Metadata.Length;
        _events[Count] = new RecordedEvent(
            record.EventId.ToGuid(),
            _stream,
            new Revision(record.EventNumber.ToInt64()),
            new Position(record.Position.CommitPosition, record.Position.PreparePosition),
            (record.Created.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond,
            record.EventType,
            record.ContentType == ContentTypes.Json,
            record.Data,
            record.Metadata);
        return ref _events[Count++];
    }

    /// <summary>What waits, until the next <see cref="Add"/>.</summary>
    internal ReadOnlyMemory<RecordedEvent> Take()
    {
        ReadOnlyMemory<RecordedEvent> taken = _events.AsMemory(0, Count);
        (Count, _bytes) = (0, 0);
        return taken;
    }
}
