using Interstice.Journal.Files;
using Interstice.Journal.Index;
using Interstice.Journal.Segments;

namespace Interstice.Journal.Writing;

internal sealed partial class LogWriter
{
    // Seals the active segment and goes on in the next. The prepared file comes first: if it cannot be had, nothing has
    // changed, the request is refused and a later one tries again.
    private bool TryRotate(AppendRequest request, long frameBytesMax, ushort version)
    {
        IJournalFile next;
        byte[]? index = _active.Header.HasFooters ? FooterWriter.Encode(_log, _active) : null;
        long needed = SegmentHeader.Bytes + frameBytesMax + SegmentSeal.FrameBytesMax;
        long bytes = Math.Max(needed, CapacityAfter(_active.Tail));
        try
        {
            MakeRoom(index);
            next = _preparer.Take(bytes);
        }
        catch (Exception e) when (WriteFailure.IsOfFiles(e))
        {
            request.SetError(WriteFailure.BeforeWrite(e, "making the next segment", _log.Files.Directory));
            return false;
        }

        Rotate(next, index, version);
        return true;
    }

    // The index may need more room than is left. Taken before anything of it is written, so that a full device is heard of while
    // nothing has changed. Only the bytes must have a place; the sync that makes them durable is that of the seal.
    private void MakeRoom(byte[]? index)
    {
        if (index is null) return;
        long end = _active.Tail + FooterWriter.FrameBytes(index.Length) + SegmentSeal.FrameBytesMax;
        SegmentFiles.WriteZeros(_active.File, _active.File.Length, end);
    }

    private void Rotate(IJournalFile next, byte[]? index, ushort version)
    {
        Segment sealedSegment = _active;
        AddFootersAndSeal(sealedSegment, index);
        WriteGroup(syncs: true);
        sealedSegment.DataEnd = sealedSegment.Tail;
        sealedSegment.Tail += _group.Length;
        sealedSegment.ReleaseAfterSeal();
        _log.MoveLists(sealedSegment);
        _active = SegmentFiles.ActivateAfter(_log, sealedSegment, next, version);
        _capacity = next.Length;
        _log.Add(_active);
        sealedSegment.IsSealed = true;
        _log.PublishTail(_active.PositionOf(_active.Tail));
        _group.BeginSegment(_active);
        BeginGroup();
        CutPadding(sealedSegment);
    }

    private void AddFootersAndSeal(Segment segment, byte[]? index)
    {
        uint dataChain = segment.Chain;
        for (int at = 0; at < index?.Length; at += FooterWriter.ChunkBytes)
        {
            ReadOnlySpan<byte> chunk = index.AsSpan(at, Math.Min(FooterWriter.ChunkBytes, index.Length - at));
            int footer = _group.BeginFrame(
                FrameFormat.FrameBytesMin + chunk.Length, FrameKind.Footer, 0, _durable, _recordedUs);
            chunk.CopyTo(_group.AddBody(chunk.Length));
            EndFrame(footer);
        }

        SegmentSeal seal = new(
            segment.Tail + _group.Length, segment.Chain, segment.Frames, segment.Events, segment.Tail, dataChain);
        int start = _group.BeginFrame(SegmentSeal.FrameBytes(segment.Header), FrameKind.Seal, 0, _durable, _recordedUs);
        _group.AddBody(SegmentSeal.BodyBytes(segment.Header));
        seal.Write(_group.PayloadFrom(start));
        EndFrame(start);
    }

    // What follows the seal is zero; cutting it off saves space and time and may fail without harm.
    private static void CutPadding(Segment segment)
    {
        try
        {
            if (segment.File.Length > segment.Tail) segment.File.SetLength(segment.Tail);
        }
        catch (Exception e) when (WriteFailure.IsOfFiles(e))
        {
            // The padding stays; verifying checks that it is zero.
        }
    }
}
