using Interstice.Journal.Index;
using Interstice.Journal.Segments;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Reading;

/// <summary>Reads the whole log from newer to older, a stretch of frames at a time. One thread.</summary>
internal sealed class AllBackwards : IDisposable
{
    private readonly Log _log;
    private readonly EventFilter _filter;
    private readonly FrameWindow _window;
    private readonly EventBatch _batch = new();
    private readonly Segment[] _segments;
    private FrameCursor _cursor;
    private int _segmentIndex;
    private ulong _before;

    /// <summary>Makes a reader of the events before a position.</summary>
    public AllBackwards(Log log, ulong before, EventFilter filter)
    {
        _log = log;
        _filter = filter;
        _window = new FrameWindow(log);
        _segments = log.Segments;
        _before = before;
        _segmentIndex = Log.IndexOf(_segments, before);
    }

    /// <summary>Whether everything has been looked at.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>Reads on.</summary>
    /// <returns>Events, newest first, borrowed until the next call; none when none of a stretch passed the filter or there are no
    /// more.</returns>
    public ReadOnlyMemory<RecordedEvent> Next()
    {
        _batch.Clear();
        Segment segment = _segments[_segmentIndex];
        long tail = segment.DataEnd;
        long before = _before <= segment.BasePosition ? 0 : (long)Math.Min(_before - segment.BasePosition, (ulong)tail);
        if (before <= SegmentHeader.Bytes)
        {
            IsAtEnd = _segmentIndex == 0;
            if (_segmentIndex > 0) _segmentIndex--;
            return default;
        }

        long start;
        lock (_log.IndexLock) start = segment.FrameAtOrBeforeLocked(before - 1);
        Decode(segment, start, before, tail);
        _before = segment.PositionOf(start);
        _batch.Span.Reverse();
        return _batch.Memory;
    }

    public void Dispose()
    {
        _batch.Dispose();
        _window.Dispose();
    }

    private void Decode(Segment segment, long start, long before, long tail)
    {
        long offset = start;
        int stretch = (int)Math.Min(tail - start, before - start + ReadAhead.BytesMax);
        try
        {
            while (offset < before)
            {
                if (!_window.TryGet(segment, offset, out int at, out int length))
                {
                    // One load must hold the whole stretch, since the events point into it.
                    _batch.Clear();
                    if (offset != start) stretch = (int)Math.Min(tail - start, 2L * stretch);
                    offset = start;
                    _window.Load(segment, start, stretch);
                    continue;
                }

                _cursor.Begin(segment, _window.Buffer, at, length, offset + FrameFormat.HeaderBytes);
                while (_cursor.NextPart()) AddPart(segment.PositionOf(before));
                offset += FrameFormat.HeaderBytes + length;
            }
        }
        catch (FrameContentException e)
        {
            throw _window.Damage(segment, offset, e);
        }
    }

    private void AddPart(ulong before)
    {
        Span<RecordedEvent> destination = _batch.Room(_cursor.EventsLeft);
        int read = _cursor.Read(destination);
        int kept = 0;
        foreach (ref readonly RecordedEvent recorded in destination[..read])
        {
            if (recorded.Position.Commit >= before) break;
            if (_filter.Matches(recorded.Stream, recorded.Type)) destination[kept++] = recorded;
        }

        _batch.Add(kept);
    }
}
