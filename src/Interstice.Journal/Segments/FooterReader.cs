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
    private readonly List<int> _codes = []; // whose list each head is of
    private readonly List<string> _types = [];
    private readonly List<uint> _map = [];
    private readonly List<(int Code, StreamMetadata Metadata)> _settings = [];
    private int _at;
    private SegmentLists? _lists;
    private long[] _lastOffsets = [];
    private long _events;
    private long _earliestUs;
    private long _latestUs;
    private long _lastHole;

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
        reader.ReadStreams();
        reader.ExpectEntered(log);
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
            foreach (StreamName name in _names) _segment.Streams.Add(log.FindOrAdd(name));
            for (int i = 0; i < _heads.Count; i++)
            {
                if (_heads[i].Entries == 0) continue;
                StreamEntry stream = _segment.Streams[(ulong)_codes[i]]!;
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
        if (_lastHole == 0) return;
        _segment.LastHole = _lastHole;
        log.LastHole = _segment.PositionOf(_lastHole);
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
        ReadStreams();
        ExpectFollowing(log);
        ReadUpToRuns();
        ReadRuns();
        RecentCount = Count();
        int recentAt = _at;
        for (int left = RecentCount; left > 0; left--) ReadRecent();
        int rest = _bytes.Length - _at;
        if (rest > FooterWriter.PaddingMax(_segment.Header) || _bytes.AsSpan(_at).ContainsAnyExcept((byte)0)) throw Bad("end of the index");
        _bytes = _bytes.AsSpan(recentAt).ToArray(); // the rest is not kept
    }

    private void ReadHead()
    {
        _earliestUs = ReadInt64();
        _latestUs = ReadInt64();
        if (!_segment.Header.HasHoles) return;
        _lastHole = Number(_dataEnd);
        if (_lastHole is > 0 and < SegmentHeader.Bytes) throw Bad("place of the last hole");
    }

    private void ReadUpToRuns()
    {
        for (int left = Count(); left > 0; left--) _types.Add(FrameDefinitions.Name(_bytes, ref _at));
        ReadMap();
        ReadSettings();
    }

    private void ReadStreams()
    {
        HashSet<StreamName> seen = [];
        for (int left = Count(); left > 0; left--)
        {
            StreamName name = FrameDefinitions.StreamName(_bytes, ref _at);
            if (!seen.Add(name)) throw Bad($"name of stream {name}");
            _names.Add(name);
            AddHead(_names.Count - 1, Number(long.MaxValue));
            if (_heads[^1].Entries == 0 && !_segment.Header.HasHoles) throw Bad($"number of frames of stream {name}");
        }

        if (_segment.Header.HasHoles) ReadFurtherRuns();
    }

    // Each begins behind a gap, and they stand in the order of their streams.
    private void ReadFurtherRuns()
    {
        long[] ends = [.. _heads.Select(head => head.End)];
        int last = 0;
        for (int left = Count(); left > 0; left--)
        {
            int code = Code();
            long gap = Number(long.MaxValue - ends[code]);
            if (gap == 0 || code < last || _heads[code].Entries == 0) throw Bad($"gap of stream {_names[code]}");
            AddHead(code, ends[code] + gap);
            if (_heads[^1].Entries == 0) throw Bad($"number of frames of stream {_names[code]}");
            ends[code] = _heads[^1].End;
            last = code;
        }
    }

    private void AddHead(int code, long first)
    {
        long events = Number(long.MaxValue - first);
        int entries = (int)Number(int.MaxValue);
        int bytes = (int)Number(_bytes.Length);
        _heads.Add(new FrameListHead(bytes, entries, first, first + events));
        _codes.Add(code);
        _events += events;
    }

    // Behind a hole a stream may go on with a later revision.
    private void ExpectFollowing(Log log)
    {
        for (int code = 0; code < _names.Count; code++)
        {
            long first = _heads[code].First;
            if (_heads[code].Entries == 0 || log.MayFollow(_names[code], first)) continue;
            if (_lastHole == 0 || first <= (log.Find(_names[code])?.Written ?? Revision.None.Value))
                throw Bad($"first revision of stream {_names[code]}");
        }
    }

    private void ExpectEntered(Log log)
    {
        Dictionary<int, FrameListHead> last = [];
        for (int i = 0; i < _heads.Count; i++)
            if (_heads[i].Entries > 0) last[_codes[i]] = _heads[i];
        for (int code = 0; code < _names.Count; code++)
        {
            StreamEntry? stream = _segment.Streams[(ulong)code];
            if (stream is null || stream.Name != _names[code]) throw Bad($"name of stream {_names[code]}");
            lock (log.IndexLock)
            {
                StreamRun? run = stream.RunInLocked(_segment);
                bool isSame = last.TryGetValue(code, out FrameListHead head)
                    ? run?.FirstRevision == head.First && run.EndRevision == head.End
                    : run is null;
                if (!isSame) throw Bad($"first revision of stream {_names[code]}");
            }
        }
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
