using System.Runtime.CompilerServices;
using Interstice.Journal.Index;
using Interstice.Journal.Segments;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Verification;

internal sealed partial class SegmentAcceptor
{
    // What more streams than this need is given back when the segment ends.
    private const int KeptStreams = 1 << 16;

    private readonly List<string> _types = [];
    private readonly List<long> _map = [];
    private readonly HashSet<StreamName> _names = [];
    private readonly List<(Guid Id, int Code, long Revision)> _recent = [];
    private readonly FooterBytes _index = new();
    private IndexedStream[] _streams = [];
    private int _streamCount;
    private long _recentCount;
    private long _earliestUs;
    private long _latestUs;
    private int _matched;
    private long _nextInMap;

    private bool IsIndexMatched => _matched == _index.Count;

    private void BeginIndex()
    {
        _types.Clear();
        _map.Clear();
        _names.Clear();
        _recent.Clear();
        _index.Clear();
        if (_streams.Length > KeptStreams) _streams = [];
        (_streamCount, _recentCount, _matched, _nextInMap) = (0, 0, 0, 0);
        (_earliestUs, _latestUs) = (long.MaxValue, long.MinValue);
    }

    private bool TryAddStream(StreamName name)
    {
        if (!_names.Add(name)) return false;
        if (_streamCount == _streams.Length) Array.Resize(ref _streams, Math.Max(16, 2 * _streamCount));
        (_streams[_streamCount++] ??= new IndexedStream()).Begin(name);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AddFrame(long offset, long recordedUs)
    {
        if (recordedUs < _earliestUs) _earliestUs = recordedUs;
        if (recordedUs > _latestUs) _latestUs = recordedUs;
        if (offset >= _nextInMap) AddToMap(offset);
    }

    private void AddToMap(long offset)
    {
        _map.Add(offset);
        _nextInMap = offset + Segment.MapBytes;
    }

    // A segment without an index may name streams that it has no events of: they say nothing.
    private List<AcceptedStream> ListStreams()
    {
        List<AcceptedStream> streams = new(_streamCount);
        for (int code = 0; code < _streamCount; code++)
            if (_streams[code].Entries > 0) streams.Add(_streams[code].Accepted);
        return streams;
    }

    private bool TryMatchIndex(ReadOnlySpan<byte> found)
    {
        ReadOnlySpan<byte> left = _index.Written[_matched..];
        _matched += found.Length;
        return left.StartsWith(found);
    }

    // As FooterWriter makes it; false when a stream has a name and no frame.
    private bool TryMakeIndex()
    {
        _index.AddInt64(_earliestUs);
        _index.AddInt64(_latestUs);
        _index.AddNumber(_streamCount);
        int settings = 0;
        for (int code = 0; code < _streamCount; code++)
        {
            IndexedStream stream = _streams[code];
            if (stream.Entries == 0) return false;
            if (stream.IsSettings) settings++;
            _index.AddName(stream.Accepted.Name.Value);
            _index.AddNumber(stream.First);
            _index.AddNumber(stream.Next - stream.First);
            _index.AddNumber(stream.Entries);
            _index.AddNumber(stream.Frames.Length);
        }

        _index.AddNumber(_types.Count);
        foreach (string type in _types) _index.AddName(type);
        AddMap();
        AddSettings(settings);
        for (int code = 0; code < _streamCount; code++) _index.Add(_streams[code].Frames);
        AddRecents();
        return true;
    }

    private void AddMap()
    {
        _index.AddNumber(_map.Count);
        long last = 0;
        foreach (long offset in _map)
        {
            _index.AddNumber(offset - last);
            last = offset;
        }
    }

    private void AddSettings(int count)
    {
        _index.AddNumber(count);
        for (int code = 0; count > 0 && code < _streamCount; code++)
            if (_streams[code].Accepted.Settings is { } settings) _index.AddSettings(code, settings);
    }

    private void AddRecents()
    {
        long count = Math.Min(_recentCount, RecentAppends.Capacity);
        _index.AddNumber(count);
        for (long i = _recentCount - count; i < _recentCount; i++)
        {
            (Guid id, int code, long revision) = _recent[(int)(i % RecentAppends.Capacity)];
            _index.AddRecent(id, code, revision);
        }
    }
}
