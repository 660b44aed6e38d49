namespace Interstice.Journal.Index;

/// <summary>Which revisions of one stream are in one segment, and in which of its frames. Guarded by the log's index lock.</summary>
/// <remarks>The frames of a sealed segment stand in <see cref="Segment.Lists"/>, which may be given up and read again; all others here.
/// Revisions in a run have no gap.</remarks>
internal sealed class StreamRun
{
    private readonly int _list;
    private GrowingFrameList? _own;

    /// <summary>A run that takes frames.</summary>
    public StreamRun(Segment segment, long firstRevision)
    {
        Segment = segment;
        FirstRevision = firstRevision;
        EndRevision = firstRevision;
        _own = new GrowingFrameList();
        _list = -1;
    }

    /// <summary>A run of a sealed segment.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="list">Which of the lists of its index holds the frames.</param>
    /// <param name="firstRevision">Revision of the first event.</param>
    /// <param name="endRevision">Revision after the last event.</param>
    /// <param name="lastOffset">Offset of the last frame.</param>
    public StreamRun(Segment segment, int list, long firstRevision, long endRevision, long lastOffset)
    {
        Segment = segment;
        FirstRevision = firstRevision;
        EndRevision = endRevision;
        LastOffset = lastOffset;
        _list = list;
    }

    public Segment Segment { get; }

    public long FirstRevision { get; }

    /// <summary>Revision after the last event of the run.</summary>
    public long EndRevision { get; private set; }

    /// <summary>Offset of its last frame.</summary>
    public long LastOffset { get; private set; }

    /// <summary>The frames that stand here; null for those of a sealed segment that can be read again.</summary>
    public GrowingFrameList? Own => _own;

    /// <summary>Whether the frames are in memory.</summary>
    public bool IsLoaded => _own is not null || Segment.Lists is not null;

    public void Add(long offset, int events)
    {
        _own!.Add(offset - LastOffset, LastOffset, EndRevision, events);
        LastOffset = offset;
        EndRevision += events;
    }

    /// <summary>Gives back what growing reserved; called when the segment takes no more.</summary>
    public void Trim() => _own?.Trim();

    /// <summary>The same run, with its frames in <see cref="Segment.Lists"/>.</summary>
    public StreamRun Sealed(int list) => new(Segment, list, FirstRevision, EndRevision, LastOffset);

    /// <summary>The frames, which are loaded.</summary>
    public FrameList List() => _own is not null ? _own.List(FirstRevision) : Segment.Lists!.Of(_list, FirstRevision);
}
