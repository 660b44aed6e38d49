using System.Buffers;
using Interstice.Journal.Index;
using Interstice.Journal.Segments;

namespace Interstice.Journal.Verification;

internal sealed partial class SegmentVerifier
{
    /// <summary>Gives back the index that was built to compare the footers with.</summary>
    public void Release()
    {
        lock (log.IndexLock)
            for (int code = 0; code < segment.Streams.Count; code++)
                segment.Streams[(ulong)code]!.Runs.Clear();
    }

    private void AddFooter()
    {
        if (!segment.Header.HasFooters)
            Add(VerificationErrorKind.Footer, "kind of the frame", "one of version 1", "a footer");
        if (_dataEnd < 0)
        {
            _dataEnd = _scanner.Offset;
            _dataChain = _chain;
        }

        _footers.Write(_scanner.Payload[FrameFormat.PrefixBytes..]);
    }

    // Whether the place of a bad frame is one of the index, as the seal behind it says.
    private bool IsInFooters(long bad, long next)
    {
        if (_dataEnd >= 0) return true;
        if (next < 0 || !segment.Header.HasFooters) return false;
        using FrameScanner scanner = new(segment.File, segment.Seed, next);
        while (scanner.MoveNext())
        {
            if (FrameFormat.Kind(scanner.Payload) == FrameKind.Footer) continue;
            return FrameFormat.Kind(scanner.Payload) == FrameKind.Seal
                && SegmentSeal.TryRead(segment.Header, scanner.Payload, out SegmentSeal seal) && seal.DataEnd <= bad;
        }

        return false;
    }

    // The index is a function of the frames: it must be the same to the byte.
    private void CheckFooters()
    {
        if (!AreNamesUsed())
        {
            Add(VerificationErrorKind.Content, "names of streams", "each once, defined by the first frame that uses it",
                "one that is defined twice or used by no frame");
            return;
        }

        ReadOnlySpan<byte> found = _footers.WrittenSpan;
        ReadOnlySpan<byte> expected = FooterWriter.Encode(log, segment);
        int same = found.CommonPrefixLength(expected);
        if (same == expected.Length && found.Length - same <= FooterWriter.PaddingMax(segment.Header)
            && !found[same..].ContainsAnyExcept((byte)0)) return;
        owner.Add(Error(VerificationErrorKind.Footer, _dataEnd >= 0 ? _dataEnd : _scanner.Offset,
            $"byte {same} of the index of the segment", Byte(expected, same), Byte(found, same)));
    }

    // Else no index can be made. A hole may define what no frame uses any more.
    private bool AreNamesUsed()
    {
        HashSet<StreamEntry> seen = [];
        for (int code = 0; code < segment.Streams.Count; code++)
        {
            StreamEntry stream = segment.Streams[(ulong)code]!;
            bool isUsed = stream.Runs.Count > 0 && stream.Runs[^1].Segment == segment;
            if (!seen.Add(stream) || !(isUsed || segment.Header.HasHoles)) return false;
        }

        return true;
    }

    private static string Byte(ReadOnlySpan<byte> index, int at) =>
        at < index.Length ? $"{index[at]:x2}" : "its end";
}
