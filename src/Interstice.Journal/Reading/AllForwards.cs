using Interstice.Journal.Index;
using Interstice.Journal.Segments;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Reading;

/// <summary>Reads the whole log from older to newer. One thread; may be asked again when the log has grown.</summary>
internal sealed class AllForwards : IDisposable
{
    private const int LoadBytes = 256 * 1024;

    private readonly Log _log;
    private readonly EventFilter _filter;
    private readonly ulong _from;
    private readonly FrameWindow _window;
    private readonly EventBatch _batch = new();
    private FrameCursor _cursor;
    private Segment[] _segments;
    private int _segmentIndex;
    private long _offset;
    private long _nextOffset;
    private bool _isInFrame;

    /// <summary>Makes a reader of the events at a position and after it.</summary>
    public AllForwards(Log log, ulong from, EventFilter filter)
    {
        _log = log;
        _filter = filter;
        _from = from;
        _window = new FrameWindow(log);
        _segments = log.Segments;
        _segmentIndex = Log.IndexOf(_segments, from);
        Segment segment = _segments[_segmentIndex];
        long offset = (long)Math.Min(from - Math.Min(from, segment.BasePosition), (ulong)segment.Tail);
        lock (log.IndexLock) _offset = segment.FrameAtOrBeforeLocked(offset);
    }

    /// <summary>Position of the last event that was looked at, wanted or not; null before the first.</summary>
    public ulong? Examined { get; private set; }

    /// <summary>Whether everything below the limit of the last call has been looked at.</summary>
    public bool IsAtEnd { get; private set; }

    private Segment Segment => _segments[_segmentIndex];

    /// <summary>Reads on.</summary>
    /// <param name="limit">Where to stop: a position after a frame.</param>
    /// <param name="eventsMax">Most events to hand out.</param>
    /// <returns>Events, borrowed until the next call; none when the end was reached, or when none of a good many passed the filter.
    /// </returns>
    public ReadOnlyMemory<RecordedEvent> Next(ulong limit, long eventsMax)
    {
        _batch.Clear();
        IsAtEnd = false;
        int room = (int)Math.Min(eventsMax, EventBatch.EventsMax);
        int loads = 0;
        try
        {
            while (_batch.Count < room)
            {
                if (!_isInFrame && !TryEnterFrame(limit, ref loads)) break;
                if (_cursor.EventsLeft == 0 && !_cursor.NextPart())
                {
                    _isInFrame = false;
                    _offset = _nextOffset;
                    continue;
                }

                ReadPart(room);
            }
        }
        catch (FrameContentException e)
        {
            throw _window.Damage(Segment, _offset, e);
        }

        return _batch.Memory;
    }

    public void Dispose()
    {
        _batch.Dispose();
        _window.Dispose();
    }

    // False when the batch must be handed out first, or the end is reached.
    private bool TryEnterFrame(ulong limit, ref int loads)
    {
        while (true)
        {
            bool isSealed = Segment.IsSealed; // before its tail, which does not move afterwards
            if (Segment.PositionOf(_offset) >= limit || _offset >= Segment.DataEnd)
            {
                if (isSealed && _offset >= Segment.DataEnd && TryEnterNextSegment()) continue;
                IsAtEnd = true;
                return false;
            }

            if (!_window.TryGet(Segment, _offset, out int at, out int length))
            {
                if (_batch.Count > 0 || loads++ > 0) return false;
                _window.Load(Segment, _offset, LoadBytes);
                continue;
            }

            _nextOffset = _offset + FrameFormat.HeaderBytes + length;
            _cursor.Begin(Segment, _window.Buffer, at, length, _offset + FrameFormat.HeaderBytes);
            _isInFrame = true;
            return true;
        }
    }

    private bool TryEnterNextSegment()
    {
        if (_segmentIndex + 1 == _segments.Length) _segments = _log.Segments;
        if (_segmentIndex + 1 == _segments.Length) return false;
        _segmentIndex++;
        _offset = SegmentHeader.Bytes;
        return true;
    }

    private void ReadPart(int room)
    {
        if (_filter is EventFilter.StreamPrefix && !_filter.Matches(_cursor.Stream.Name, string.Empty))
        {
            // Only the last one's position is of use: it is where a subscription can resume.
            _cursor.Skip(_cursor.EventsLeft - 1);
            Span<RecordedEvent> last = _batch.Room(1)[..1];
            _cursor.Read(last);
            Examined = last[0].Position.Commit;
            return;
        }

        Span<RecordedEvent> destination = _batch.Room(Math.Min(room - _batch.Count, _cursor.EventsLeft));
        int read = _cursor.Read(destination);
        Examined = destination[read - 1].Position.Commit;
        if (_filter is EventFilter.TypePrefix || destination[0].Position.Commit < _from)
            read = Compact(destination[..read]);
        _batch.Add(read);
    }

    private int Compact(Span<RecordedEvent> events)
    {
        int kept = 0;
        foreach (ref readonly RecordedEvent recorded in events)
        {
            if (recorded.Position.Commit < _from || !_filter.Matches(recorded.Stream, recorded.Type)) continue;
            events[kept++] = recorded;
        }

        return kept;
    }
}
