using Interstice.Journal.Archive;
using Interstice.Journal.Files;
using Interstice.Journal.Index;
using Interstice.Journal.Reading;
using Interstice.Journal.Recovery;
using Interstice.Journal.Segments;

namespace Interstice.Journal.Scavenging;

/// <summary>Reads a store and finds the frames that are gone.</summary>
internal sealed class GoneFrames : IDisposable
{
    // The segment that is written, and the one before it, so that the file that is written stays as it is.
    private const int NewestSegments = 2;

    private const long BlockBytes = 4096;
    private const long ListBytesMax = 64 << 20;

    private readonly Dictionary<long, HashSet<long>> _bySegment = [];
    private readonly List<SegmentScavenge> _segments = [];

    private GoneFrames(IJournalFiles files)
    {
        Log = new Log(files, StoreFile.Read(files), ListBytesMax);
        LogOpener opener = new(Log, Recent, JournalFileMode.Read, checksFrames: true);
        try
        {
            opener.ReadAll();
        }
        catch
        {
            Dispose();
            throw;
        }

        FooterProblems = opener.FooterProblems;
        Rule = new GoneRule(Recent, 0);
    }

    /// <summary>The log, whose every frame was checked.</summary>
    public Log Log { get; }

    /// <summary>The appends that are remembered.</summary>
    public RecentAppends Recent { get; } = new();

    /// <summary>Indexes that are damaged.</summary>
    public IReadOnlyList<FooterProblem> FooterProblems { get; }

    /// <summary>What says that a frame is gone.</summary>
    public GoneRule Rule { get; private set; }

    /// <summary>Segments that hold such frames.</summary>
    public IReadOnlyList<SegmentScavenge> Segments => _segments;

    /// <summary>Reads a store.</summary>
    /// <param name="files">The store.</param>
    /// <param name="percent">How much of a segment must be reclaimable for it to be chosen.</param>
    /// <param name="nowUs">The time of the clock; one that is ahead of the newest append makes nothing older.</param>
    /// <param name="cancellationToken">Ends it between two segments.</param>
    /// <exception cref="JournalDamageException">The store is damaged.</exception>
    public static GoneFrames Find(IJournalFiles files, int percent, long nowUs, CancellationToken cancellationToken)
    {
        GoneFrames gone = new(files);
        try
        {
            Segment[] segments = gone.Log.Segments;
            long newestUs = segments.Length == 0 ? 0 : segments.Max(segment => segment.LatestUs);
            gone.Rule = new GoneRule(gone.Recent, Math.Min(nowUs, newestUs));
            for (int i = 0; i < segments.Length; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                ScavengeStay stay = i >= segments.Length - NewestSegments ? ScavengeStay.Newest
                    : segments[i].File is ArchivedSegmentFile || segments[i + 1].File is ArchivedSegmentFile ? ScavengeStay.Archived
                    : ScavengeStay.None;
                gone.Walk(segments[i], percent, stay);
            }

            return gone;
        }
        catch
        {
            gone.Dispose();
            throw;
        }
    }

    /// <summary>Whether the frame at an offset of a segment goes.</summary>
    public bool Contains(long segment, long offset) => _bySegment.TryGetValue(segment, out HashSet<long>? frames) && frames.Contains(offset);

    public void Dispose()
    {
        foreach (Segment segment in Log.Segments) segment.File.Dispose();
    }

    private void Walk(Segment segment, int percent, ScavengeStay stay)
    {
        HashSet<long> frames = [];
        long events = 0, blocks = 0, from = -1, to = -1;
        using FrameScanner scanner = new(segment.File, segment.Seed, SegmentHeader.Bytes);
        FrameCursor cursor = default;
        while (scanner.NextOffset < segment.DataEnd && scanner.MoveNext())
        {
            if (FrameFormat.Kind(scanner.Payload) != FrameKind.Append) continue;
            cursor.Begin(segment, scanner.Buffer, scanner.PayloadAt, scanner.PayloadLength, scanner.Offset + FrameFormat.HeaderBytes);
            if (!Rule.IsGone(ref cursor, out long count)) continue;
            frames.Add(scanner.Offset);
            events += count;
            if (scanner.Offset != to)
            {
                blocks += BlocksIn(from, to);
                from = scanner.Offset;
            }

            to = scanner.NextOffset;
        }

        if (frames.Count == 0) return;
        long reclaimable = (blocks + BlocksIn(from, to)) * BlockBytes;
        if (stay == ScavengeStay.None && reclaimable * 100 < segment.Tail * percent) stay = ScavengeStay.TooLittle;
        if (stay == ScavengeStay.None) _bySegment.Add(segment.Number, frames);
        _segments.Add(new SegmentScavenge(segment.Number, segment.Name, segment.Tail, frames.Count, events, reclaimable, stay));
    }

    // Whole blocks of the file that hold nothing but zeros once the stretch is a hole, whose head stands at its start.
    private static long BlocksIn(long from, long to)
    {
        if (from < 0) return 0;
        long first = (from + FrameFormat.FrameBytesMin + BlockBytes - 1) / BlockBytes;
        return Math.Max(0, to / BlockBytes - first);
    }
}
