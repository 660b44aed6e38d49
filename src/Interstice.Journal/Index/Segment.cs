using Interstice.Journal.Files;
using Interstice.Journal.Segments;

namespace Interstice.Journal.Index;

/// <summary>What the journal knows of one segment: its place in the log, its names, and where frames begin in it.</summary>
/// <remarks>One thread, recovery or the writer, adds names and frames. Readers see what lies below <see cref="Tail"/>, which is
/// published last. <see cref="MapLocked"/> is guarded by the log's index lock.</remarks>
internal sealed class Segment(string name, IJournalFile file, SegmentHeader header, uint headerChain)
{
    /// <summary>One frame start is kept for so many bytes: a read from a position scans at most that far to find its frame.</summary>
    public const int MapBytes = 64 * 1024;

    private IJournalFile _file = file;
    private List<uint> _map = [];
    private readonly Queue<RecentAppend> _recent = [];
    private long _tail = SegmentHeader.Bytes;
    private long _dataEnd;
    private bool _isSealed;

    public string Name => name;

    public IJournalFile File => Volatile.Read(ref _file);

    public SegmentHeader Header => header;

    public long Number => header.Number;

    public ulong BasePosition => header.BasePosition;

    public uint Seed { get; } = FrameFormat.Seed(header.StoreId, header.Number);

    public NameTable<StreamEntry> Streams { get; } = new();

    public NameTable<string> Types { get; } = new();

    /// <summary>The frame lists of its streams, when it was opened or sealed with its index and they are in memory; under the index lock.
    /// </summary>
    public SegmentLists? Lists { get; set; }

    /// <summary>Whether its lists must stay in memory, since its index cannot be used. Recovery only.</summary>
    public bool KeepsLists { get; set; }

    /// <summary>Its place among those whose lists are in memory; under the index lock.</summary>
    public LinkedListNode<Segment>? UseNode { get; set; }

    /// <summary>Held by the thread that reads <see cref="Lists"/> again.</summary>
    public Lock LoadGate { get; } = new();

    /// <summary>Offset after the last durable frame.</summary>
    public long Tail
    {
        get => Volatile.Read(ref _tail);
        set => Volatile.Write(ref _tail, value);
    }

    /// <summary>Whether the last frame below <see cref="Tail"/> is the seal, so that the log goes on in the next segment.</summary>
    public bool IsSealed
    {
        get => Volatile.Read(ref _isSealed);
        set => Volatile.Write(ref _isSealed, value);
    }

    /// <summary>Offset after the last frame that can hold events: before the footers, where there are any.</summary>
    public long DataEnd
    {
        get => Volatile.Read(ref _dataEnd) is var end and > 0 ? end : Tail;
        set => Volatile.Write(ref _dataEnd, value);
    }

    /// <summary>Chain checksum of header and frames so far. Writer and recovery only.</summary>
    public uint Chain { get; set; } = headerChain;

    /// <summary>Frames so far. Writer and recovery only.</summary>
    public long Frames { get; set; }

    /// <summary>Events so far. Writer and recovery only.</summary>
    public long Events { get; set; }

    /// <summary>Earliest recorded time of a frame, in microseconds. Writer and recovery only.</summary>
    public long EarliestUs { get; set; } = long.MaxValue;

    /// <summary>Latest recorded time of a frame, in microseconds. Writer and recovery only.</summary>
    public long LatestUs { get; set; } = long.MinValue;

    /// <summary>Offset of its last hole, 0 for none. Writer and recovery only.</summary>
    public long LastHole { get; set; }

    /// <summary>The last appends of this segment that expected no exact revision, until it is sealed. Writer and recovery only.
    /// </summary>
    public IReadOnlyCollection<RecentAppend> Recent => _recent;

    /// <summary>Where frames begin, one for each stretch; under the index lock.</summary>
    public IReadOnlyList<uint> MapEntriesLocked => _map;

    /// <summary>Takes over a map that was kept; under the index lock.</summary>
    public void SetMapLocked(List<uint> map) => _map = map;

    /// <summary>Reads from the file, also while it is replaced.</summary>
    public int ReadAt(Span<byte> destination, long offset)
    {
        while (true)
        {
            IJournalFile current = File;
            try
            {
                return current.ReadAt(destination, offset);
            }
            catch (ObjectDisposedException) when (File != current)
            {
                // Replaced since; the other has the same bytes.
            }
        }
    }

    /// <summary>Goes on with another file of the same bytes.</summary>
    public void ReplaceFile(IJournalFile other) => Interlocked.Exchange(ref _file, other).Dispose();

    /// <summary>Notes an append that expected no exact revision.</summary>
    public void AddRecent(in RecentAppend append)
    {
        if (_recent.Count == RecentAppends.Capacity) _recent.Dequeue();
        _recent.Enqueue(append);
    }

    /// <summary>Notes when a frame was recorded.</summary>
    public void AddTime(long recordedUs)
    {
        EarliestUs = Math.Min(EarliestUs, recordedUs);
        LatestUs = Math.Max(LatestUs, recordedUs);
    }

    /// <summary>Gives back what only an open segment needs.</summary>
    public void ReleaseAfterSeal()
    {
        _recent.Clear();
        _recent.TrimExcess();
    }

    /// <summary>Position in the log of an offset in this segment.</summary>
    public ulong PositionOf(long offset) => header.BasePosition + (ulong)offset;

    /// <summary>Notes where a frame begins; under the index lock, in order.</summary>
    public void MapLocked(long offset)
    {
        if (_map.Count == 0 || offset - _map[^1] >= MapBytes) _map.Add((uint)offset);
    }

    /// <summary>A frame start at or before an offset, close to it; under the index lock.</summary>
    public long FrameAtOrBeforeLocked(long offset)
    {
        int index = MapIndexLocked(offset);
        return index < 0 ? SegmentHeader.Bytes : _map[index];
    }

    private int MapIndexLocked(long offset)
    {
        int low = 0;
        int high = _map.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_map[middle] <= offset) low = middle + 1;
            else high = middle;
        }

        return low - 1;
    }
}
