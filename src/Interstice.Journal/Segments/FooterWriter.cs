using Interstice.Journal.Index;

namespace Interstice.Journal.Segments;

/// <summary>Writes the index of a segment as its footers keep it: a function of the frames before them and of nothing else, so that a
/// verifier can compare it byte by byte. Bytes: docs/formats/segment.md.</summary>
internal sealed class FooterWriter
{
    /// <summary>Most bytes of the index in one footer.</summary>
    public const int ChunkBytes = 1 << 20;

    // Less than what a frame needs: where the index takes the place of another one, a gap that no frame fills is left behind it.
    private const int PaddingBytesMax = FrameFormat.FrameBytesMin - 1;

    // One place of a frame is kept for so many bytes where there are holes, instead of for Segment.MapBytes.
    private const int ThinMapBytes = 256 * 1024;

    private readonly FooterBytes _bytes = new();
    private readonly Dictionary<StreamEntry, int> _codes = [];
    private readonly bool _hasHoles;

    private FooterWriter(bool hasHoles) => _hasHoles = hasHoles;

    /// <summary>Encodes the index of a segment that takes no more appends. On the thread that adds to it.</summary>
    public static byte[] Encode(Log log, Segment segment) => Encode(log, segment, segment.Header.HasHoles);

    /// <summary>As <see cref="Encode(Log, Segment)"/>, for a segment that will be of another version.</summary>
    public static byte[] Encode(Log log, Segment segment, bool hasHoles)
    {
        FooterWriter writer = new(hasHoles);
        lock (log.IndexLock) writer.AddLocked(log, segment);
        return writer._bytes.Written.ToArray();
    }

    /// <summary>Bytes of the footers that hold an index, with the heads of their frames.</summary>
    public static long FrameBytes(int indexBytes)
    {
        long frames = Math.Max(1, (indexBytes + ChunkBytes - 1) / ChunkBytes);
        return indexBytes + frames * FrameFormat.FrameBytesMin;
    }

    /// <summary>How many zeros may stand behind the index of a segment.</summary>
    public static int PaddingMax(in SegmentHeader header) => header.HasHoles ? PaddingBytesMax : 0;

    /// <summary>The index with zeros behind it, so that its footers fill a room exactly.</summary>
    /// <param name="index">The index.</param>
    /// <param name="room">How many bytes the footers shall take.</param>
    /// <returns>Null where they cannot.</returns>
    public static byte[]? Padded(byte[] index, long room)
    {
        long padding = room - FrameBytes(index.Length);
        if (padding == 0) return index;
        if (padding is < 0 or > PaddingBytesMax || FrameBytes(index.Length + (int)padding) != room) return null;
        Array.Resize(ref index, index.Length + (int)padding);
        return index;
    }

    private void AddLocked(Log log, Segment segment)
    {
        _bytes.AddInt64(segment.EarliestUs);
        _bytes.AddInt64(segment.LatestUs);
        if (_hasHoles) _bytes.AddNumber(segment.LastHole);
        List<(int Code, int At)> runs = SegmentRuns.ListLocked(segment);
        AddStreamsLocked(segment, runs);
        if (_hasHoles) AddFurtherRunsLocked(segment, runs);
        _bytes.AddNumber(segment.Types.Count);
        for (int code = 0; code < segment.Types.Count; code++) _bytes.AddName(segment.Types[(ulong)code]!);
        AddMapLocked(segment);
        AddSettings(log, segment, runs);
        foreach ((int Code, int At) place in runs)
            if (RunLocked(segment, place) is { } run) _bytes.Add(run.Own!.Encoded);
        _bytes.AddNumber(segment.Recent.Count);
        foreach (RecentAppend append in segment.Recent)
            _bytes.AddRecent(append.FirstId, _codes[append.Stream], append.FirstRevision);
    }

    private void AddStreamsLocked(Segment segment, List<(int Code, int At)> runs)
    {
        _bytes.AddNumber(segment.Streams.Count);
        for (int code = 0; code < segment.Streams.Count; code++)
        {
            StreamEntry stream = segment.Streams[(ulong)code]!;
            _codes.Add(stream, code);
            _bytes.AddName(stream.Name.Value);
            StreamRun? run = RunLocked(segment, runs[code]);
            _bytes.AddNumber(run?.FirstRevision ?? 0);
            AddLengths(run);
        }
    }

    // Of streams that lack revisions in the middle.
    private void AddFurtherRunsLocked(Segment segment, List<(int Code, int At)> runs)
    {
        _bytes.AddNumber(runs.Count - segment.Streams.Count);
        for (int list = segment.Streams.Count; list < runs.Count; list++)
        {
            (int code, int at) = runs[list];
            StreamRun run = RunLocked(segment, runs[list])!;
            _bytes.AddNumber(code);
            _bytes.AddNumber(run.FirstRevision - segment.Streams[(ulong)code]!.Runs[at - 1].EndRevision);
            AddLengths(run);
        }
    }

    private void AddLengths(StreamRun? run)
    {
        _bytes.AddNumber(run is null ? 0 : run.EndRevision - run.FirstRevision);
        _bytes.AddNumber(run?.Own!.Entries ?? 0);
        _bytes.AddNumber(run?.Own!.Encoded.Length ?? 0);
    }

    private void AddMapLocked(Segment segment)
    {
        IReadOnlyList<uint> places = _hasHoles ? Thinned(segment.MapEntriesLocked) : segment.MapEntriesLocked;
        _bytes.AddNumber(places.Count);
        long last = 0;
        foreach (uint offset in places)
        {
            _bytes.AddNumber(offset - last);
            last = offset;
        }
    }

    // The index of a segment that is written anew must find room where the old one stood, and streams with gaps take more of it.
    private static List<uint> Thinned(IReadOnlyList<uint> places)
    {
        List<uint> thinned = [];
        foreach (uint offset in places)
            if (thinned.Count == 0 || offset - thinned[^1] >= ThinMapBytes) thinned.Add(offset);
        return thinned;
    }

    private void AddSettings(Log log, Segment segment, List<(int Code, int At)> runs)
    {
        List<int> codes = [];
        for (int code = 0; code < segment.Streams.Count; code++)
            if (runs[code].At >= 0 && MetadataJson.IsMetadataStream(segment.Streams[(ulong)code]!.Name)) codes.Add(code);
        _bytes.AddNumber(codes.Count);
        foreach (int code in codes)
            _bytes.AddSettings(code, log.FindOrAdd(MetadataJson.TargetOf(segment.Streams[(ulong)code]!.Name)).Metadata);
    }

    // A name is defined by the first frame that uses it, so that each stream with a code has a run; but where that frame is gone.
    private StreamRun? RunLocked(Segment segment, (int Code, int At) place)
    {
        StreamEntry stream = segment.Streams[(ulong)place.Code]!;
        if (place.At >= 0) return stream.Runs[place.At];
        return _hasHoles
            ? null
            : throw new InvalidOperationException($"stream {stream.Name} has no frames in segment {segment.Number}");
    }
}
