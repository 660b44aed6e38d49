using Interstice.Journal.Index;

namespace Interstice.Journal.Segments;

/// <summary>Writes the index of a segment as its footers keep it: a function of the frames before them and of nothing else, so that a
/// verifier can compare it byte by byte. Bytes: docs/formats/segment.md.</summary>
internal sealed class FooterWriter
{
    /// <summary>Most bytes of the index in one footer.</summary>
    public const int ChunkBytes = 1 << 20;

    private readonly FooterBytes _bytes = new();
    private readonly Dictionary<StreamEntry, int> _codes = [];

    private FooterWriter()
    {
    }

    /// <summary>Encodes the index of a segment that takes no more appends. On the thread that adds to it.</summary>
    public static byte[] Encode(Log log, Segment segment)
    {
        FooterWriter writer = new();
        lock (log.IndexLock) writer.AddLocked(log, segment);
        return writer._bytes.Written.ToArray();
    }

    /// <summary>Bytes of the footers that hold an index, with the heads of their frames.</summary>
    public static long FrameBytes(int indexBytes)
    {
        long frames = Math.Max(1, (indexBytes + ChunkBytes - 1) / ChunkBytes);
        return indexBytes + frames * FrameFormat.FrameBytesMin;
    }

    private void AddLocked(Log log, Segment segment)
    {
        _bytes.AddInt64(segment.EarliestUs);
        _bytes.AddInt64(segment.LatestUs);
        AddStreamsLocked(segment);
        _bytes.AddNumber(segment.Types.Count);
        for (int code = 0; code < segment.Types.Count; code++) _bytes.AddName(segment.Types[(ulong)code]!);
        AddMapLocked(segment);
        AddSettings(log, segment);
        AddRunsLocked(segment);
        _bytes.AddNumber(segment.Recent.Count);
        foreach (RecentAppend append in segment.Recent)
            _bytes.AddRecent(append.FirstId, _codes[append.Stream], append.FirstRevision);
    }

    private void AddStreamsLocked(Segment segment)
    {
        _bytes.AddNumber(segment.Streams.Count);
        for (int code = 0; code < segment.Streams.Count; code++)
        {
            StreamEntry stream = segment.Streams[(ulong)code]!;
            StreamRun run = RunLocked(stream, segment);
            _codes.Add(stream, code);
            _bytes.AddName(stream.Name.Value);
            _bytes.AddNumber(run.FirstRevision);
            _bytes.AddNumber(run.EndRevision - run.FirstRevision);
            _bytes.AddNumber(run.Own!.Entries);
            _bytes.AddNumber(run.Own.Encoded.Length);
        }
    }

    private void AddMapLocked(Segment segment)
    {
        _bytes.AddNumber(segment.MapEntriesLocked.Count);
        long last = 0;
        foreach (uint offset in segment.MapEntriesLocked)
        {
            _bytes.AddNumber(offset - last);
            last = offset;
        }
    }

    private void AddSettings(Log log, Segment segment)
    {
        List<int> codes = [];
        for (int code = 0; code < segment.Streams.Count; code++)
            if (MetadataJson.IsMetadataStream(segment.Streams[(ulong)code]!.Name)) codes.Add(code);
        _bytes.AddNumber(codes.Count);
        foreach (int code in codes)
            _bytes.AddSettings(code, log.FindOrAdd(MetadataJson.TargetOf(segment.Streams[(ulong)code]!.Name)).Metadata);
    }

    private void AddRunsLocked(Segment segment)
    {
        for (int code = 0; code < segment.Streams.Count; code++)
            _bytes.Add(RunLocked(segment.Streams[(ulong)code]!, segment).Own!.Encoded);
    }

    // A name is defined by the first frame that uses it, so that each stream with a code has a run.
    private static StreamRun RunLocked(StreamEntry stream, Segment segment)
    {
        StreamRun run = stream.Runs[^1];
        return run.Segment == segment
            ? run
            : throw new InvalidOperationException($"stream {stream.Name} has no frames in segment {segment.Number}");
    }
}
