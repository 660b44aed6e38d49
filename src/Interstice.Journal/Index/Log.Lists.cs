using Interstice.Journal.Recovery;

namespace Interstice.Journal.Index;

internal sealed partial class Log
{
    private delegate int Copy(StreamEntry stream, ref long revision, Span<FrameEntry> destination, out Segment? segment);

    private static readonly Copy Forwards = (StreamEntry stream, ref long revision, Span<FrameEntry> destination, out Segment? segment) =>
        stream.CopyForwardsLocked(revision, destination, out segment);

    private static readonly Copy Backwards = (StreamEntry stream, ref long revision, Span<FrameEntry> destination, out Segment? segment) =>
    {
        revision = stream.AtOrBeforeLocked(revision);
        return stream.CopyBackwardsLocked(revision, destination, out segment);
    };

    /// <summary>What the frame lists of sealed segments take in memory.</summary>
    public long ListBytes
    {
        get
        {
            lock (IndexLock) return Lists.Bytes;
        }
    }

    private ListCache Lists { get; } = new(listBytesMax);

    /// <summary>The frames of a stream from the one that holds a revision on, all of one segment; from the next one where it was lost.
    /// </summary>
    /// <exception cref="JournalDamageException">The index of the segment had been given up, and is damaged.</exception>
    public int CopyForwards(StreamEntry stream, long revision, Span<FrameEntry> destination, out Segment? segment) =>
        CopyLoaded(Forwards, stream, ref revision, destination, out segment);

    /// <summary>The frames of a stream from the one that holds a revision back, newest first, all of one segment.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="revision">A revision; on return the highest one up to it that was not lost, -1 when there is none.</param>
    /// <param name="destination">Where they are put.</param>
    /// <param name="segment">Their segment.</param>
    /// <exception cref="JournalDamageException">The index of the segment had been given up, and is damaged.</exception>
    public int CopyBackwards(StreamEntry stream, ref long revision, Span<FrameEntry> destination, out Segment? segment) =>
        CopyLoaded(Backwards, stream, ref revision, destination, out segment);

    /// <summary>Takes over the lists of a segment that was opened by its index; under the index lock.</summary>
    public void PutListsLocked(Segment segment, SegmentLists lists)
    {
        Lists.Put(segment, lists);
        Lists.Trim();
    }

    /// <summary>Makes the frame lists of a segment that has just been sealed with its index such that they can be given up.</summary>
    public void MoveLists(Segment segment)
    {
        if (!segment.Header.HasFooters || segment.KeepsLists) return;
        lock (IndexLock)
            if (SegmentLists.TakeLocked(segment) is { } lists) PutListsLocked(segment, lists);
    }

    // Lists are read outside of the lock, which the writer needs too, and by one thread for each segment. What was read is used before
    // anything is given up, so that every reader gets on, however small the limit is.
    private int CopyLoaded(Copy copy, StreamEntry stream, ref long revision, Span<FrameEntry> destination, out Segment? segment)
    {
        if (TryCopy(copy, stream, ref revision, destination, out segment, null, out int count)) return count;
        while (true)
        {
            Segment missing = segment!;
            lock (missing.LoadGate)
            {
                if (TryCopy(copy, stream, ref revision, destination, out segment, null, out count)) return count;
                if (segment != missing) continue;
                SegmentLists lists = new FooterOpener(this, missing, missing.Tail).ReadLists();
                if (TryCopy(copy, stream, ref revision, destination, out segment, (missing, lists), out count)) return count;
            }
        }
    }

    private bool TryCopy(
        Copy copy, StreamEntry stream, ref long revision, Span<FrameEntry> destination, out Segment? segment,
        (Segment Segment, SegmentLists Lists)? read, out int count)
    {
        lock (IndexLock)
        {
            if (read is { } loaded) Lists.Put(loaded.Segment, loaded.Lists);
            count = copy(stream, ref revision, destination, out segment);
            if (count >= 0 && segment is not null) Lists.Use(segment);
            if (read is not null) Lists.Trim();
            return count >= 0;
        }
    }
}
