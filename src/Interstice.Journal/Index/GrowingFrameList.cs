using Interstice.Journal.Segments;

namespace Interstice.Journal.Index;

/// <summary>A list of frames that takes more. Guarded by the log's index lock.</summary>
internal sealed class GrowingFrameList
{
    private byte[] _bytes = [];
    private int _used;
    private FrameListBlock[] _blocks = [];
    private int _blockCount;

    /// <summary>Number of entries.</summary>
    public int Entries { get; private set; }

    /// <summary>The entries as a footer keeps them.</summary>
    public ReadOnlySpan<byte> Encoded => _bytes.AsSpan(0, _used);

    /// <summary>Places to start decoding from, in <see cref="Encoded"/>.</summary>
    public ReadOnlySpan<FrameListBlock> Blocks => _blocks.AsSpan(0, _blockCount);

    /// <summary>The list so far.</summary>
    public FrameList List(long firstRevision) => new(_bytes, 0, _used, Blocks, firstRevision);

    /// <summary>Adds a frame.</summary>
    /// <param name="distance">From the frame before, or from the start of the segment.</param>
    /// <param name="lastOffset">Of the frame before.</param>
    /// <param name="revision">Of its first event.</param>
    /// <param name="events">How many it holds.</param>
    public void Add(long distance, long lastOffset, long revision, int events)
    {
        if (Entries > 0 && Entries % FrameList.BlockEntries == 0)
        {
            if (_blockCount == _blocks.Length) Array.Resize(ref _blocks, Math.Max(2, _blockCount * 2));
            _blocks[_blockCount++] = new FrameListBlock(_used, lastOffset, revision);
        }

        if (_bytes.Length - _used < 2 * Varint.BytesMax) Array.Resize(ref _bytes, Math.Max(32, _bytes.Length * 2));
        Varint.Write(_bytes, ref _used, (ulong)distance);
        Varint.Write(_bytes, ref _used, (ulong)events);
        Entries++;
    }

    /// <summary>Gives back what growing reserved; called when it takes no more.</summary>
    public void Trim()
    {
        Array.Resize(ref _bytes, _used);
        Array.Resize(ref _blocks, _blockCount);
    }
}
