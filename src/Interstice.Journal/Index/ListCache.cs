namespace Interstice.Journal.Index;

/// <summary>Which frame lists of sealed segments are in memory: as many as a limit allows, those that were used last. Guarded by the log's
/// index lock.</summary>
/// <param name="bytesMax">The limit.</param>
internal sealed class ListCache(long bytesMax)
{
    // The one that was used last comes first.
    private readonly LinkedList<Segment> _byUse = [];

    /// <summary>What the lists take.</summary>
    public long Bytes { get; private set; }

    /// <summary>Gives a segment its lists. The owner trims when it has read what it wants.</summary>
    public void Put(Segment segment, SegmentLists lists)
    {
        if (segment.Lists is not null) return;
        segment.Lists = lists;
        segment.UseNode = _byUse.AddFirst(segment);
        Bytes += lists.MemoryBytes;
    }

    /// <summary>Notes that the lists of a segment were used.</summary>
    public void Use(Segment segment)
    {
        if (segment.UseNode is not { } node || node == _byUse.First) return;
        _byUse.Remove(node);
        _byUse.AddFirst(node);
    }

    /// <summary>Gives up the lists that have not been used for longest, until the limit holds.</summary>
    public void Trim()
    {
        while (Bytes > bytesMax && _byUse.Last is { } last)
        {
            _byUse.RemoveLast();
            Bytes -= last.Value.Lists!.MemoryBytes;
            last.Value.Lists = null;
            last.Value.UseNode = null;
        }
    }
}
