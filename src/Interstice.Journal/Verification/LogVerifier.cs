using Interstice.Journal.Archive;
using Interstice.Journal.Files;
using Interstice.Journal.Index;
using Interstice.Journal.Segments;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Verification;

/// <summary>Walks all segments of a store and notes what is wrong, going on behind it.</summary>
/// <remarks>Where a frame is damaged, names it may have defined are missing, so the content of the frames behind it in the same segment
/// is not looked at, only their checksums; and revisions are taken as they come from there on, stream by stream. Segments that a
/// <see cref="SegmentAcceptor"/> has accepted, and that fit to what is before them, are not read again.</remarks>
internal sealed partial class LogVerifier : IDisposable
{
    private readonly IJournalFiles _files;
    private readonly VerificationProgress _progress;
    private readonly List<VerificationError> _errors = [];
    private readonly Dictionary<StreamEntry, (long Next, int Holes)> _nextRevisions = [];
    private readonly List<JournalHole> _holes = [];
    private readonly List<ArchivedSegment> _archived = [];
    private readonly Guid? _storeId;
    private Log? _log;
    private SegmentVerifier? _last;
    private SegmentSummary? _previous;
    private readonly List<SegmentResult> _results = [];
    private long _bytesCounted;

    public LogVerifier(IJournalFiles files, VerificationProgress progress)
    {
        _files = files;
        _progress = progress;
        if (!files.DirectoryExists || !files.List().Contains(StoreFile.Name))
            throw new EventStoreException(EventStoreErrorKind.Unavailable,
                $"there is no journal in {files.Directory}; name the directory of one");
        _storeId = ReadStoreId();
    }

    /// <summary>What stands at the end of the log, if it is not whole.</summary>
    public TornTail? TornTail { get; private set; }

    private long Appends { get; set; }

    /// <summary>Reads everything.</summary>
    /// <param name="options">How many threads check what <see cref="SegmentAcceptor"/>s may accept; 0 to read all without them.</param>
    public async Task ReadAllAsync(VerificationOptions options)
    {
        List<SegmentPlace> places = ListSegments();
        AcceptancePass pass = new(_files, _storeId, places, options, _progress);
        await using (pass.ConfigureAwait(false))
        {
            for (int i = 0; i < places.Count; i++)
            {
                (AcceptedSegment? accepted, long counted) = await pass.NextAsync(i).ConfigureAwait(false);
                FinishSegment();
                _bytesCounted = counted;
                CheckNumber(places[i], i == 0 ? 1 : places[i - 1].Number + 1);
                if (accepted is null || !TryEnter(accepted, places[i])) ReadSegment(places[i]);
            }
        }
    }

    /// <summary>Looks again at what was a torn tail.</summary>
    public void ReadTailAgain()
    {
        if (_last is null) return;
        TornTail = null;
        _last.ReadOn();
        TornTail = _last.TornTail();
    }

    /// <summary>All that was found.</summary>
    public VerificationReport Report()
    {
        FinishSegment();
        if (TornTail is { } torn)
            Add(new VerificationError(VerificationErrorKind.TornTail, _results[^1].File, torn.Segment, torn.Offset, torn.Position,
                "end of the log", "zeros", $"{torn.Bytes} bytes of a write that is not whole"));
        ILookup<string, VerificationError> errors = _errors.ToLookup(error => error.File, StringComparer.Ordinal);
        return new VerificationReport(
            _results.Count,
            _results.Sum(result => result.Frames),
            Appends,
            _results.Sum(result => result.Events),
            _results.Sum(result => result.Bytes),
            _errors)
        {
            SegmentResults = [.. _results.Select(result => result with { Errors = errors[result.File].Count() })],
            TornTail = TornTail,
            OtherFiles = OtherFile.List(_files),
            Holes = _holes,
            Archived = _archived,
        };
    }

    /// <summary>Notes an error, while there is room for it.</summary>
    public void Add(VerificationError error)
    {
        if (_errors.Count < JournalVerifier.ErrorsMax) _errors.Add(error);
    }

    /// <summary>The revision that a stream must go on with, when it cannot go on with one; null when it can, or that is not known.
    /// Behind a hole it may go on with a later one.</summary>
    public long? ExpectedInstead(StreamEntry stream, long found)
    {
        if (!_nextRevisions.TryGetValue(stream, out (long Next, int Holes) known))
        {
            if (!AreRevisionsKnown) return null;
            known = (0, 0);
        }

        return found == known.Next || (found > known.Next && known.Holes < _holes.Count) ? null : known.Next;
    }

    /// <summary>Notes with which revision a stream must go on.</summary>
    public void SetNextRevision(StreamEntry stream, long next) => _nextRevisions[stream] = (next, _holes.Count);

    /// <summary>Notes a hole that a repair left.</summary>
    public void AddHole(JournalHole hole) => _holes.Add(hole);

    /// <summary>Whether nothing has been passed over, so that a stream not seen yet begins at 0.</summary>
    private bool AreRevisionsKnown { get; set; } = true;

    /// <summary>Notes that events may have been passed over.</summary>
    public void ForgetRevisions()
    {
        AreRevisionsKnown = false;
        _nextRevisions.Clear();
    }

    /// <summary>Tells how far the work has come in a segment, and ends it when that is wanted.</summary>
    public void Advance(long bytesInSegment)
    {
        _progress.Add(Math.Max(0, bytesInSegment - _bytesCounted));
        _bytesCounted = Math.Max(bytesInSegment, _bytesCounted);
    }

    public void Dispose() => _last?.Dispose();
}
