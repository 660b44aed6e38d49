using System.Globalization;
using Interstice.Journal.Index;
using Interstice.Journal.Segments;

namespace Interstice.Journal.Recovery;

/// <summary>Opens a sealed segment by its seal and its footers, without its frames.</summary>
/// <remarks>The seal is bound to the segment that follows, which holds the chain checksum behind it; the footers are bound to the seal,
/// which holds the chain checksums before and behind them. So an index that is entered is the one that was sealed with these frames.
/// </remarks>
internal sealed class FooterOpener(Log log, Segment segment, long length)
{
    private SegmentSeal? _seal;
    private uint _sealChecksum;

    /// <summary>Why the footers cannot be used; null when they can, or when the segment has no readable seal.</summary>
    public FooterProblem? Problem { get; private set; }

    /// <summary>Enters the segment's index into the log, or nothing.</summary>
    /// <param name="checksFrames">The frames are to be read in any case.</param>
    /// <returns>What was read; null when the frames must be read instead.</returns>
    public FooterReader? TryEnter(bool checksFrames)
    {
        if (!segment.Header.HasFooters || !TryReadSeal() || checksFrames) return null;
        SegmentSeal seal = _seal!.Value;
        try
        {
            byte[] index = ReadFooters(seal);
            FooterReader reader = FooterReader.Read(log, segment, index, seal);
            reader.Enter(log);
            Seal(seal);
            return reader;
        }
        catch (FrameContentException e)
        {
            Problem = new FooterProblem(segment.Number, log.PathOf(segment), seal.DataEnd,
                string.Create(CultureInfo.InvariantCulture, $"{e.What} at byte {e.At} of the index is not what the frames say"));
            return null;
        }
    }

    /// <summary>Reads the frame lists of a segment again that was entered before.</summary>
    /// <exception cref="JournalDamageException">Seal or index are not what they were.</exception>
    public SegmentLists ReadLists()
    {
        try
        {
            if (!TryReadSeal()) throw new FrameContentException("seal", 0);
            return FooterReader.ReadLists(log, segment, ReadFooters(_seal!.Value), _seal.Value);
        }
        catch (FrameContentException e)
        {
            long offset = _seal?.DataEnd ?? segment.DataEnd;
            throw new JournalDamageException(log.PathOf(segment), segment.Number, offset, segment.PositionOf(offset),
                string.Create(CultureInfo.InvariantCulture, $"{e.What} at byte {e.At} of the index"), "as it was sealed", "something else");
        }
    }

    /// <summary>Ends a segment whose frames were all read and are as the seal says, when only its footers are damaged.</summary>
    /// <returns>False when the frames are not as the seal says.</returns>
    public bool TrySealWithoutFooters()
    {
        if (_seal is not { } seal || segment.Tail != seal.DataEnd || segment.Chain != seal.DataChain
            || segment.Events != seal.Events || segment.Frames > seal.Frames) return false;
        Problem ??= new FooterProblem(
            segment.Number, log.PathOf(segment), seal.DataEnd, "a footer is no frame with a right checksum");
        Seal(seal);
        return true;
    }

    private void Seal(in SegmentSeal seal)
    {
        segment.Chain = FrameFormat.Chain(seal.Chain, _sealChecksum);
        segment.Frames = seal.Frames + 1;
        segment.Events = seal.Events;
        segment.DataEnd = seal.DataEnd;
        segment.Tail = length;
        segment.IsSealed = true;
        segment.ReleaseAfterSeal();
    }

    private bool TryReadSeal()
    {
        int frameBytes = SegmentSeal.FrameBytes(segment.Header);
        long offset = length - frameBytes;
        if (offset < SegmentHeader.Bytes) return false;
        Span<byte> frame = stackalloc byte[SegmentSeal.FrameBytesMax];
        frame = frame[..frameBytes];
        if (segment.ReadAt(frame, offset) != frameBytes) return false;
        ReadOnlySpan<byte> payload = frame[FrameFormat.HeaderBytes..];
        _sealChecksum = FrameFormat.StoredChecksum(frame);
        if (FrameFormat.PayloadLength(frame) != payload.Length
            || FrameFormat.Checksum(segment.Seed, offset, payload) != _sealChecksum
            || FrameFormat.Kind(payload) != FrameKind.Seal
            || !SegmentSeal.TryRead(segment.Header, payload, out SegmentSeal seal)
            || seal.Length != offset || seal.DataEnd < SegmentHeader.Bytes || seal.DataEnd > offset) return false;
        _seal = seal;
        return true;
    }

    // The bodies of the footers, one after the other.
    private byte[] ReadFooters(in SegmentSeal seal)
    {
        byte[] frames = new byte[seal.Length - seal.DataEnd];
        if (segment.ReadAt(frames, seal.DataEnd) != frames.Length) throw new FrameContentException("length of the footers", 0);
        uint chain = seal.DataChain;
        int end = 0;
        for (int at = 0; at < frames.Length;)
        {
            ReadOnlySpan<byte> frame = frames.AsSpan(at);
            int payloadBytes = frame.Length < FrameFormat.FrameBytesMin ? 0 : FrameFormat.PayloadLength(frame);
            if (payloadBytes < FrameFormat.PrefixBytes || payloadBytes > frame.Length - FrameFormat.HeaderBytes)
                throw new FrameContentException("length of a footer", at);
            ReadOnlySpan<byte> payload = frame.Slice(FrameFormat.HeaderBytes, payloadBytes);
            uint checksum = FrameFormat.Checksum(segment.Seed, seal.DataEnd + at, payload);
            if (checksum != FrameFormat.StoredChecksum(frame)) throw new FrameContentException("checksum of a footer", at);
            if (FrameFormat.Kind(payload) != FrameKind.Footer) throw new FrameContentException("kind of a footer", at);
            chain = FrameFormat.Chain(chain, checksum);
            at += FrameFormat.HeaderBytes + payloadBytes;
            ReadOnlySpan<byte> body = payload[FrameFormat.PrefixBytes..];
            body.CopyTo(frames.AsSpan(end)); // the head of the frame is behind us, so nothing unread is overwritten
            end += body.Length;
        }

        return chain == seal.Chain ? frames[..end] : throw new FrameContentException("chain checksum of the footers", 0);
    }
}
