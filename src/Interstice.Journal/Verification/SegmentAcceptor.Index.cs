using System.Buffers;
using System.Buffers.Binary;
using System.Text;
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
    private readonly ArrayBufferWriter<byte> _index = new();
    private IndexedStream[] _streams = [];
    private int _streamCount;
    private long _recentCount;
    private long _earliestUs;
    private long _latestUs;
    private int _matched;

    private bool IsIndexMatched => _matched == _index.WrittenCount;

    private void BeginIndex()
    {
        _types.Clear();
        _map.Clear();
        _names.Clear();
        _recent.Clear();
        _index.ResetWrittenCount();
        if (_streams.Length > KeptStreams) _streams = [];
        (_streamCount, _recentCount, _matched) = (0, 0, 0);
        (_earliestUs, _latestUs) = (long.MaxValue, long.MinValue);
    }

    private bool TryAddStream(StreamName name)
    {
        if (!_names.Add(name)) return false;
        if (_streamCount == _streams.Length) Array.Resize(ref _streams, Math.Max(16, 2 * _streamCount));
        (_streams[_streamCount++] ??= new IndexedStream()).Begin(name);
        return true;
    }

    private void AddFrame(long offset, long recordedUs)
    {
        _earliestUs = Math.Min(_earliestUs, recordedUs);
        _latestUs = Math.Max(_latestUs, recordedUs);
        if (_map.Count == 0 || offset - _map[^1] >= Segment.MapBytes) _map.Add(offset);
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
        ReadOnlySpan<byte> left = _index.WrittenSpan[_matched..];
        _matched += found.Length;
        return left.StartsWith(found);
    }

    // As FooterWriter makes it; false when a stream has a name and no frame.
    private bool TryMakeIndex()
    {
        AddInt64(_earliestUs);
        AddInt64(_latestUs);
        AddNumber(_streamCount);
        int settings = 0;
        for (int code = 0; code < _streamCount; code++)
        {
            IndexedStream stream = _streams[code];
            if (stream.Entries == 0) return false;
            if (stream.IsSettings) settings++;
            AddName(stream.Accepted.Name.Value);
            AddNumber(stream.First);
            AddNumber(stream.Next - stream.First);
            AddNumber(stream.Entries);
            AddNumber(stream.Frames.Length);
        }

        AddNumber(_types.Count);
        foreach (string type in _types) AddName(type);
        AddMap();
        AddSettings(settings);
        for (int code = 0; code < _streamCount; code++) _index.Write(_streams[code].Frames);
        AddRecents();
        return true;
    }

    private void AddMap()
    {
        AddNumber(_map.Count);
        long last = 0;
        foreach (long offset in _map)
        {
            AddNumber(offset - last);
            last = offset;
        }
    }

    private void AddSettings(int count)
    {
        AddNumber(count);
        for (int code = 0; count > 0 && code < _streamCount; code++)
        {
            if (_streams[code].Accepted.Settings is not { } settings) continue;
            byte[] json = MetadataJson.Write(settings);
            AddNumber(code);
            AddNumber(json.Length);
            _index.Write(json);
        }
    }

    private void AddRecents()
    {
        long count = Math.Min(_recentCount, RecentAppends.Capacity);
        AddNumber(count);
        for (long i = _recentCount - count; i < _recentCount; i++)
        {
            (Guid id, int code, long revision) = _recent[(int)(i % RecentAppends.Capacity)];
            id.TryWriteBytes(_index.GetSpan(IdBytes));
            _index.Advance(IdBytes);
            AddNumber(code);
            AddNumber(revision);
        }
    }

    private void AddName(string name)
    {
        AddNumber(Encoding.UTF8.GetByteCount(name));
        Encoding.UTF8.GetBytes(name, _index);
    }

    private void AddNumber(long value)
    {
        int length = 0;
        Varint.Write(_index.GetSpan(Varint.BytesMax), ref length, (ulong)value);
        _index.Advance(length);
    }

    private void AddInt64(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_index.GetSpan(sizeof(long)), value);
        _index.Advance(sizeof(long));
    }
}
