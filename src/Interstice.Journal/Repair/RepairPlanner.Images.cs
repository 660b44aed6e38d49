using Interstice.Journal.Files;
using Interstice.Journal.Segments;

namespace Interstice.Journal.Repair;

internal sealed partial class RepairPlanner
{
    // A segment that another follows: as it is, with another header, with its index made again, or with holes.
    private void Rebuild(Slot slot, SegmentScan scan, long length)
    {
        uint dataChain = scan.Kept.Aggregate(scan.ChainStart, (chain, frame) => FrameFormat.Chain(chain, frame.Checksum));
        if (scan.Holes.Count > 0 || !IsAsSealed(scan, dataChain, out byte[]? footers))
        {
            if (scan.Problem is null && !scan.HasGone)
                AddFinding(slot, scan.DataEnd, "frames, index and seal of the segment do not agree");
            AddSealed(slot, scan, length);
            return;
        }

        SegmentSeal seal = scan.Seal!.Value;
        SegmentHeader expected = Header(slot, scan.Version);
        bool isHeaderRight = scan.Header == expected;
        if (!isHeaderRight && (scan.Header is null || !HasOnlyOtherPrevious(scan.Header.Value, expected)))
            AddFinding(slot, 0, "the header of the segment is damaged or another segment's");
        if (scan.PaddingAt >= 0) AddFinding(slot, scan.PaddingAt, "bytes behind the seal are not zero");
        if (footers is not null) AddFinding(slot, seal.DataEnd, "the index of the segment is not what its frames say");
        if (!isHeaderRight || footers is not null || scan.PaddingAt >= 0)
        {
            FileImage image = new(slot.Name);
            image.Add(Bytes(expected));
            image.AddCopy(slot.Name, SegmentHeader.Bytes, seal.DataEnd - SegmentHeader.Bytes);
            if (footers is not null) image.Add(footers);
            else image.AddCopy(slot.Name, seal.DataEnd, seal.Length - seal.DataEnd);
            image.AddCopy(slot.Name, seal.Length, length - seal.Length);
            _images.Add(image);
        }

        _previousLength = length;
        _previousChain = FrameFormat.Chain(seal.Chain, scan.SealChecksum);
    }

    // What follows from the segment before it is not wrong with this one.
    private bool HasOnlyOtherPrevious(in SegmentHeader header, in SegmentHeader expected) =>
        _images.Count > 0
        && header == (expected with { PreviousLength = header.PreviousLength, PreviousChain = header.PreviousChain });

    // Whether the seal is that of the frames. The index follows from the frames: where it is wrong in the file and the seal was made
    // over the right one, it is made again, to the byte.
    private static bool IsAsSealed(SegmentScan scan, uint dataChain, out byte[]? footers)
    {
        footers = null;
        if (scan.Seal is not { } seal || seal.DataEnd != scan.DataEnd || seal.DataChain != dataChain || seal.Events != scan.Events)
            return false;
        if (seal.DataEnd == seal.Length) return !SegmentHeader.IsWithFooters(scan.Version) && seal.Frames == scan.Kept.Count;
        if (!SegmentHeader.IsWithFooters(scan.Version)) return false;
        bool hasHoles = SegmentHeader.IsWithHoles(scan.Version);
        byte[] encoded = scan.EncodeIndex(scan.LastOldHole, hasHoles, scan.Kept.Where(frame => frame.IsMapped).Select(frame => frame.Offset));
        if (hasHoles) encoded = FooterWriter.Padded(encoded, seal.Length - seal.DataEnd) ?? encoded;
        byte[] index = Footers(encoded, scan, seal.DataEnd, FrameFormat.Durable(scan.SealPayload), FrameFormat.RecordedUs(scan.SealPayload),
            seal.DataChain, out uint chain, out long frames);
        if (chain != seal.Chain || frames + scan.Kept.Count != seal.Frames || index.Length != seal.Length - seal.DataEnd) return false;
        if (!scan.IsInFile(index, seal.DataEnd)) footers = index;
        return true;
    }

    private void RebuildLast(Slot slot, SegmentScan scan)
    {
        SegmentHeader expected = Header(slot, scan.Version);
        bool isHeaderRight = scan.Header == expected;
        if (!isHeaderRight && (scan.Header is null || !HasOnlyOtherPrevious(scan.Header.Value, expected)))
            AddFinding(slot, 0, "the header of the segment is damaged or another segment's");
        if (scan.Holes.Count > 0)
        {
            FileImage holed = Body(slot, scan.WithHoles(hasIndex: true), scan.Kept, scan.Holes).Image;
            _images.Add(holed);
            holed.AddZeros(SegmentSeal.FrameBytesMax);
            return;
        }

        if (isHeaderRight) return;
        FileImage image = new(slot.Name);
        image.Add(Bytes(expected));
        using IJournalFile file = _files.Open(slot.Name, JournalFileMode.Read);
        image.AddCopy(slot.Name, SegmentHeader.Bytes, Math.Max(0, file.Length - SegmentHeader.Bytes));
        _images.Add(image);
    }

    // Ends the log before the first loss.
    private void Cut(Slot slot, SegmentScan scan)
    {
        List<KeptFrame> kept = [.. scan.Kept.TakeWhile(frame => frame.Offset < scan.Holes[0].From)];
        if (kept.Count == 0)
        {
            _removed.Add(slot.Name);
            return;
        }

        FileImage image = new(slot.Name);
        image.Add(Bytes(Header(slot, scan.Version)));
        image.AddCopy(slot.Name, SegmentHeader.Bytes, kept[^1].End - SegmentHeader.Bytes);
        image.AddZeros(SegmentSeal.FrameBytesMax);
        _images.Add(image);
    }

    private void AddFinding(Slot slot, long offset, string what) =>
        _findings.Add(new RepairFinding(slot.Name, slot.Number, offset, slot.PositionOf(offset), what));

    private static byte[] Bytes(in SegmentHeader header)
    {
        byte[] bytes = new byte[SegmentHeader.Bytes];
        header.Write(bytes);
        return bytes;
    }
}
