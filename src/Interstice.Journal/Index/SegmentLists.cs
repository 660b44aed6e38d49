using System.Runtime.CompilerServices;
using Interstice.Journal.Segments;

namespace Interstice.Journal.Index;

/// <summary>The frame lists of all streams of a sealed segment, one after the other, as its footers keep them. Never changes, so that it
/// can be given up and read again.</summary>
internal sealed class SegmentLists
{
    private const int BytesOfObjects = 160;

    private readonly byte[] _bytes;
    private readonly int[] _starts;
    private readonly int[] _blockStarts;
    private readonly FrameListBlock[] _blocks;

    private SegmentLists(byte[] bytes, int[] starts, int[] blockStarts, FrameListBlock[] blocks)
    {
        _bytes = bytes;
        _starts = starts;
        _blockStarts = blockStarts;
        _blocks = blocks;
    }

    /// <summary>What it takes in memory.</summary>
    public long MemoryBytes =>
        BytesOfObjects + _bytes.Length + sizeof(int) * 2L * _starts.Length + (long)Unsafe.SizeOf<FrameListBlock>() * _blocks.Length;

    /// <summary>The list of a run.</summary>
    public FrameList Of(int list, long firstRevision) => new(
        _bytes, _starts[list], _starts[list + 1], _blocks.AsSpan(_blockStarts[list].._blockStarts[list + 1]), firstRevision);

    /// <summary>Takes over lists that footers kept.</summary>
    /// <param name="bytes">The lists, one after the other, and nothing else.</param>
    /// <param name="heads">What is said of each.</param>
    /// <param name="dataEnd">Frames begin before this offset.</param>
    /// <param name="lastOffsets">Of the last frame of each.</param>
    /// <param name="bad">Index of the first list that is not what a writer writes, when there is one.</param>
    /// <returns>Null when one is not what a writer writes.</returns>
    /// <exception cref="FrameContentException">A number does not end.</exception>
    public static SegmentLists? Read(
        byte[] bytes, IReadOnlyList<FrameListHead> heads, long dataEnd, long[] lastOffsets, out int bad)
    {
        int[] starts = new int[heads.Count + 1];
        int[] blockStarts = new int[heads.Count + 1];
        for (int i = 0; i < heads.Count; i++)
            blockStarts[i + 1] = blockStarts[i] + (heads[i].Entries > 0 ? (heads[i].Entries - 1) / FrameList.BlockEntries : 0);
        FrameListBlock[] blocks = new FrameListBlock[blockStarts[^1]];
        for (bad = 0; bad < heads.Count; bad++)
        {
            starts[bad + 1] = starts[bad] + heads[bad].Bytes;
            Span<FrameListBlock> room = blocks.AsSpan(blockStarts[bad]..blockStarts[bad + 1]);
            if (!TryDecode(bytes.AsSpan(0, starts[bad + 1]), starts[bad], heads[bad], dataEnd, room, out lastOffsets[bad])) return null;
        }

        return new SegmentLists(bytes, starts, blockStarts, blocks);
    }

    /// <summary>Takes the lists out of the runs of a segment that was just sealed, which then stand for what is here; under the index lock.
    /// </summary>
    /// <returns>Null where they do not stand as the footers say, so that they must stay where they are.</returns>
    public static SegmentLists? TakeLocked(Segment segment)
    {
        List<(int Code, int At)> order = SegmentRuns.ListLocked(segment);
        int[] starts = new int[order.Count + 1];
        int[] blockStarts = new int[order.Count + 1];
        for (int list = 0; list < order.Count; list++)
        {
            bool isEmpty = order[list].At < 0;
            GrowingFrameList? own = isEmpty ? null : RunsOf(segment, order[list].Code)[order[list].At].Own;
            if (own is null && !(isEmpty && segment.Header.HasHoles)) return null;
            starts[list + 1] = starts[list] + (own?.Encoded.Length ?? 0);
            blockStarts[list + 1] = blockStarts[list] + (own?.Blocks.Length ?? 0);
        }

        byte[] bytes = new byte[starts[^1]];
        FrameListBlock[] blocks = new FrameListBlock[blockStarts[^1]];
        for (int list = 0; list < order.Count; list++)
        {
            (int code, int at) = order[list];
            if (at < 0) continue;
            List<StreamRun> runs = RunsOf(segment, code);
            GrowingFrameList own = runs[at].Own!;
            own.Encoded.CopyTo(bytes.AsSpan(starts[list]));
            for (int i = 0; i < own.Blocks.Length; i++)
                blocks[blockStarts[list] + i] = own.Blocks[i] with { At = own.Blocks[i].At + starts[list] };
            runs[at] = runs[at].Sealed(list);
        }

        return new SegmentLists(bytes, starts, blockStarts, blocks);
    }

    private static List<StreamRun> RunsOf(Segment segment, int code) => segment.Streams[(ulong)code]!.Runs;

    private static bool TryDecode(
        ReadOnlySpan<byte> bytes, int start, in FrameListHead head, long dataEnd, Span<FrameListBlock> blocks, out long lastOffset)
    {
        int at = start;
        long revision = head.First;
        lastOffset = 0;
        for (int i = 0; i < head.Entries; i++)
        {
            if (i > 0 && i % FrameList.BlockEntries == 0)
                blocks[i / FrameList.BlockEntries - 1] = new FrameListBlock(at, lastOffset, revision);
            ulong distance = Varint.Read(bytes, ref at);
            ulong events = Varint.Read(bytes, ref at);
            if (distance == 0 || distance >= (ulong)(dataEnd - lastOffset) || events is 0 or > JournalLimits.AppendEventsMax)
                return false;
            lastOffset += (long)distance;
            revision += (long)events;
            if (i == 0 && lastOffset < SegmentHeader.Bytes) return false;
        }

        return at == bytes.Length && revision == head.End;
    }
}
