using Interstice.Journal.Segments;

namespace Interstice.Journal.Repair;

// Segments that another follows, and that are written with holes or with another seal.
internal sealed partial class RepairPlanner
{
    // The index follows from the frames that are kept, so it is made of them, where room is left for it between the last of them and
    // the end, which stays where it is.
    private void AddSealed(Slot slot, SegmentScan scan, long length)
    {
        List<KeptFrame> kept = WithoutLastFillers(scan);
        SegmentBody body = AsItWas(slot, scan, kept, length) ?? WithIndex(slot, scan, kept, length) ?? WithoutIndex(slot, scan, kept, length);
        body.Image.IsSparse = true;
        _images.Add(body.Image);
        _previousLength = body.Image.Length;
        _previousChain = body.Chain;
    }

    private void AddMissing(Slot slot, long length)
    {
        SegmentBody body = Body(slot, SegmentHeader.VersionWithHoles, [], [new Hole(SegmentHeader.Bytes, length - SealBytes)]);
        AddSeal(slot, body, events: 0, length, body.Image.Length, body.Chain);
        _images.Add(body.Image);
        _previousLength = body.Image.Length;
        _previousChain = body.Chain;
    }

    private SegmentBody WithoutIndex(Slot slot, SegmentScan scan, List<KeptFrame> kept, long length)
    {
        SegmentBody body = Body(slot, scan.WithHoles(hasIndex: false), kept, scan.Holes);
        AddFiller(slot, body, length - SealBytes);
        AddSeal(slot, body, scan.Events, length, body.Image.Length, body.Chain);
        return body;
    }

    // Null unless frames and index fill the segment as the writer had filled it, so that only the seal, or the index, was wrong.
    private SegmentBody? AsItWas(Slot slot, SegmentScan scan, List<KeptFrame> kept, long length)
    {
        if (scan.Holes.Count > 0 || scan.LastOldHole > 0) return null;
        ushort version = scan.IsWithProperties ? SegmentHeader.VersionWithProperties : SegmentHeader.VersionNow;
        SegmentBody body = Body(slot, version, kept, []);
        byte[] index = scan.EncodeIndex(0, hasHoles: false, body.Places);
        if (length - SealWithIndexBytes - body.Image.Length != FooterWriter.FrameBytes(index.Length)) return null;
        AddFootersAndSeal(slot, scan, body, index, length);
        return body;
    }

    // Null where there is no room for the index.
    private SegmentBody? WithIndex(Slot slot, SegmentScan scan, List<KeptFrame> kept, long length)
    {
        SegmentBody body = Body(slot, SegmentHeader.VersionWithHolesAndIndex, kept, scan.Holes);
        byte[] index = Index(body);
        long sealOffset = length - SealWithIndexBytes;
        List<Hole> holes = WithLastCut(scan.Holes, body, sealOffset - FooterWriter.FrameBytes(index.Length) - FrameFormat.FrameBytesMin);
        if (holes != scan.Holes)
        {
            body = Body(slot, SegmentHeader.VersionWithHolesAndIndex, kept, holes);
            index = Index(body);
        }

        long room = sealOffset - body.Image.Length;
        if (room - FooterWriter.FrameBytes(index.Length) >= FrameFormat.FrameBytesMin)
            AddFiller(slot, body, sealOffset - FooterWriter.FrameBytes(index.Length));
        else if (FooterWriter.Padded(index, room) is { } padded) index = padded;
        else return null;
        AddFootersAndSeal(slot, scan, body, index, length);
        return body;

        byte[] Index(SegmentBody of) => scan.EncodeIndex(Math.Max(scan.LastOldHole, of.LastHole), hasHoles: true, of.Places);
    }

    private void AddFootersAndSeal(Slot slot, SegmentScan scan, SegmentBody body, byte[] index, long length)
    {
        (long dataEnd, uint dataChain) = (body.Image.Length, body.Chain);
        body.Image.Add(Footers(index, scan, dataEnd, slot.PositionOf(dataEnd), _nowUs, dataChain, out uint chain, out long frames));
        body.Chain = chain;
        body.Frames += frames;
        AddSeal(slot, body, scan.Events, length, dataEnd, dataChain);
    }

    // A hole at the end may end earlier: nobody misses what stands in it.
    private static List<Hole> WithLastCut(List<Hole> holes, SegmentBody body, long to)
    {
        if (holes.Count == 0 || holes[^1] is not { } last || last.To != body.Image.Length || last.To <= to) return holes;
        if (to - last.From < FrameFormat.FrameBytesMin + HoleFrame.DefinitionBytes(last.Streams, last.Types)) return holes;
        Hole cut = new(last.From, to);
        cut.Streams.AddRange(last.Streams);
        cut.Types.AddRange(last.Types);
        return [.. holes[..^1], cut];
    }

    // What an earlier repair filled behind the last frame is room again.
    private static List<KeptFrame> WithoutLastFillers(SegmentScan scan)
    {
        long from = scan.Holes.Count > 0 ? scan.Holes[^1].To : SegmentHeader.Bytes;
        int count = scan.Kept.Count;
        while (count > 0 && scan.Kept[count - 1] is { IsFiller: true } last && last.Offset >= from) count--;
        return scan.Kept[..count];
    }

    // Header, frames and holes at their places.
    private SegmentBody Body(Slot slot, ushort version, List<KeptFrame> kept, List<Hole> holes)
    {
        FileImage image = new(slot.Name);
        byte[] header = Bytes(Header(slot, version));
        image.Add(header);
        SegmentBody body = new(image, FrameFormat.ChainStart(header));
        int nextHole = 0;
        foreach (KeptFrame frame in kept)
        {
            if (nextHole < holes.Count && holes[nextHole].From == image.Length) AddHole(slot, body, holes[nextHole++]);
            image.AddCopy(slot.Name, frame.Offset, frame.End - frame.Offset);
            body.Chain = FrameFormat.Chain(body.Chain, frame.Checksum);
            body.Frames++;
            if (frame.IsMapped) body.Places.Add(frame.Offset);
        }

        if (nextHole < holes.Count) AddHole(slot, body, holes[nextHole]);
        return body;
    }

    private void AddHole(Slot slot, SegmentBody body, Hole hole)
    {
        uint seed = FrameFormat.Seed(_storeId, slot.Number);
        (body.Chain, List<long> frames) = HoleFrame.AddHole(body.Image, hole, seed, slot.Base, _nowUs, body.Chain);
        body.Frames += frames.Count;
        body.Places.AddRange(frames);
        body.LastHole = frames[^1];
    }

    private void AddFiller(Slot slot, SegmentBody body, long to)
    {
        uint seed = FrameFormat.Seed(_storeId, slot.Number);
        (body.Chain, List<long> frames) = HoleFrame.AddFiller(body.Image, to, seed, slot.Base, _nowUs, body.Chain);
        body.Frames += frames.Count;
    }

    private void AddSeal(Slot slot, SegmentBody body, long events, long length, long dataEnd, uint dataChain)
    {
        long offset = body.Image.Length;
        byte[] frame = new byte[length - offset];
        Span<byte> payload = frame.AsSpan(FrameFormat.HeaderBytes);
        FrameFormat.WritePrefix(payload, FrameKind.Seal, 0, slot.PositionOf(dataEnd), _nowUs); // as the footers
        new SegmentSeal(offset, body.Chain, body.Frames, events, dataEnd, dataChain).Write(payload);
        body.Chain = FrameFormat.Chain(body.Chain, FrameFormat.WriteHeader(frame, FrameFormat.Seed(_storeId, slot.Number), offset));
        body.Image.Add(frame);
    }

    // The frames that hold an index.
    private static byte[] Footers(
        byte[] index, SegmentScan scan, long offset, ulong durable, long recordedUs, uint before, out uint chain, out long frames)
    {
        byte[] bytes = new byte[FooterWriter.FrameBytes(index.Length)];
        chain = before;
        frames = 0;
        int at = 0;
        for (int from = 0; from < index.Length; from += FooterWriter.ChunkBytes)
        {
            ReadOnlySpan<byte> chunk = index.AsSpan(from, Math.Min(FooterWriter.ChunkBytes, index.Length - from));
            Span<byte> frame = bytes.AsSpan(at, FrameFormat.FrameBytesMin + chunk.Length);
            FrameFormat.WritePrefix(frame[FrameFormat.HeaderBytes..], FrameKind.Footer, 0, durable, recordedUs);
            chunk.CopyTo(frame[FrameFormat.FrameBytesMin..]);
            chain = FrameFormat.Chain(chain, FrameFormat.WriteHeader(frame, scan.Seed, offset + at));
            at += frame.Length;
            frames++;
        }

        return bytes;
    }

    // A segment while it is made: what it holds so far.
    private sealed class SegmentBody(FileImage image, uint chain)
    {
        public FileImage Image => image;

        public uint Chain { get; set; } = chain;

        public long Frames { get; set; }

        // Where appends and holes begin.
        public List<long> Places { get; } = [];

        // Offset of the last hole that was put in, 0 for none.
        public long LastHole { get; set; }
    }
}
