using Interstice.Journal.Files;
using Interstice.Journal.Index;
using Interstice.Journal.Reading;
using Interstice.Journal.Recovery;
using Interstice.Journal.Segments;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Repair;

/// <summary>Walks the frames of one segment, keeps those that are whole and can be read, and says what lies between them.</summary>
/// <remarks>A frame is kept when an opening of the repaired store can read it: its checksum is right, its names are known, its
/// streams follow. Names that a lost frame had defined are known from the segment's index, where that is whole.</remarks>
internal sealed partial class SegmentScan : IDisposable
{
    private readonly Slot _slot;
    private readonly IJournalFile _file;
    private readonly StreamTracker _tracker;
    private readonly Func<long, long, bool>? _isGone;
    private readonly FrameScanner _scanner;
    private readonly Log _log;
    private readonly Segment _segment;
    private FrameCursor _cursor;
    private int _streamsDefined;
    private int _typesDefined;
    private int _streamsBefore;
    private int _typesBefore;
    private readonly bool _isVersionKnown;

    public SegmentScan(IJournalFiles files, Guid storeId, Slot slot, StreamTracker tracker, Func<long, long, bool>? isGone)
    {
        _isGone = isGone;
        _slot = slot;
        _tracker = tracker;
        _file = files.Open(slot.Name, JournalFileMode.Read);
        Header = SlotList.HeaderOf(files, slot.Name);
        Seed = FrameFormat.Seed(storeId, slot.Number);
        _scanner = new FrameScanner(_file, Seed, SegmentHeader.Bytes);
        _log = new Log(files, storeId) { LastHole = ulong.MaxValue };
        _isVersionKnown = Header is { } header && header.StoreId == storeId;
        SegmentHeader used = new(storeId, slot.Number, slot.Base, 0, 0)
        {
            Version = _isVersionKnown ? Header!.Value.Version : SegmentHeader.VersionNow,
        };
        Span<byte> bytes = stackalloc byte[SegmentHeader.Bytes];
        used.Write(bytes);
        ChainStart = FrameFormat.ChainStart(bytes);
        _segment = new Segment(slot.Name, _file, used, ChainStart);
        DataEnd = SegmentHeader.Bytes;
    }

    /// <summary>The header as it stands in the file, null when it cannot be read.</summary>
    public SegmentHeader? Header { get; }

    /// <summary>Version of the segment: as its header says or, where that cannot be read, one that allows what was found in it.</summary>
    public ushort Version =>
        _isVersionKnown ? _segment.Header.Version
        : LastOldHole > 0 ? WithHoles(hasIndex: !IsSealOfOneWithoutIndex)
        : HasProperties ? SegmentHeader.VersionWithProperties
        : IsSealOfOneWithoutIndex ? SegmentHeader.VersionWithoutIndex : SegmentHeader.VersionNow;

    /// <summary>What its frames are seeded with.</summary>
    public uint Seed { get; }

    /// <summary>Where its chain begins.</summary>
    public uint ChainStart { get; }

    /// <summary>Frames that are kept, in order.</summary>
    public List<KeptFrame> Kept { get; } = [];

    /// <summary>What lies between them.</summary>
    public List<Hole> Holes { get; } = [];

    /// <summary>Where the frames end: before footers, seal and padding.</summary>
    public long DataEnd { get; private set; }

    /// <summary>The seal where it must be, null when it is not there or is damaged.</summary>
    public SegmentSeal? Seal { get; private set; }

    /// <summary>Whether <see cref="Holes"/> hold nothing that the index of the segment does not name.</summary>
    public bool IsLostKnown => Holes.Count == 0 || _index is not null;

    /// <summary>What was first seen to be wrong with a frame, null when nothing was.</summary>
    public (long Offset, string What)? Problem { get; private set; }

    /// <summary>Bytes of the file behind the segment that are not zero; -1 for none.</summary>
    public long PaddingAt { get; private set; } = -1;

    /// <summary>Reads all of it.</summary>
    public void Run()
    {
        if (_slot.Length is { } length) ReadSealAndIndex(length);
        long end = Seal?.DataEnd ?? _slot.Length - SealBytesMin ?? long.MaxValue;
        bool isWhole = true;
        while (DataEnd < end && isWhole)
        {
            if (_scanner.MoveNext() && _scanner.NextOffset <= end)
            {
                if (FrameFormat.Kind(_scanner.Payload) is FrameKind.Footer or FrameKind.Seal) break;
                Enter();
            }
            else
            {
                isWhole = TryPassOver(end);
            }
        }

        if (_slot.Length is { } slotLength) FinishSealed(slotLength, end);
        else FinishLast();
        if (_lostNames is not null) Nameless = _lostNames.Finish(_tracker, Holes.Sum(hole => hole.To - hole.From) - _leftOutBytes);
        if (_index is null || Holes.Count == 0) return;
        foreach ((StreamName stream, long endRevision) in _index.Ends) _tracker.Reached(stream, endRevision);
    }

    public void Dispose()
    {
        _scanner.Dispose();
        _file.Dispose();
    }

    private static int SealBytesMin => FrameFormat.FrameBytesMin + 32;

    /// <summary>The version that the segment must have with holes in it, for what was found in it.</summary>
    public ushort WithHoles(bool hasIndex) =>
        hasIndex ? SegmentHeader.VersionWithHolesAndIndex
        : IsWithProperties ? SegmentHeader.VersionWithHolesAndProperties
        : SegmentHeader.VersionWithHoles;

    /// <summary>Whether the segment must be of a version that knows of properties, for what was found in it.</summary>
    public bool IsWithProperties => HasProperties || SegmentHeader.IsWithProperties(_segment.Header.Version);

    private bool IsSealOfOneWithoutIndex => SealPayload.Length == SealBytesMin - FrameFormat.HeaderBytes;

    // What stands where a frame must be is lost if the log goes on behind it. In the last segment a later frame must say that this
    // place was durable, else it is a torn tail, which is not the business of a repair.
    private bool TryPassOver(long end)
    {
        long bad = DataEnd;
        string what = _scanner.Stop == ScanStop.Bad
            ? $"{_scanner.What} should be {_scanner.Expected}, is {_scanner.Found}"
            : "no frame";
        if (_slot.Length is null && TailSearch.FindFrame(_file, _segment.Header, bad + 1, _slot.PositionOf(bad)) < 0) return false;
        long next = TailSearch.FindFrame(_file, _segment.Header, bad + 1, _slot.Base);
        while (next >= 0 && next < end && next - bad < FrameFormat.FrameBytesMin)
            next = TailSearch.FindFrame(_file, _segment.Header, next + 1, _slot.Base);
        if (next < 0 || next >= end) return false;
        Problem ??= (bad, what);
        if (_slot.Length is not null && Seal is null && IsFooterOrSeal(next))
        {
            AddHole(bad, next);
            return false;
        }

        AddHole(bad, next);
        _scanner.Seek(next);
        return true;
    }

    private bool IsFooterOrSeal(long offset)
    {
        using FrameScanner scanner = new(_file, Seed, offset);
        return scanner.MoveNext() && FrameFormat.Kind(scanner.Payload) is FrameKind.Footer or FrameKind.Seal;
    }

    // Of a segment that another follows, everything before footers and seal must be frames.
    private void FinishSealed(long length, long end)
    {
        PaddingAt = _file.Length > length ? TailSearch.FirstContent(_file, length) : -1;
        long rest = end - DataEnd;
        if (Seal is null && IsFooterOrSeal(DataEnd))
        {
            Problem ??= (DataEnd, "the seal of the segment is damaged");
        }
        else if (rest > 0)
        {
            Problem ??= (DataEnd, _scanner.Stop == ScanStop.Bad
                ? $"{_scanner.What} should be {_scanner.Expected}, is {_scanner.Found}"
                : "frames and seal of the segment are missing");
            AddHole(DataEnd, end);
        }
        else if (Seal is null)
        {
            Problem ??= (DataEnd, "the seal of the segment is missing");
        }
    }

    // The last segment may have footers and a seal, when the one after it was not begun.
    private void FinishLast()
    {
        while (_scanner.Stop == ScanStop.None && _scanner.PayloadLength > 0 && FrameFormat.Kind(_scanner.Payload) == FrameKind.Footer)
            _scanner.MoveNext();
        IsSealedLast = Holes.Count == 0 && _scanner.Stop == ScanStop.None && _scanner.PayloadLength > 0
            && FrameFormat.Kind(_scanner.Payload) == FrameKind.Seal;
    }

    /// <summary>Whether this is the last segment and has a seal all the same.</summary>
    public bool IsSealedLast { get; private set; }
}
