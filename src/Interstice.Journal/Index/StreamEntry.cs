using Interstice.Kernel.Events;

namespace Interstice.Journal.Index;

/// <summary>What the journal knows of one stream.</summary>
/// <remarks>The writer alone touches what is marked so. <see cref="Runs"/> is guarded by the log's index lock.
/// <see cref="Last"/> and <see cref="Metadata"/> are published by the writer when they are durable.</remarks>
internal sealed class StreamEntry(StreamName name)
{
    private long _last = Revision.None.Value;
    private StreamMetadata _metadata = StreamMetadata.Empty;

    public StreamName Name => name;

    /// <summary>Revision of the last durable event.</summary>
    public long Last
    {
        get => Volatile.Read(ref _last);
        set => Volatile.Write(ref _last, value);
    }

    public StreamMetadata Metadata
    {
        get => Volatile.Read(ref _metadata);
        set => Volatile.Write(ref _metadata, value);
    }

    /// <summary>Oldest first: one for each segment that holds events of the stream, more where holes lie between them.</summary>
    public List<StreamRun> Runs { get; } = new(1);

    /// <summary>Writer only: revision of the last event written, durable or not.</summary>
    public long Written { get; set; } = Revision.None.Value;

    /// <summary>Writer only: position of the last event written, 0 when it is not known.</summary>
    public ulong WrittenPosition { get; set; }

    /// <summary>Writer only: the segment that <see cref="Code"/> belongs to, 0 for none.</summary>
    public long CodeSegment { get; set; }

    /// <summary>Writer only: what stands for the stream in that segment.</summary>
    public int Code { get; set; }

    /// <summary>Notes a frame; under the index lock.</summary>
    public void AddLocked(Segment segment, long offset, long firstRevision, int events)
    {
        if (Runs.Count == 0 || Runs[^1].Segment != segment || Runs[^1].EndRevision != firstRevision)
        {
            if (Runs.Count > 0) Runs[^1].Trim();
            Runs.Add(new StreamRun(segment, firstRevision));
        }

        Runs[^1].Add(offset, events);
    }

    /// <summary>Takes over the frames of a sealed segment; under the index lock.</summary>
    public void AddRunLocked(StreamRun run)
    {
        if (Runs.Count > 0) Runs[^1].Trim();
        Runs.Add(run);
    }

    /// <summary>The frames from the one that holds a revision on, all of one segment; from the next one where it was lost. Under the
    /// index lock. -1 when the lists of the segment must be read first.</summary>
    public int CopyForwardsLocked(long revision, Span<FrameEntry> destination, out Segment? segment)
    {
        int run = RunOf(revision);
        if (run < 0 || revision >= Runs[run].EndRevision) run++;
        segment = run == Runs.Count ? null : Runs[run].Segment;
        if (segment is null) return 0;
        return Runs[run].IsLoaded ? Runs[run].List().CopyForwards(revision, destination) : -1;
    }

    /// <summary>The frames from the one that holds a revision back, all of one segment; under the index lock. -1 when the lists of the
    /// segment must be read first.</summary>
    /// <param name="revision">One that is there: <see cref="AtOrBeforeLocked"/>.</param>
    /// <param name="destination">Where they are put.</param>
    /// <param name="segment">Their segment.</param>
    public int CopyBackwardsLocked(long revision, Span<FrameEntry> destination, out Segment? segment)
    {
        int run = RunOf(revision);
        segment = run < 0 ? null : Runs[run].Segment;
        if (segment is null) return 0;
        return Runs[run].IsLoaded ? Runs[run].List().CopyBackwards(revision, destination) : -1;
    }

    /// <summary>The highest revision up to one that was not lost, -1 when there is none; under the index lock.</summary>
    public long AtOrBeforeLocked(long revision)
    {
        int run = RunOf(revision);
        return run < 0 ? Revision.None.Value : Math.Min(revision, Runs[run].EndRevision - 1);
    }

    /// <summary>What a segment holds of the stream; under the index lock.</summary>
    public StreamRun? RunInLocked(Segment segment)
    {
        int low = 0;
        int high = Runs.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (Runs[middle].Segment.Number <= segment.Number) low = middle + 1;
            else high = middle;
        }

        return low > 0 && Runs[low - 1].Segment == segment ? Runs[low - 1] : null;
    }

    // The last run that begins at or before a revision, -1 when none does.
    private int RunOf(long revision)
    {
        int low = 0;
        int high = Runs.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (Runs[middle].FirstRevision <= revision) low = middle + 1;
            else high = middle;
        }

        return low - 1;
    }
}
