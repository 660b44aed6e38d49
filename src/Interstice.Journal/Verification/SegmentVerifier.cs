using System.Buffers;
using System.Runtime.InteropServices;
using Interstice.Journal.Index;
using Interstice.Journal.Reading;
using Interstice.Journal.Recovery;
using Interstice.Journal.Segments;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Verification;

/// <summary>Checks one segment: every frame, what the frames hold, the seal, and the zeros behind it.</summary>
internal sealed partial class SegmentVerifier(
    LogVerifier owner, Log log, Segment segment, bool isLast, bool isHeaderKnown) : IDisposable
{
    private const long ProgressBytes = 16 << 20;

    private readonly FrameScanner _scanner = new(segment.File, segment.Seed, SegmentHeader.Bytes);
    private readonly ArrayBufferWriter<byte> _footers = new();
    private FrameCursor _cursor;
    private long _dataEnd = -1;
    private uint _dataChain;
    private long _tail = SegmentHeader.Bytes;
    private uint _chain = segment.Chain;
    private long _nextProgress = ProgressBytes;
    private bool _isSealed;
    private bool _isWhole = isHeaderKnown;

    public long Frames { get; private set; }

    public long Appends { get; private set; }

    public long Events { get; private set; }

    public long BytesRead => _tail;

    /// <summary>What was found.</summary>
    public SegmentResult Result =>
        new(segment.Number, segment.Name, segment.BasePosition, BytesRead, Frames, Events, _isSealed);

    /// <summary>What the next segment's header must say; null when this one is not whole.</summary>
    public SegmentSummary? Summary =>
        _isWhole && _isSealed ? new SegmentSummary(segment.PositionOf(_tail), _tail, _chain) : null;

    /// <summary>Reads frames as far as there are any.</summary>
    public void ReadOn()
    {
        while (!_isSealed)
        {
            if (_scanner.MoveNext()) Check();
            else if (!TryGoOn()) break;
        }

        if (_isSealed) CheckPadding();
        else if (!isLast && _scanner.Stop == ScanStop.End) AddMissingSeal();
    }

    /// <summary>What stands behind the last frame of the log, if anything does.</summary>
    public TornTail? TornTail()
    {
        if (_isSealed) return null;
        long tail = _dataEnd >= 0 ? _dataEnd : _tail; // footers without a seal are not whole
        long end = TailSearch.EndOfContent(segment.File, tail);
        return end == tail ? null : new TornTail(segment.Number, tail, segment.PositionOf(tail), end - tail);
    }

    public void Dispose()
    {
        _scanner.Dispose();
        segment.File.Dispose();
    }

    private void Check()
    {
        FrameKind kind = FrameFormat.Kind(_scanner.Payload);
        if (kind == FrameKind.Footer) AddFooter();
        else if (_dataEnd >= 0 && kind != FrameKind.Seal)
            Add(VerificationErrorKind.Footer, "frame behind a footer", "a footer or the seal", $"{kind}");
        if (kind == FrameKind.Seal) CheckSeal();
        else if (kind == FrameKind.Append) CheckAppend();
        else if (kind == FrameKind.Hole) CheckHole();
        ulong durable = FrameFormat.Durable(_scanner.Payload);
        if (durable > segment.PositionOf(_scanner.Offset) || durable < segment.BasePosition)
            Add(VerificationErrorKind.Content, "position up to which the log was durable",
                $"{segment.BasePosition} to {segment.PositionOf(_scanner.Offset)}", $"{durable}");
        _chain = FrameFormat.Chain(_chain, _scanner.Checksum);
        Frames++;
        _tail = _scanner.NextOffset;
        if (_tail < _nextProgress) return;
        _nextProgress += ProgressBytes;
        owner.Advance(_tail);
    }

    private void CheckAppend()
    {
        Appends++;
        if (!_isWhole) return;
        try
        {
            FrameDefinitions.Enter(log, segment, _scanner.Payload);
            _cursor.Begin(segment, _scanner.Buffer, _scanner.PayloadAt, _scanner.PayloadLength,
                _scanner.Offset + FrameFormat.HeaderBytes);
            while (_cursor.NextPart()) CheckPart();
            segment.AddTime(_cursor.RecordedUs);
            lock (log.IndexLock) segment.MapLocked(_scanner.Offset);
        }
        catch (FrameContentException e)
        {
            Add(VerificationErrorKind.Content, e.What, "what a writer writes",
                $"something else at byte {e.At} of the payload");
            Forget();
        }
    }

    private void CheckHole()
    {
        if (!segment.Header.HasHoles && _isWhole)
            Add(VerificationErrorKind.Content, "kind of the frame", $"one of version {segment.Header.Version}", "a hole");
        segment.LastHole = _scanner.Offset;
        lock (log.IndexLock) segment.MapLocked(_scanner.Offset);
        owner.AddHole(new JournalHole(segment.Number, segment.PositionOf(_scanner.Offset), _scanner.NextOffset - _scanner.Offset));
        if (!_isWhole) return;
        try
        {
            FrameDefinitions.Enter(log, segment, _scanner.Payload);
        }
        catch (FrameContentException e)
        {
            Add(VerificationErrorKind.Content, e.What, "what a repair writes", $"something else at byte {e.At} of the payload");
            Forget();
        }
    }

    private void CheckPart()
    {
        StreamEntry stream = _cursor.Stream;
        if (owner.ExpectedInstead(stream, _cursor.Revision) is { } expected)
            Add(VerificationErrorKind.Revision, $"first revision of stream {stream.Name}", $"{expected}", $"{_cursor.Revision}");
        Events += _cursor.EventsLeft;
        lock (log.IndexLock) stream.AddLocked(segment, _scanner.Offset, _cursor.Revision, _cursor.EventsLeft);
        if (MetadataJson.IsMetadataStream(stream.Name)) CheckSettings(stream);
        else CheckEvents(stream);
        owner.SetNextRevision(stream, _cursor.Revision);
    }

    private void CheckEvents(StreamEntry stream)
    {
        if (_cursor.IsUnconditional)
        {
            long first = _cursor.Revision;
            RecordedEvent recorded = default;
            _cursor.Read(MemoryMarshal.CreateSpan(ref recorded, 1));
            segment.AddRecent(new RecentAppend(recorded.Id, stream, first));
        }

        _cursor.Skip(_cursor.EventsLeft);
    }

    private void CheckSettings(StreamEntry stream)
    {
        while (_cursor.EventsLeft > 0)
        {
            RecordedEvent recorded = default;
            _cursor.Read(new Span<RecordedEvent>(ref recorded));
            if (MetadataJson.TryParse(recorded.Data.Span, out StreamMetadata metadata))
                log.FindOrAdd(MetadataJson.TargetOf(stream.Name)).Metadata = metadata;
            else
                Add(VerificationErrorKind.Content, $"settings in stream {stream.Name}", "stream metadata as JSON",
                    "something else");
        }
    }

    private void CheckSeal()
    {
        _isSealed = true;
        if (!SegmentSeal.TryRead(segment.Header, _scanner.Payload, out SegmentSeal found))
        {
            Add(VerificationErrorKind.Seal, "length of the seal", $"{SegmentSeal.BodyBytes(segment.Header)}", "another");
            return;
        }

        // Of a segment with damage in it, frames and events were passed over; only the length can be compared.
        SegmentSeal expected = _isWhole
            ? new SegmentSeal(_scanner.Offset, _chain, Frames, Events, _dataEnd >= 0 ? _dataEnd : _scanner.Offset,
                _dataEnd >= 0 ? _dataChain : _chain)
            : found with { Length = _scanner.Offset };
        if (found != expected) Add(VerificationErrorKind.Seal, "seal of the segment", $"{expected}", $"{found}");
        if (segment.Header.HasFooters && _isWhole) CheckFooters();
    }

    private void CheckPadding()
    {
        if (TailSearch.FirstContent(segment.File, _tail) is var at and >= 0)
            owner.Add(Error(VerificationErrorKind.Padding, at, "byte behind the seal", "zero", "something else"));
    }

    // What stands where a frame should be is damage if the log goes on behind it: notes it and goes there. In the last segment a
    // later frame must say that this place was durable; without one it is a torn tail.
    private bool TryGoOn()
    {
        long bad = _scanner.Offset;
        ulong durableAbove = isLast ? segment.PositionOf(bad) : segment.BasePosition;
        long next = TailSearch.FindFrame(segment.File, segment.Header, bad + 1, durableAbove);
        if (next < 0 && (isLast || _scanner.Stop != ScanStop.Bad)) return false;
        if (next >= 0 && _scanner.MoveNext())
        {
            // Another process has written it in the meantime.
            Check();
            return true;
        }

        VerificationErrorKind kind = IsInFooters(bad, next) ? VerificationErrorKind.Footer : VerificationErrorKind.Frame;
        owner.Add(_scanner.Stop == ScanStop.Bad
            ? Error(kind, bad, _scanner.What, _scanner.Expected, _scanner.Found)
            : Error(kind, bad, "frame", "a frame", "zeros"));
        Forget();
        if (next < 0) return false;
        _scanner.Seek(next);
        return true;
    }

    private void AddMissingSeal()
    {
        owner.Add(Error(VerificationErrorKind.Seal, _tail, "end of a segment that another follows", "a seal",
            _tail < segment.File.Length ? "zeros" : "the end of the file"));
        Forget();
    }

    private void Forget()
    {
        _isWhole = false;
        owner.ForgetRevisions();
    }

    private void Add(VerificationErrorKind kind, string what, string expected, string found) =>
        owner.Add(Error(kind, _scanner.Offset, what, expected, found));

    private VerificationError Error(VerificationErrorKind kind, long offset, string what, string expected, string found) =>
        new(kind, segment.Name, segment.Number, offset, segment.PositionOf(offset), what, expected, found);
}
