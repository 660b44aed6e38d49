using System.Runtime.InteropServices;
using Interstice.Journal.Index;
using Interstice.Journal.Reading;
using Interstice.Journal.Segments;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Recovery;

/// <summary>Enters frames that were read from the files into the log: names, frame lists, revisions, stream metadata.</summary>
/// <remarks>One thread. Checks that revisions have no gap.</remarks>
internal sealed class FrameIndexer(Log log, RecentAppends recent)
{
    private FrameCursor _cursor;
    private uint? _footerChain;
    private long _footers;

    /// <summary>Enters the frame that a scanner stands at and publishes it: the segment's tail moves behind it.</summary>
    /// <exception cref="JournalDamageException">It holds what no writer writes, or a revision that is not the next one.
    /// </exception>
    public void Enter(Segment segment, FrameScanner scanner)
    {
        long offset = scanner.Offset;
        ReadOnlySpan<byte> payload = scanner.Payload;
        FrameKind kind = FrameFormat.Kind(payload);
        if (kind == FrameKind.Footer)
        {
            AddFooter(segment, scanner);
            return;
        }

        if (_footerChain is not null && kind != FrameKind.Seal)
            throw Damage(segment, offset, "frame behind a footer", "a footer or the seal", $"{kind}");
        try
        {
            if (kind == FrameKind.Hole) EnterHole(segment, offset, payload);
            if (kind == FrameKind.Append)
            {
                FrameDefinitions.Enter(log, segment, payload);
                _cursor.Begin(segment, scanner.Buffer, scanner.PayloadAt, scanner.PayloadLength,
                    offset + FrameFormat.HeaderBytes);
                while (_cursor.NextPart()) EnterPart(segment, offset);
            }
        }
        catch (FrameContentException e)
        {
            throw Damage(segment, offset, e.What, "what a writer writes", $"something else at byte {e.At} of the payload");
        }

        if (kind == FrameKind.Hole)
            lock (log.IndexLock) segment.MapLocked(offset);
        if (kind == FrameKind.Append)
        {
            segment.AddTime(FrameFormat.RecordedUs(payload));
            lock (log.IndexLock) segment.MapLocked(offset);
        }

        if (kind == FrameKind.Seal) CheckSeal(segment, offset, payload);
        segment.Chain = FrameFormat.Chain(_footerChain ?? segment.Chain, scanner.Checksum);
        segment.Frames += _footers + 1;
        if (kind == FrameKind.Seal) segment.DataEnd = segment.Tail;
        segment.Tail = scanner.NextOffset;
        if (kind != FrameKind.Seal) return;
        segment.IsSealed = true;
        segment.ReleaseAfterSeal();
        if (_footers > 0) log.MoveLists(segment);
        ForgetFooters();
    }

    /// <summary>Forgets footers that no seal was found behind; they are read again when it is there.</summary>
    public void ForgetFooters()
    {
        _footerChain = null;
        _footers = 0;
    }

    // Footers count when the seal behind them does: without it they are the rest of a write that was torn. What they hold follows
    // from the frames that were just read.
    private void AddFooter(Segment segment, FrameScanner scanner)
    {
        if (!segment.Header.HasFooters)
            throw Damage(segment, scanner.Offset, "kind of the frame", "one of version 1", "a footer");
        _footerChain = FrameFormat.Chain(_footerChain ?? segment.Chain, scanner.Checksum);
        _footers++;
    }

    // Behind it streams may go on with later revisions. It defines the names that the lost frames had defined.
    private void EnterHole(Segment segment, long offset, ReadOnlySpan<byte> payload)
    {
        if (!segment.Header.HasHoles)
            throw Damage(segment, offset, "kind of the frame", $"one of version {segment.Header.Version}", "a hole");
        FrameDefinitions.Enter(log, segment, payload);
        segment.LastHole = offset;
        log.LastHole = segment.PositionOf(offset);
    }

    private void EnterPart(Segment segment, long offset)
    {
        StreamEntry stream = _cursor.Stream;
        long first = _cursor.Revision;
        int events = _cursor.EventsLeft;
        if (!log.MayFollow(stream.Name, first))
            throw Damage(segment, offset, $"first revision of stream {stream.Name}", $"{stream.Written + 1}", $"{first}");
        bool isMetadata = MetadataJson.IsMetadataStream(stream.Name);
        if (isMetadata) _cursor.Skip(events - 1);
        if (isMetadata || _cursor.IsUnconditional)
        {
            RecordedEvent recorded = default;
            _cursor.Read(MemoryMarshal.CreateSpan(ref recorded, 1));
            if (isMetadata) EnterMetadata(segment, offset, stream, recorded);
            else EnterRecent(segment, recorded.Id, stream, first);
        }

        lock (log.IndexLock) stream.AddLocked(segment, offset, first, events);
        segment.Events += events;
        stream.Written = first + events - 1;
        stream.WrittenPosition = 0;
        stream.Last = stream.Written;
    }

    private void EnterRecent(Segment segment, Guid firstId, StreamEntry stream, long first)
    {
        recent.Add(firstId, stream, first);
        segment.AddRecent(new RecentAppend(firstId, stream, first));
    }

    private void EnterMetadata(Segment segment, long offset, StreamEntry stream, in RecordedEvent recorded)
    {
        if (!MetadataJson.TryParse(recorded.Data.Span, out StreamMetadata metadata))
            throw Damage(segment, offset, $"settings in stream {stream.Name}", "stream metadata as JSON", "something else");
        log.FindOrAdd(MetadataJson.TargetOf(stream.Name)).Metadata = metadata;
    }

    private void CheckSeal(Segment segment, long offset, ReadOnlySpan<byte> frame)
    {
        SegmentSeal expected = new(
            offset, _footerChain ?? segment.Chain, segment.Frames + _footers, segment.Events, segment.Tail, segment.Chain);
        if (!SegmentSeal.TryRead(segment.Header, frame, out SegmentSeal found) || found != expected)
            throw Damage(segment, offset, "seal of the segment", $"{expected}", $"{found}");
    }

    private JournalDamageException Damage(Segment segment, long offset, string what, string expected, string found) =>
        new(log.PathOf(segment), segment.Number, offset, segment.PositionOf(offset), what, expected, found);
}
