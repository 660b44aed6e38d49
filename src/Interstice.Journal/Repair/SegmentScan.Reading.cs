using System.Runtime.InteropServices;
using Interstice.Journal.Index;
using Interstice.Journal.Recovery;
using Interstice.Journal.Segments;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Repair;

internal sealed partial class SegmentScan
{
    private readonly List<(StreamEntry Stream, long First, int Count)> _parts = [];
    private SegmentNames? _index;
    private LostNames? _lostNames;
    private long _leftOutBytes;
    private bool _areNamesLost;

    /// <summary>Number of events in the frames that are kept.</summary>
    public long Events { get; private set; }

    /// <summary>Frames that are whole and are left out, because their names are lost; null for none.</summary>
    public LeftOutAppends? LeftOut { get; private set; }

    /// <summary>The streams of these whose names are lost.</summary>
    public IReadOnlyList<NamelessStream> Nameless { get; private set; } = [];

    /// <summary>Checksum of the frame of <see cref="Seal"/>.</summary>
    public uint SealChecksum { get; private set; }

    /// <summary>Payload of the frame of <see cref="Seal"/>.</summary>
    public byte[] SealPayload { get; private set; } = [];

    /// <summary>The index that the frames that are kept give.</summary>
    /// <param name="lastHole">Offset of the last hole in the segment as it will be, 0 for none.</param>
    /// <param name="hasHoles">Whether it will be of a version with holes.</param>
    /// <param name="places">Where its appends and holes begin, in order.</param>
    public byte[] EncodeIndex(long lastHole, bool hasHoles, IEnumerable<long> places)
    {
        _segment.LastHole = lastHole;
        lock (_log.IndexLock)
        {
            _segment.SetMapLocked([]);
            foreach (long place in places) _segment.MapLocked(place);
        }

        return FooterWriter.Encode(_log, _segment, hasHoles);
    }

    /// <summary>Offset of the last hole that an earlier repair left, 0 for none.</summary>
    public long LastOldHole { get; private set; }

    /// <summary>Whether settings that are kept need a version that knows of properties.</summary>
    public bool HasProperties { get; private set; }

    /// <summary>Whether bytes stand in the file.</summary>
    public bool IsInFile(byte[] bytes, long offset)
    {
        byte[] found = new byte[bytes.Length];
        return _file.ReadAt(found, offset) == found.Length && found.AsSpan().SequenceEqual(bytes);
    }

    private void ReadSealAndIndex(long length)
    {
        foreach (int bytes in new[] { SegmentSeal.FrameBytes(_segment.Header), SealBytesMin })
        {
            if (Seal is not null || bytes > length - SegmentHeader.Bytes) continue;
            byte[] frame = new byte[bytes];
            long offset = length - bytes;
            if (_file.ReadAt(frame, offset) != bytes || FrameFormat.PayloadLength(frame) != bytes - FrameFormat.HeaderBytes) continue;
            byte[] payload = frame[FrameFormat.HeaderBytes..];
            SegmentHeader header = _segment.Header with { Version = bytes == SealBytesMin ? (ushort)1 : SegmentHeader.VersionNow };
            if (FrameFormat.Checksum(Seed, offset, payload) != FrameFormat.StoredChecksum(frame)
                || FrameFormat.Kind(payload) != FrameKind.Seal
                || !SegmentSeal.TryRead(header, payload, out SegmentSeal seal)
                || seal.Length != offset || seal.DataEnd < SegmentHeader.Bytes || seal.DataEnd > offset) continue;
            Seal = seal;
            SealPayload = payload;
            SealChecksum = FrameFormat.StoredChecksum(frame);
        }

        if (Seal is null || !_segment.Header.HasFooters) return;
        ReadIndex(length, _segment.Header);
        if (_index is null && !_isVersionKnown) ReadIndex(length, _segment.Header with { Version = SegmentHeader.VersionWithHolesAndIndex });
    }

    private void ReadIndex(long length, in SegmentHeader header)
    {
        Log log = new(_log.Files, _log.StoreId) { LastHole = ulong.MaxValue };
        Segment segment = new(_slot.Name, _file, header, ChainStart);
        if (new FooterOpener(log, segment, length).TryEnter(checksFrames: false) is not null) _index = SegmentNames.Of(segment);
    }

    private void AddHole(long from, long to)
    {
        if (Holes.Count > 0 && Holes[^1].To == from)
        {
            Holes[^1].To = to;
        }
        else
        {
            Holes.Add(new Hole(from, to));
            _tracker.AddHole();
        }

        DataEnd = to;
    }

    private void Enter()
    {
        long offset = _scanner.Offset;
        long next = _scanner.NextOffset;
        if (_isGone is not null && _isGone(_slot.Number, offset) && TryLeaveGone(offset, next)) return;
        if (IsReadable(out string why))
        {
            bool isMapped = FrameFormat.Kind(_scanner.Payload) is FrameKind.Append or FrameKind.Hole;
            Kept.Add(new KeptFrame(offset, next, _scanner.Checksum, isMapped, IsFiller(_scanner.Payload)));
            DataEnd = next;
            return;
        }

        Problem ??= (offset, why);
        AddHole(offset, next);
        if (FrameFormat.Kind(_scanner.Payload) == FrameKind.Append) NoteLeftOut(offset, next);
    }

    /// <summary>Whether whole frames were left out because they are gone.</summary>
    public bool HasGone { get; private set; }

    // The names that it defines stay, in the hole, so that all others keep their codes.
    private bool TryLeaveGone(long offset, long next)
    {
        int streams = _segment.Streams.Count;
        int types = _segment.Types.Count;
        if (!TryDefine(out string _)) return false;
        HasGone = true;
        AddHole(offset, next);
        for (int code = streams; code < _segment.Streams.Count; code++) Holes[^1].Streams.Add(_segment.Streams[(ulong)code]!.Name.Value);
        for (int code = types; code < _segment.Types.Count; code++) Holes[^1].Types.Add(_segment.Types[(ulong)code]!);
        return true;
    }

    // A frame whose checksum is right and that is left out all the same. What it holds can be counted without names.
    private void NoteLeftOut(long offset, long next)
    {
        try
        {
            _lostNames ??= new LostNames(_slot, _segment);
            long events = _lostNames.Add(_log, _scanner.Payload, offset);
            LeftOut = LeftOut is { } before
                ? before with { Appends = before.Appends + 1, Events = before.Events + events }
                : new LeftOutAppends(_slot.Number, _slot.Name, offset, _slot.PositionOf(offset), 1, events);
            _leftOutBytes += next - offset;
        }
        catch (FrameContentException)
        {
            // Not what a writer writes: nobody can tell what it held.
        }
    }

    private bool IsReadable(out string why)
    {
        why = string.Empty;
        (_streamsBefore, _typesBefore) = (_segment.Streams.Count, _segment.Types.Count);
        FrameKind kind = FrameFormat.Kind(_scanner.Payload);
        try
        {
            if (kind == FrameKind.Marker) return true;
            if (kind == FrameKind.Hole) return IsOldHole(out why);
            if (!TryDefine(out why)) return false;
            if (TryEnterParts(out why)) return true;
        }
        catch (FrameContentException e)
        {
            why = $"{e.What} is not what a writer writes";
            _areNamesLost = true;
        }

        ForgetDefinitions();
        return false;
    }

    // A hole will be where the frame is, so the segment's index must not have names that only the frame defines.
    private void ForgetDefinitions()
    {
        _segment.Streams.CutTo(_streamsBefore);
        _segment.Types.CutTo(_typesBefore);
        _streamsDefined = _streamsBefore;
        _typesDefined = _typesBefore;
    }

    private bool IsOldHole(out string why)
    {
        why = "a hole where none can be, or whose names no longer have their codes";
        if (_isVersionKnown && !_segment.Header.HasHoles) return false;
        if (FrameFormat.DefinitionBytes(_scanner.Payload) > 0)
        {
            if (Holes.Count > 0 && Problem is not null) return false; // where frames only went, names have kept their codes
            FrameDefinitions.Enter(_log, _segment, _scanner.Payload);
            _streamsDefined = _segment.Streams.Count;
            _typesDefined = _segment.Types.Count;
        }

        _tracker.AddOldHole();
        LastOldHole = _scanner.Offset;
        return true;
    }

    private static bool IsFiller(ReadOnlySpan<byte> payload) =>
        FrameFormat.Kind(payload) == FrameKind.Marker
        && (payload.Length == FrameFormat.PrefixBytes || payload[FrameFormat.PrefixBytes] == (byte)MarkerReason.Repaired);

    // Whether every name that the frame uses is known, by its own definitions, those before it, or those of the index.
    private bool TryDefine(out string why)
    {
        why = "names that lost frames had defined";
        if (_areNamesLost) return false;
        FrameCodes codes = FrameCodes.Read(_scanner.Payload);
        Segment defined = new(_slot.Name, _file, _segment.Header, ChainStart);
        FrameDefinitions.Enter(_log, defined, _scanner.Payload);
        long streams = codes.StreamMax + 1 - defined.Streams.Count;
        long types = codes.TypeMax + 1 - defined.Types.Count;
        if ((defined.Streams.Count > 0 && streams < _streamsDefined) || (defined.Types.Count > 0 && types < _typesDefined)) return false;
        if ((streams > _streamsDefined || types > _typesDefined) && !TryDefineFromIndex(streams, types)) return false;
        (_streamsBefore, _typesBefore) = (_segment.Streams.Count, _segment.Types.Count); // those of a hole stay
        for (int i = 0; i < defined.Streams.Count; i++) _segment.Streams.Add(defined.Streams[(ulong)i]!);
        for (int i = 0; i < defined.Types.Count; i++) _segment.Types.Add(defined.Types[(ulong)i]!);
        _streamsDefined = _segment.Streams.Count;
        _typesDefined = _segment.Types.Count;
        return true;
    }

    // Puts the names that are missing into the last hole, where the frames that had defined them stood.
    private bool TryDefineFromIndex(long streams, long types)
    {
        if (_index is null || Holes.Count == 0 || streams > _index.Streams.Count || types > _index.Types.Count) return false;
        Hole hole = Holes[^1];
        string[] newStreams = [.. _index.Streams.Skip(_streamsDefined).Take((int)Math.Max(0, streams - _streamsDefined))];
        string[] newTypes = [.. _index.Types.Skip(_typesDefined).Take((int)Math.Max(0, types - _typesDefined))];
        int bytes = HoleFrame.DefinitionBytes([.. hole.Streams, .. newStreams], [.. hole.Types, .. newTypes]);
        if (FrameFormat.FrameBytesMin + bytes > hole.To - hole.From) return false;
        foreach (string name in newStreams) _segment.Streams.Add(_log.FindOrAdd(new StreamName(name)));
        foreach (string name in newTypes) _segment.Types.Add(_log.TypeNames.Share(name));
        hole.Streams.AddRange(newStreams);
        hole.Types.AddRange(newTypes);
        return true;
    }

    private bool TryEnterParts(out string why)
    {
        why = string.Empty;
        _parts.Clear();
        List<RecentAppend> unconditional = [];
        List<(StreamEntry Stream, StreamMetadata Metadata)> settings = [];
        _cursor.Begin(_segment, _scanner.Buffer, _scanner.PayloadAt, _scanner.PayloadLength, _scanner.Offset + FrameFormat.HeaderBytes);
        while (_cursor.NextPart())
        {
            StreamEntry stream = _cursor.Stream;
            _parts.Add((stream, _cursor.Revision, _cursor.EventsLeft));
            if (!_tracker.MayFollow(stream.Name, _cursor.Revision)) why = $"revision {_cursor.Revision} of stream {stream.Name} does not follow";
            bool isMetadata = MetadataJson.IsMetadataStream(stream.Name);
            if (isMetadata) _cursor.Skip(_cursor.EventsLeft - 1);
            if (isMetadata || _cursor.IsUnconditional)
            {
                long first = _cursor.Revision;
                RecordedEvent recorded = default;
                _cursor.Read(MemoryMarshal.CreateSpan(ref recorded, 1));
                if (!isMetadata) unconditional.Add(new RecentAppend(recorded.Id, stream, first));
                else if (MetadataJson.TryParse(recorded.Data.Span, out StreamMetadata metadata)) settings.Add((stream, metadata));
                else why = $"settings in stream {stream.Name} are not what a writer writes";
            }

            _cursor.Skip(_cursor.EventsLeft);
        }

        if (why.Length > 0)
        {
            _areNamesLost |= FrameFormat.DefinitionBytes(_scanner.Payload) > 0;
            return false;
        }

        Index(unconditional, settings);
        return true;
    }

    private void Index(List<RecentAppend> unconditional, List<(StreamEntry Stream, StreamMetadata Metadata)> settings)
    {
        foreach (RecentAppend append in unconditional) _segment.AddRecent(append);
        foreach ((StreamEntry stream, StreamMetadata metadata) in settings)
        {
            _log.FindOrAdd(MetadataJson.TargetOf(stream.Name)).Metadata = metadata;
            HasProperties |= MetadataJson.HasProperties(metadata);
        }

        _segment.AddTime(FrameFormat.RecordedUs(_scanner.Payload));
        lock (_log.IndexLock)
        {
            foreach ((StreamEntry stream, long first, int count) in _parts) stream.AddLocked(_segment, _scanner.Offset, first, count);
        }

        foreach ((StreamEntry stream, long first, int count) in _parts)
        {
            _tracker.Enter(stream.Name, first, count);
            Events += count;
        }
    }
}
