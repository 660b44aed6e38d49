using Interstice.Journal.Index;
using Interstice.Journal.Segments;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Reading;

/// <summary>Reads one stream from newer to older. One thread.</summary>
/// <param name="log">The log.</param>
/// <param name="stream">The stream.</param>
/// <param name="from">Revision to begin with, durable.</param>
/// <param name="first">Lowest revision wanted.</param>
/// <param name="oldestUs">Frames recorded before this are passed over.</param>
internal sealed class StreamBackwards(
    Log log, StreamEntry stream, long from, long first, long oldestUs = long.MinValue) : IDisposable
{
    private readonly FrameWindow _window = new(log);
    private readonly EventBatch _batch = new();
    private readonly FrameEntry[] _entries = new FrameEntry[FrameList.BlockEntries];
    private FrameCursor _cursor;
    private long _lowest;

    /// <summary>The next revision that will be handed out.</summary>
    public long Revision { get; private set; } = from;

    /// <summary>Reads on.</summary>
    /// <param name="eventsMax">Most events wanted.</param>
    /// <returns>Events, newest first, borrowed until the next call; none when there are no more.</returns>
    public ReadOnlyMemory<RecordedEvent> Next(long eventsMax)
    {
        _batch.Clear();
        while (_batch.Count == 0 && Revision >= first && TryNext(eventsMax))
        {
        }

        return _batch.Memory;
    }

    public void Dispose()
    {
        _batch.Dispose();
        _window.Dispose();
    }

    private bool TryNext(long eventsMax)
    {
        long revision = Revision;
        int count = log.CopyBackwards(stream, ref revision, _entries, out Segment? segment);
        Revision = revision;
        if (count == 0 || Revision < first) return false;

        // From the newest frame back, as many as are wanted and lie close together; loaded at once, decoded forwards.
        int used = 1;
        long events = Revision - _entries[0].FirstRevision + 1;
        while (used < count && events < eventsMax && _entries[0].Offset - _entries[used].Offset <= ReadAhead.BytesMax)
            events += _entries[used++].Events;
        Span<FrameEntry> entries = _entries.AsSpan(0, used);
        entries.Reverse();
        long wanted = Math.Max(first, eventsMax > Revision ? 0 : Revision - eventsMax + 1);
        _lowest = Revision + 1;
        foreach (FrameEntry entry in entries)
            if (entry.FirstRevision + entry.Events > wanted)
                Decode(segment!, entry, (int)(entries[^1].Offset - entry.Offset), wanted);
        _batch.Span.Reverse();
        Revision = _lowest - 1;
        return true;
    }

    private void Decode(Segment segment, FrameEntry entry, int bytesToLast, long wanted)
    {
        try
        {
            if (!_window.TryGet(segment, entry.Offset, out int at, out int length))
            {
                // Where something was decoded already, this is the newest frame, longer than was guessed. It is handed out
                // alone; what was decoded is older and is read again later.
                _batch.Clear();
                _lowest = Revision + 1;
                _window.Load(segment, entry.Offset, bytesToLast + ReadAhead.FrameBytesGuess);
                _window.TryGet(segment, entry.Offset, out at, out length);
            }

            _cursor.Begin(segment, _window.Buffer, at, length, entry.Offset + FrameFormat.HeaderBytes);
            while (_cursor.NextPart())
            {
                if (_cursor.Stream != stream) continue;
                _lowest = Math.Min(_lowest, Math.Max(wanted, _cursor.Revision));
                if (_cursor.RecordedUs < oldestUs) return;
                if (_cursor.Revision < wanted) _cursor.Skip((int)(wanted - _cursor.Revision));
                int events = (int)Math.Min(_cursor.EventsLeft, Revision - _cursor.Revision + 1);
                _batch.Add(_cursor.Read(_batch.Room(events)[..events]));
                return;
            }
        }
        catch (FrameContentException e)
        {
            throw _window.Damage(segment, entry.Offset, e);
        }
    }
}
