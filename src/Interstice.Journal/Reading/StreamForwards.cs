using Interstice.Journal.Index;
using Interstice.Journal.Segments;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Reading;

/// <summary>Reads one stream from older to newer, touching only frames that hold its events. One thread; may be asked again when
/// the stream has grown.</summary>
/// <param name="log">The log.</param>
/// <param name="stream">The stream.</param>
/// <param name="from">First revision wanted.</param>
/// <param name="oldestUs">Frames recorded before this are passed over.</param>
internal sealed class StreamForwards(Log log, StreamEntry stream, long from, long oldestUs = long.MinValue) : IDisposable
{
    private readonly FrameWindow _window = new(log);
    private readonly EventBatch _batch = new();
    private readonly FrameEntry[] _entries = new FrameEntry[FrameList.BlockEntries];
    private FrameCursor _cursor;
    private Segment? _segment;
    private int _entryAt;
    private int _entryCount;
    private bool _isInFrame;

    /// <summary>The next revision that will be handed out.</summary>
    public long Revision { get; private set; } = from;

    /// <summary>Reads on.</summary>
    /// <param name="end">Revision to stop before, at most one after the last durable one.</param>
    /// <param name="eventsMax">Most events to hand out, 1 or more.</param>
    /// <returns>Events, borrowed until the next call; none when <paramref name="end"/> is reached.</returns>
    public ReadOnlyMemory<RecordedEvent> Next(long end, long eventsMax)
    {
        _batch.Clear();
        int room = (int)Math.Min(eventsMax, EventBatch.EventsMax);
        try
        {
            while (_batch.Count < room && Revision < end)
            {
                if (!_isInFrame && !TryEnterFrame(eventsMax)) break;
                if (Revision >= end) break; // entering passed over revisions that were lost
                if (_cursor.EventsLeft == 0)
                {
                    _isInFrame = false;
                    _entryAt++;
                    continue;
                }

                int count = (int)Math.Min(Math.Min(room - _batch.Count, _cursor.EventsLeft), end - Revision);
                int read = _cursor.Read(_batch.Room(count)[..count]);
                _batch.Add(read);
                Revision += read;
            }
        }
        catch (FrameContentException e)
        {
            throw _window.Damage(_segment!, _entries[_entryAt].Offset, e);
        }

        return _batch.Memory;
    }

    public void Dispose()
    {
        _batch.Dispose();
        _window.Dispose();
    }

    private bool TryEnterFrame(long wanted)
    {
        if (_entryAt == _entryCount)
        {
            _entryAt = 0;
            _entryCount = log.CopyForwards(stream, Revision, _entries, out _segment);
            if (_entryCount == 0) return false;
        }

        FrameEntry entry = _entries[_entryAt];
        if (!_window.TryGet(_segment!, entry.Offset, out int at, out int length))
        {
            if (_batch.Count > 0) return false;
            ReadOnlySpan<FrameEntry> ahead = _entries.AsSpan(_entryAt, _entryCount - _entryAt);
            _window.Load(_segment!, entry.Offset, ReadAhead.Bytes(ahead, wanted));
            _window.TryGet(_segment!, entry.Offset, out at, out length);
        }

        _cursor.Begin(_segment!, _window.Buffer, at, length, entry.Offset + FrameFormat.HeaderBytes);
        while (_cursor.NextPart())
        {
            if (_cursor.Stream != stream) continue;
            bool isTooOld = _cursor.RecordedUs < oldestUs;
            _cursor.Skip(isTooOld ? _cursor.EventsLeft : (int)Math.Max(0, Revision - _cursor.Revision));
            Revision = _cursor.Revision;
            _isInFrame = true;
            return true;
        }

        throw new FrameContentException("the part of the stream that the index names", 0);
    }
}
