using Interstice.Journal.Segments;

namespace Interstice.Journal.Index;

/// <summary>The frames of one segment that hold events of one stream, as a footer keeps them.</summary>
/// <remarks>An entry is two numbers, distance from the frame before and number of events, in one to three bytes each; every
/// <see cref="BlockEntries"/>th entry is a place to start decoding from. Revisions have no gap.</remarks>
/// <param name="bytes">The memory.</param>
/// <param name="start">Where the entries begin in it.</param>
/// <param name="end">Where they end.</param>
/// <param name="blocks">Places to start from, in order.</param>
/// <param name="firstRevision">Revision of the first event.</param>
internal readonly ref struct FrameList(
    ReadOnlySpan<byte> bytes, int start, int end, ReadOnlySpan<FrameListBlock> blocks, long firstRevision)
{
    /// <summary>Entries from one starting place to the next.</summary>
    public const int BlockEntries = 64;

    private readonly ReadOnlySpan<byte> _bytes = bytes[..end];
    private readonly ReadOnlySpan<FrameListBlock> _blocks = blocks;

    /// <summary>The frames from the one that holds a revision on, as many as fit.</summary>
    public int CopyForwards(long revision, Span<FrameEntry> destination)
    {
        FrameListBlock at = BlockOf(revision);
        int count = 0;
        while (at.At < _bytes.Length && count < destination.Length)
        {
            FrameEntry entry = Next(ref at);
            if (entry.FirstRevision + entry.Events > revision) destination[count++] = entry;
        }

        return count;
    }

    /// <summary>The frames from the one that holds a revision back, newest first, up to a starting place.</summary>
    /// <param name="revision">One of the list.</param>
    /// <param name="destination"><see cref="BlockEntries"/> long.</param>
    public int CopyBackwards(long revision, Span<FrameEntry> destination)
    {
        FrameListBlock at = BlockOf(revision);
        int count = 0;
        while (at.At < _bytes.Length && at.Revision <= revision && count < BlockEntries) destination[count++] = Next(ref at);
        destination[..count].Reverse();
        return count;
    }

    private FrameListBlock BlockOf(long revision)
    {
        int low = 0;
        int high = _blocks.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_blocks[middle].Revision <= revision) low = middle + 1;
            else high = middle;
        }

        return low == 0 ? new FrameListBlock(start, 0, firstRevision) : _blocks[low - 1];
    }

    private FrameEntry Next(ref FrameListBlock at)
    {
        int byteAt = at.At;
        long offset = at.Offset + (long)Varint.Read(_bytes, ref byteAt);
        int events = (int)Varint.Read(_bytes, ref byteAt);
        FrameEntry entry = new(offset, at.Revision, events);
        at = new FrameListBlock(byteAt, offset, at.Revision + events);
        return entry;
    }
}
