using System.Buffers.Binary;
using Interstice.Journal.Index;
using Interstice.Journal.Recovery;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Segments;

/// <summary>The index of a sealed segment, read from its footers. Checked as a whole before any of it is entered into the log.
/// </summary>
internal sealed class FooterReader
{
    private readonly Segment _segment;
    private byte[] _bytes;
    private readonly long _dataEnd;
    private readonly List<StreamName> _names = [];
    private readonly List<FrameListHead> _heads = [];
    private readonly List<string> _types = [];
    private readonly List<uint> _map = [];
    private readonly List<(int Code, StreamMetadata Metadata)> _settings = [];
    private int _at;
    private SegmentLists? _lists;
    private long[] _lastOffsets = [];
    private long _events;
    private long _earliestUs;
    private long _latestUs;

    private FooterReader(Segment segment, byte[] bytes, long dataEnd)
    {
        _segment = segment;
        _bytes = bytes;
        _dataEnd = dataEnd;
    }

    /// <summary>Number of appends that expected no exact revision.</summary>
    public int RecentCount { get; private set; }

    /// <summary>Decodes an index.</summary>
    /// <param name="log">The log, of which all earlier segments are entered.</param>
    /// <param name="segment">The segment; nothing is entered into it yet.</param>
    /// <param name="bytes">The bodies of its footers, one after the other.</param>
    /// <param name="seal">Its seal.</param>
    /// <exception cref="FrameContentException">It is not what a writer writes, or disagrees with the seal or with the segments before.
    /// </exception>
    public static FooterReader Read(Log log, Segment segment, byte[] bytes, in SegmentSeal seal)
    {
        FooterReader reader = new(segment, bytes, seal.DataEnd);
        reader.ReadAll(log);
        if (reader._events != seal.Events) throw reader.Bad("number of events");
        return reader;
    }

    /// <summary>Decodes the frame lists of an index that was entered before.</summary>
    /// <param name="log">The log.</param>
    /// <param name="segment">The segment.</param>
    /// <param name="bytes">The bodies of its footers, one after the other.</param>
    /// <param name="seal">Its seal.</param>
    /// <exception cref="FrameContentException">It is not what a writer writes, or of other streams.</exception>
    public static SegmentLists ReadLists(Log log, Segment segment, byte[] bytes, in SegmentSeal seal)
    {
        FooterReader reader = new(segment, bytes, seal.DataEnd);
        reader.ReadHead();
        reader.ReadStreams(log, isKnown: true);
        if (reader._names.Count != segment.Streams.Count) throw reader.Bad("number of streams");
        reader.ReadUpToRuns();
        reader.ReadRuns();
        return reader._lists!;
    }

    /// <summary>Enters it into the log.</summary>
    public void Enter(Log log)
    {
        lock (log.IndexLock)
        {
            for (int i = 0; i < _names.Count; i++)
            {
                StreamEntry stream = log.FindOrAdd(_names[i]);
                _segment.Streams.Add(stream);
                stream.AddRunLocked(new StreamRun(_segment, i, _heads[i].First, _heads[i].End, _lastOffsets[i]));
                stream.Written = _heads[i].End - 1;
                stream.WrittenPosition = 0;
                stream.Last = stream.Written;
            }

            _segment.SetMapLocked(_map);
            log.PutListsLocked(_segment, _lists!);
            _lists = null;
        }

        foreach (string type in _types) _segment.Types.Add(log.TypeNames.Share(type));
        foreach ((int code, StreamMetadata metadata) in _settings)
            log.FindOrAdd(MetadataJson.TargetOf(_names[code])).Metadata = metadata;
        _segment.EarliestUs = _earliestUs;
        _segment.LatestUs = _latestUs;
    }

    /// <summary>Enters the appends that expected no exact revision; after <see cref="Enter"/>.</summary>
    public void EnterRecent(RecentAppends recent)
    {
        _at = 0;
        for (int left = RecentCount; left > 0; left--)
        {
            (Guid id, int code, long revision) = ReadRecent();
            recent.Add(id, _segment.Streams[(ulong)code]!, revision);
        }
    }

    private void ReadAll(Log log)
    {
        ReadHead();
        ReadStreams(log, isKnown: false);
        ReadUpToRuns();
        ReadRuns();
        RecentCount = Count();
        int recentAt = _at;
        for (int left = RecentCount; left > 0; left--) ReadRecent();
        if (_at != _bytes.Length) throw Bad("end of the index");
        _bytes = _bytes.AsSpan(recentAt).ToArray(); // the rest is not kept
    }

    private void ReadHead()
    {
        _earliestUs = ReadInt64();
        _latestUs = ReadInt64();
    }

    private void ReadUpToRuns()
    {
        for (int left = Count(); left > 0; left--) _types.Add(FrameDefinitions.Name(_bytes, ref _at));
        ReadMap();
        ReadSettings();
    }

    private void ReadStreams(Log log, bool isKnown)
    {
        HashSet<StreamName> seen = [];
        for (int left = Count(); left > 0; left--)
        {
            StreamName name = FrameDefinitions.StreamName(_bytes, ref _at);
            long first = Number(long.MaxValue);
            long events = Number(long.MaxValue - first);
            int entries = (int)Number(int.MaxValue);
            int bytes = (int)Number(_bytes.Length);
            bool isRight = isKnown ? IsEntered(log, name, first, first + events) : log.MayFollow(name, first);
            if (!seen.Add(name) || !isRight) throw Bad($"first revision of stream {name}");
            _names.Add(name);
            _heads.Add(new FrameListHead(bytes, entries, first, first + events));
            _events += events;
        }
    }

    private bool IsEntered(Log log, StreamName name, long first, long end)
    {
        if (_segment.Streams[(ulong)_names.Count] is not { } stream || stream.Name != name) return false;
        lock (log.IndexLock) return stream.RunInLocked(_segment) is { } run && run.FirstRevision == first && run.EndRevision == end;
    }

    private void ReadMap()
    {
        long offset = 0;
        for (int left = Count(); left > 0; left--)
        {
            offset += Number(_dataEnd);
            if (offset < SegmentHeader.Bytes || offset >= _dataEnd) throw Bad("place of a frame");
            _map.Add((uint)offset);
        }
    }

    private void ReadSettings()
    {
        for (int left = Count(); left > 0; left--)
        {
            int code = Code();
            int length = Varint.ReadLength(_bytes, ref _at);
            if (!MetadataJson.TryParse(_bytes.AsSpan(_at, length), out StreamMetadata metadata)
                || !MetadataJson.IsMetadataStream(_names[code]))
                throw Bad("settings of a stream");
            _at += length;
            _settings.Add((code, metadata));
        }
    }

    // The entries of all streams in memory of their own.
    private void ReadRuns()
    {
        long length = _heads.Sum(head => (long)head.Bytes);
        if (length > _bytes.Length - _at) throw Bad("length of the frame lists");
        byte[] runs = _bytes.AsSpan(_at, (int)length).ToArray();
        _lastOffsets = new long[_heads.Count];
        _lists = SegmentLists.Read(runs, _heads, _dataEnd, _lastOffsets, out int bad) ?? throw Bad($"frame list of stream {_names[bad]}");
        _at += runs.Length;
    }

    private (Guid Id, int Code, long Revision) ReadRecent()
    {
        if (_bytes.Length - _at < 16) throw Bad("id of an append");
        Guid id = new(_bytes.AsSpan(_at, 16));
        _at += 16;
        return (id, Code(), Number(long.MaxValue));
    }

    private int Code() => (int)Number(_names.Count - 1);

    private int Count() => Varint.ReadLength(_bytes, ref _at);

    private long Number(long max)
    {
        ulong value = Varint.Read(_bytes, ref _at);
        return max >= 0 && value <= (ulong)max ? (long)value : throw Bad("number");
    }

    private long ReadInt64()
    {
        if (_bytes.Length - _at < sizeof(long)) throw Bad("time");
        long value = BinaryPrimitives.ReadInt64LittleEndian(_bytes.AsSpan(_at));
        _at += sizeof(long);
        return value;
    }

    private FrameContentException Bad(string what) => new(what, _at);
}
