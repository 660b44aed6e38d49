using Interstice.Journal.Files;
using Interstice.Journal.Segments;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Repair;

/// <summary>Reads every byte of a damaged store and works out what its files must be. Writes nothing.</summary>
internal sealed partial class RepairPlanner
{
    private readonly IJournalFiles _files;
    private readonly RepairMode _mode;
    private readonly long _nowUs;
    private readonly Func<long, long, bool>? _isGone;
    private readonly List<FileImage> _images = [];
    private readonly List<string> _removed = [];
    private readonly List<RepairFinding> _findings = [];
    private readonly List<LostStretch> _stretches = [];
    private readonly List<LeftOutAppends> _leftOut = [];
    private readonly List<NamelessStream> _nameless = [];
    private readonly StreamTracker _tracker = new();
    private readonly Guid _storeId;
    private bool _isLostComplete = true;
    private bool _isCut;
    private long _previousLength;
    private uint _previousChain;

    private RepairPlanner(IJournalFiles files, RepairMode mode, long nowUs, Func<long, long, bool>? isGone)
    {
        _isGone = isGone;
        _files = files;
        _mode = mode;
        _nowUs = nowUs;
        _storeId = ReadStoreId();
    }

    /// <summary>Makes a plan.</summary>
    /// <param name="files">The store.</param>
    /// <param name="mode">What to do where frames are lost.</param>
    /// <param name="nowUs">The time that frames of the repair are recorded with.</param>
    /// <param name="progress">Told the number of bytes read, after each segment.</param>
    /// <param name="cancellationToken">Ends the work between two segments.</param>
    /// <param name="isGone">Says of a segment's number and a frame's offset whether a whole frame goes too.</param>
    /// <exception cref="EventStoreException">It is no journal, a newer program's, or no repair is possible.</exception>
    public static RepairPlan Plan(
        IJournalFiles files, RepairMode mode, long nowUs, IProgress<long>? progress, CancellationToken cancellationToken,
        Func<long, long, bool>? isGone = null)
    {
        RepairPlanner planner = new(files, mode, nowUs, isGone);
        SlotList list = SlotList.Read(files, planner._storeId);
        foreach (string foreign in list.Foreign)
        {
            planner._findings.Add(new RepairFinding(foreign, null, 0, 0, "calls itself a segment and is none of this log"));
            planner._removed.Add(foreign);
        }

        foreach (Slot slot in list.Slots)
        {
            cancellationToken.ThrowIfCancellationRequested();
            planner.Read(slot);
            progress?.Report((long)slot.PositionOf(slot.Length ?? 0));
        }

        return planner.Result();
    }

    private Guid ReadStoreId()
    {
        bool isThere = _files.List().Contains(StoreFile.Name);
        try
        {
            if (isThere) return StoreFile.Read(_files);
        }
        catch (EventStoreException e) when (e.Kind is EventStoreErrorKind.Damaged or EventStoreErrorKind.UnknownFormat)
        {
            if (IdOfSegments() is null || StoreFile.IsWhole(_files)) throw;
        }

        Guid id = IdOfSegments() ?? throw new EventStoreException(EventStoreErrorKind.Unavailable,
            $"there is no journal in {_files.Directory}; name the directory of one");
        _findings.Add(new RepairFinding(StoreFile.Name, null, 0, 0, isThere ? "the store file is damaged" : "the store file is missing"));
        FileImage image = new(StoreFile.Name);
        image.Add(StoreFile.Encode(id, _nowUs));
        _images.Add(image);
        return id;
    }

    // The id that most of the whole headers have.
    private Guid? IdOfSegments() => _files.List()
        .Where(name => SegmentName.TryParse(name, out _, out _))
        .Select(name => SlotList.HeaderOf(_files, name)?.StoreId)
        .OfType<Guid>()
        .GroupBy(id => id)
        .OrderByDescending(group => group.Count())
        .Select(group => (Guid?)group.Key)
        .FirstOrDefault();

    private RepairPlan Result() => new(_images, _removed, new RepairReport(
        _mode,
        _findings,
        _stretches,
        _tracker.Lost(_mode),
        _isLostComplete,
        [
            .. _images.Select(image => new FileChange(
                image.Name, _files.List().Contains(image.Name) ? FileChangeKind.Rewritten : FileChangeKind.Created)),
            .. _removed.Select(name => new FileChange(name, FileChangeKind.Removed)),
        ])
    {
        LeftOut = _leftOut,
        Nameless = _nameless,
    });

    private void Read(Slot slot)
    {
        if (!slot.HasFile)
        {
            _findings.Add(new RepairFinding(slot.Name, slot.Number, 0, slot.Base, "the segment is missing"));
            long end = slot.Length!.Value - SealBytes;
            _tracker.AddHole();
            AddStretch(slot, SegmentHeader.Bytes, end);
            _isLostComplete = false;
            if (IsCutNow(isLossy: true)) return;
            AddMissing(slot, slot.Length!.Value);
            return;
        }

        using SegmentScan scan = new(_files, _storeId, slot, _tracker, _isGone);
        scan.Run();
        if (scan.Header is { } header && header.StoreId == _storeId && header.Number != slot.Number)
            AddFinding(slot, 0, $"its header is that of {SegmentName.Of(header.Number, header.BasePosition)}; if files have each other's names, rename them and lose nothing");
        if (scan.Problem is { } problem)
            _findings.Add(new RepairFinding(slot.Name, slot.Number, problem.Offset, slot.PositionOf(problem.Offset), problem.What));
        foreach (Hole hole in scan.Holes) AddStretch(slot, hole.From, hole.To);
        if (scan.LeftOut is { } leftOut) _leftOut.Add(leftOut);
        _nameless.AddRange(scan.Nameless);
        _isLostComplete &= scan.IsLostKnown;
        if (_isCut)
        {
            _removed.Add(slot.Name);
            return;
        }

        if (IsCutNow(scan.Holes.Count > 0)) Cut(slot, scan);
        else if (slot.Length is { } length) Rebuild(slot, scan, length);
        else RebuildLast(slot, scan);
    }

    private static int SealBytes => FrameFormat.FrameBytesMin + 32;

    private static int SealWithIndexBytes => SegmentSeal.FrameBytesMax;

    private void AddStretch(Slot slot, long from, long to) =>
        _stretches.Add(new LostStretch(slot.Number, slot.Name, from, slot.PositionOf(from), to - from));

    // Whether the log ends at or before this segment.
    private bool IsCutNow(bool isLossy)
    {
        _isCut |= isLossy && _mode == RepairMode.Truncate;
        return _isCut;
    }

    private SegmentHeader Header(Slot slot, ushort version) =>
        new(_storeId, slot.Number, slot.Base, _previousLength, _previousChain) { Version = version };
}
