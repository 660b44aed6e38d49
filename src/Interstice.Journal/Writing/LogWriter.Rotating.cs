using Interstice.Journal.Files;
using Interstice.Journal.Index;
using Interstice.Journal.Segments;

namespace Interstice.Journal.Writing;

internal sealed partial class LogWriter
{
    // Seals the active segment and goes on in the next. The prepared file comes first: if it cannot be had, nothing has
    // changed, the request is refused and a later one tries again.
    private bool TryRotate(AppendRequest request)
    {
        IJournalFile next;
        long needed = SegmentHeader.Bytes + request.FrameBytesMax + SegmentSeal.FrameBytes;
        long bytes = Math.Max(needed, CapacityAfter(_active.Tail));
        try
        {
            next = _preparer.Take(bytes);
        }
        catch (Exception e) when (WriteFailure.IsOfFiles(e))
        {
            request.SetError(WriteFailure.BeforeWrite(e, "making the next segment", _log.Files.Directory));
            return false;
        }

        Rotate(next);
        return true;
    }

    private void Rotate(IJournalFile next)
    {
        Segment sealedSegment = _active;
        SegmentSeal seal = new(sealedSegment.Tail, sealedSegment.Chain, sealedSegment.Frames, sealedSegment.Events);
        int start = _group.BeginFrame(SegmentSeal.FrameBytes, FrameKind.Seal, 0, _durable, _recordedUs);
        _group.AddBody(SegmentSeal.BodyBytes);
        seal.Write(_group.PayloadFrom(start));
        EndFrame(start);
        WriteGroup();
        sealedSegment.Tail += _group.Length;
        _active = SegmentFiles.ActivateAfter(_log, sealedSegment, next);
        _capacity = next.Length;
        _log.Add(_active);
        sealedSegment.IsSealed = true;
        _log.PublishTail(_active.PositionOf(_active.Tail));
        _group.BeginSegment(_active);
        BeginGroup();
        CutPadding(sealedSegment);
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
