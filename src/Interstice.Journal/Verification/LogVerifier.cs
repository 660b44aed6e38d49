using System.Globalization;
using Interstice.Journal.Files;
using Interstice.Journal.Index;
using Interstice.Journal.Segments;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Verification;

/// <summary>Walks all segments of a store and notes what is wrong, going on behind it.</summary>
/// <remarks>Where a frame is damaged, names it may have defined are missing, so the content of the frames behind it in the same segment
/// is not looked at, only their checksums; and revisions are taken as they come from there on, stream by stream.</remarks>
internal sealed class LogVerifier : IDisposable
{
    private readonly IJournalFiles _files;
    private readonly IProgress<long>? _progress;
    private readonly CancellationToken _cancellationToken;
    private readonly List<VerificationError> _errors = [];
    private readonly Dictionary<StreamEntry, (long Next, int Holes)> _nextRevisions = [];
    private readonly List<JournalHole> _holes = [];
    private readonly Guid? _storeId;
    private Log? _log;
    private SegmentVerifier? _last;
    private SegmentSummary? _previous;
    private int _segments;
    private long _bytesBefore;

    public LogVerifier(IJournalFiles files, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        _files = files;
        _progress = progress;
        _cancellationToken = cancellationToken;
        if (!files.DirectoryExists || !files.List().Contains(StoreFile.Name))
            throw new EventStoreException(EventStoreErrorKind.Unavailable,
                $"there is no journal in {files.Directory}; name the directory of one");
        _storeId = ReadStoreId();
    }

    /// <summary>What stands at the end of the log, if it is not whole.</summary>
    public VerificationError? TornTail { get; private set; }

    private long Frames { get; set; }

    private long Appends { get; set; }

    private long Events { get; set; }

    /// <summary>Reads everything.</summary>
    public void ReadAll()
    {
        List<(long Number, ulong Base, string Name)> names = ListSegments();
        for (int i = 0; i < names.Count; i++)
        {
            if (names[i].Number != i + 1 && (i == 0 || names[i].Number != names[i - 1].Number + 1))
            {
                Add(new VerificationError(VerificationErrorKind.MissingSegment, names[i].Name, names[i].Number, 0,
                    names[i].Base, "number of the segment", Number(i == 0 ? 1 : names[i - 1].Number + 1),
                    Number(names[i].Number)));
                _previous = null;
                _nextRevisions.Clear();
            }

            ReadSegment(names[i], isFirst: i == 0, isLast: i == names.Count - 1);
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
        if (TornTail is not null) Add(TornTail);
        return new VerificationReport(_segments, Frames, Appends, Events, _bytesBefore, _errors)
        {
            Holes = _holes,
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

    /// <summary>Tells how far the work has come, and ends it when that is wanted.</summary>
    public void Advance(long bytesInSegment)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        _progress?.Report(_bytesBefore + bytesInSegment);
    }

    public void Dispose() => _last?.Dispose();

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private Guid? ReadStoreId()
    {
        try
        {
            return StoreFile.Read(_files);
        }
        catch (JournalDamageException e)
        {
            Add(new VerificationError(VerificationErrorKind.StoreFile, StoreFile.Name, null, e.Offset, 0, e.What, e.Expected,
                e.Found));
        }
        catch (EventStoreException e) when (e.Kind == EventStoreErrorKind.UnknownFormat)
        {
            Add(new VerificationError(VerificationErrorKind.UnknownFormat, StoreFile.Name, null, 0, 0, "format of the store file",
                "a journal's, version 1", e.Message));
        }

        return null;
    }

    private List<(long Number, ulong Base, string Name)> ListSegments()
    {
        List<(long Number, ulong Base, string Name)> names = [];
        foreach (string name in _files.List())
        {
            if (SegmentName.TryParse(name, out long number, out ulong basePosition))
                names.Add((number, basePosition, name));
            else if (SegmentName.IsClaimed(name))
                Add(new VerificationError(VerificationErrorKind.UnknownFormat, name, null, 0, 0, "name of the file",
                    "number-position.segment", name));
        }

        names.Sort();
        return names;
    }

    private void ReadSegment((long Number, ulong Base, string Name) name, bool isFirst, bool isLast)
    {
        FinishSegment();
        IJournalFile file = _files.Open(name.Name, JournalFileMode.Read);
        SegmentHeader? header = ReadHeader(file, name);
        _segments++;
        Guid? storeId = _storeId ?? header?.StoreId;
        if (storeId is not { } id)
        {
            file.Dispose();
            ForgetRevisions();
            return;
        }

        if (header is { } read) CheckHeader(read, name, id, isFirst);
        _log ??= new Log(_files, id);
        SegmentHeader used = new(id, name.Number, name.Base, header?.PreviousLength ?? 0, header?.PreviousChain ?? 0)
        {
            Version = header?.Version ?? SegmentHeader.VersionNow,
        };
        Span<byte> bytes = stackalloc byte[SegmentHeader.Bytes];
        used.Write(bytes);
        Segment segment = new(name.Name, file, used, FrameFormat.ChainStart(bytes));
        _last = new SegmentVerifier(this, _log, segment, isLast, isHeaderKnown: header is not null);
        _last.ReadOn();
        if (isLast) TornTail = _last.TornTail();
    }

    private SegmentHeader? ReadHeader(IJournalFile file, (long Number, ulong Base, string Name) name)
    {
        Span<byte> bytes = stackalloc byte[SegmentHeader.Bytes];
        int read = file.ReadAt(bytes, 0);
        try
        {
            return SegmentHeader.Read(bytes[..read], name.Name, name.Number, name.Base);
        }
        catch (JournalDamageException e)
        {
            Add(new VerificationError(VerificationErrorKind.Header, name.Name, name.Number, 0, name.Base, e.What, e.Expected,
                e.Found));
        }
        catch (EventStoreException e) when (e.Kind == EventStoreErrorKind.UnknownFormat)
        {
            Add(new VerificationError(VerificationErrorKind.UnknownFormat, name.Name, name.Number, 0, name.Base,
                "format of the segment", "version 1 to 3", e.Message));
        }

        return null;
    }

    private void CheckHeader(SegmentHeader header, (long Number, ulong Base, string Name) name, Guid storeId, bool isFirst)
    {
        SegmentHeader expected = new(storeId, name.Number, name.Base, header.PreviousLength, header.PreviousChain);
        if (isFirst && name.Number == 1) expected = new SegmentHeader(storeId, 1, 0, 0, 0);
        expected = expected with { Version = header.Version };
        if (_previous is { } previous)
            expected = expected with
            {
                BasePosition = previous.End,
                PreviousLength = previous.Length,
                PreviousChain = previous.Chain,
            };
        if (header == expected) return;
        Add(new VerificationError(VerificationErrorKind.Header, name.Name, name.Number, 0, name.Base, "segment header",
            $"{expected}", $"{header}"));
    }

    private void FinishSegment()
    {
        if (_last is not { } finished) return;
        _last = null;
        Frames += finished.Frames;
        Appends += finished.Appends;
        Events += finished.Events;
        _bytesBefore += finished.BytesRead;
        _previous = finished.Summary;
        if (_previous is null) ForgetRevisions();
        finished.Release();
        finished.Dispose();
        _progress?.Report(_bytesBefore);
    }
}
