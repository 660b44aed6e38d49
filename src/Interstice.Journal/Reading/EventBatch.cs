using System.Buffers;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Reading;

/// <summary>Pooled room for the events that a reader hands out next.</summary>
internal sealed class EventBatch : IDisposable
{
    /// <summary>How many events are handed out at once at most, where the reader can choose.</summary>
    public const int EventsMax = 1024;

    private RecordedEvent[] _events = [];

    public int Count { get; private set; }

    public ReadOnlyMemory<RecordedEvent> Memory => _events.AsMemory(0, Count);

    public Span<RecordedEvent> Span => _events.AsSpan(0, Count);

    /// <summary>The room that is left, after making it so large at least.</summary>
    public Span<RecordedEvent> Room(int events)
    {
        if (_events.Length - Count < events)
        {
            RecordedEvent[] larger = ArrayPool<RecordedEvent>.Shared.Rent(Math.Max(Count + events, 2 * _events.Length));
            Span.CopyTo(larger);
            Return();
            _events = larger;
        }

        return _events.AsSpan(Count, events);
    }

    /// <summary>Takes over events that were written into the room.</summary>
    public void Add(int events) => Count += events;

    public void Clear() => Count = 0;

    /// <summary>Drops all but some events in the middle.</summary>
    public void Keep(int from, int count)
    {
        if (from > 0) _events.AsSpan(from, count).CopyTo(_events);
        Count = count;
    }

    public void Dispose()
    {
        Return();
        _events = [];
        Count = 0;
    }

    // Cleared, so that the pool keeps neither names nor buffers alive.
    private void Return()
    {
        if (_events.Length > 0) ArrayPool<RecordedEvent>.Shared.Return(_events, clearArray: true);
    }
}
