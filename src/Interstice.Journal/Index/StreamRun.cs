using Interstice.Journal.Segments;

namespace Interstice.Journal.Index;

/// <summary>Which frames of one segment hold events of one stream. Guarded by the log's index lock.</summary>
/// <remarks>An entry is two numbers, distance from the frame before and number of events, in one to three bytes each; every
/// <see cref="BlockEntries"/>th entry is a place to start decoding from. Revisions in a run have no gap.</remarks>
internal sealed class StreamRun(Segment segment, long firstRevision)
{
    /// <summary>Entries from one starting place to the next.</summary>
    public const int BlockEntries = 64;

    private byte[] _bytes = [];
    private int _used;
    private int _entries;
    private long _lastOffset;
    private Block[] _blocks = [];
    private int _start;
    private bool _isShared;
    private int _blockCount;

    public Segment Segment => segment;

    public long FirstRevision { get; } = firstRevision;

    /// <summary>Revision after the last event of the run.</summary>
    public long EndRevision { get; private set; } = firstRevision;

    /// <summary>Offset of its last frame.</summary>
    public long LastOffset => _lastOffset;

    /// <summary>Number of entries.</summary>
    public int Entries => _entries;

    /// <summary>The entries as a footer keeps them.</summary>
    public ReadOnlySpan<byte> Encoded => _bytes.AsSpan(_start, _used - _start);

    /// <summary>Takes over entries that a footer kept, which stay in its memory.</summary>
    /// <param name="bytes">The memory.</param>
    /// <param name="start">Where they begin.</param>
    /// <param name="length">How long they are.</param>
    /// <param name="entries">How many they are.</param>
    /// <param name="dataEnd">Frames begin before this offset.</param>
    /// <returns>False when they are not what a writer writes.</returns>
    /// <exception cref="FrameContentException">A number does not end.</exception>
    public bool TryLoad(byte[] bytes, int start, int length, int entries, long dataEnd)
    {
        _bytes = bytes;
        _start = start;
        _used = start + length;
        _entries = entries;
        _isShared = true;
        _blocks = new Block[entries > 0 ? (entries - 1) / BlockEntries : 0];
        ReadOnlySpan<byte> source = bytes.AsSpan(0, _used);
        int at = start;
        long offset = 0;
        for (int i = 0; i < entries; i++)
        {
            if (i > 0 && i % BlockEntries == 0) _blocks[_blockCount++] = new Block(at, offset, EndRevision);
            ulong distance = Varint.Read(source, ref at);
            ulong events = Varint.Read(source, ref at);
            if (distance == 0 || distance >= (ulong)(dataEnd - offset) || events is 0 or > JournalLimits.AppendEventsMax)
                return false;
            offset += (long)distance;
            EndRevision += (long)events;
            if (i == 0 && offset < SegmentHeader.Bytes) return false;
        }

        _lastOffset = offset;
        return at == _used && EndRevision >= FirstRevision;
    }

    public void Add(long offset, int events)
    {
        if (_entries > 0 && _entries % BlockEntries == 0)
        {
            if (_blockCount == _blocks.Length) Array.Resize(ref _blocks, Math.Max(2, _blockCount * 2));
            _blocks[_blockCount++] = new Block(_used, _lastOffset, EndRevision);
        }

        if (_bytes.Length - _used < 2 * Varint.BytesMax) Array.Resize(ref _bytes, Math.Max(32, _bytes.Length * 2));
        Varint.Write(_bytes, ref _used, (ulong)(offset - _lastOffset));
        Varint.Write(_bytes, ref _used, (ulong)events);
        _lastOffset = offset;
        _entries++;
        EndRevision += events;
    }

    /// <summary>Gives back what growing reserved; called when the segment takes no more.</summary>
    public void Trim()
    {
        if (_isShared) return;
        Array.Resize(ref _bytes, _used);
        Array.Resize(ref _blocks, _blockCount);
    }

    /// <summary>The frames from the one that holds a revision on, as many as fit.</summary>
    public int CopyForwards(long revision, Span<FrameEntry> destination)
    {
        Block at = BlockOf(revision);
        int count = 0;
        while (at.At < _used && count < destination.Length)
        {
            FrameEntry entry = Next(ref at);
            if (entry.FirstRevision + entry.Events > revision) destination[count++] = entry;
        }

        return count;
    }

    /// <summary>The frames from the one that holds a revision back, newest first, up to a starting place.</summary>
    /// <param name="revision">In this run.</param>
    /// <param name="destination"><see cref="BlockEntries"/> long.</param>
    public int CopyBackwards(long revision, Span<FrameEntry> destination)
    {
        Block at = BlockOf(revision);
        int count = 0;
        while (at.At < _used && at.Revision <= revision && count < BlockEntries) destination[count++] = Next(ref at);
        destination[..count].Reverse();
        return count;
    }

    private Block BlockOf(long revision)
    {
        int low = 0;
        int high = _blockCount;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_blocks[middle].Revision <= revision) low = middle + 1;
            else high = middle;
        }

        return low == 0 ? new Block(_start, 0, FirstRevision) : _blocks[low - 1];
    }

    private FrameEntry Next(ref Block at)
    {
        int byteAt = at.At;
        long offset = at.Offset + (long)Varint.Read(_bytes, ref byteAt);
        int events = (int)Varint.Read(_bytes, ref byteAt);
        FrameEntry entry = new(offset, at.Revision, events);
        at = new Block(byteAt, offset, at.Revision + events);
        return entry;
    }

    // Where decoding can start: byte, offset of the frame before, revision of the first event from here.
    private readonly record struct Block(int At, long Offset, long Revision);
}
