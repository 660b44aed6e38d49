using System.Collections.Concurrent;
using Interstice.Journal.Archive;
using Interstice.Journal.Files;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Index;

/// <summary>The log as readers see it: its segments, its streams and how far it is durable.</summary>
/// <remarks>Recovery fills it, then the writer is the only one that adds. Whatever stands below <see cref="Tail"/> never
/// changes. <see cref="IndexLock"/> guards the frame lists of streams and segments and is held for microseconds.</remarks>
internal sealed partial class Log(IJournalFiles files, Guid storeId, long listBytesMax = long.MaxValue)
{
    private Segment[] _segments = [];
    private ulong _tail;

    public IJournalFiles Files => files;

    public Guid StoreId => storeId;

    public Lock IndexLock { get; } = new();

    public ConcurrentDictionary<StreamName, StreamEntry> Streams { get; } = new();

    public TypeNames TypeNames { get; } = new();

    public DurableSignal Signal { get; } = new();

    /// <summary>The segments, oldest first. The array is never changed, only replaced by a longer one.</summary>
    public Segment[] Segments => Volatile.Read(ref _segments);

    /// <summary>Position after the last durable frame.</summary>
    public ulong Tail => Volatile.Read(ref _tail);

    public Segment Active => Segments[^1];

    public void Add(Segment segment) => Volatile.Write(ref _segments, [.. _segments, segment]);

    /// <summary>Position of the last hole that a repair left; null where there is none. Recovery only.</summary>
    public ulong? LastHole { get; set; }

    /// <summary>Whether a stream can go on with a revision: the next one or, behind a hole, a later one. Recovery only.</summary>
    public bool MayFollow(StreamName name, long first)
    {
        StreamEntry? stream = Find(name);
        long next = (stream?.Written ?? Revision.None.Value) + 1;
        if (first <= next) return first == next;
        if (LastHole is not { } hole) return false;
        return stream is null || stream.Runs.Count == 0
            || stream.Runs[^1].Segment.PositionOf(stream.Runs[^1].LastOffset) < hole;
    }

    /// <summary>Publishes that the log is durable up to a position.</summary>
    public void PublishTail(ulong tail)
    {
        Volatile.Write(ref _tail, tail);
        Signal.Set();
    }

    public StreamEntry? Find(StreamName name) => Streams.TryGetValue(name, out StreamEntry? entry) ? entry : null;

    public StreamEntry FindOrAdd(StreamName name) => Streams.GetOrAdd(name, static n => new StreamEntry(n));

    /// <summary>Index of the segment that holds a position; the first one for what lies before it.</summary>
    public static int IndexOf(Segment[] segments, ulong position)
    {
        int low = 0;
        int high = segments.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (segments[middle].BasePosition <= position) low = middle + 1;
            else high = middle;
        }

        return Math.Max(0, low - 1);
    }

    /// <summary>Path of a segment, for messages.</summary>
    public string PathOf(Segment segment) =>
        segment.File is ArchivedSegmentFile archived ? archived.ArchivePath : Path.Join(files.Directory, segment.Name);
}
