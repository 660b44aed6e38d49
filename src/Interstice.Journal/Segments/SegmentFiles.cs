using Interstice.Journal.Files;
using Interstice.Journal.Index;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Segments;

/// <summary>The files of a store's directory: which are segments, and how a new one comes to be.</summary>
internal static class SegmentFiles
{
    private const int ZeroChunkBytes = 1 << 20;
    private const long FirstSegmentBytes = 4 << 20;

    private static readonly byte[] Zeros = new byte[ZeroChunkBytes];

    /// <summary>Names of all segments in log order.</summary>
    /// <exception cref="JournalDamageException">One is missing in between.</exception>
    /// <exception cref="EventStoreException">A file calls itself a segment and is not named as one.</exception>
    public static List<(long Number, ulong Base, string Name)> List(IJournalFiles files)
    {
        List<(long Number, ulong Base, string Name)> segments = [];
        foreach (string name in files.List())
        {
            if (SegmentName.TryParse(name, out long number, out ulong basePosition))
                segments.Add((number, basePosition, name));
            else if (SegmentName.IsClaimed(name))
                throw new EventStoreException(EventStoreErrorKind.UnknownFormat,
                    $"{Path.Join(files.Directory, name)} is not named as a segment of a journal is; move it elsewhere");
        }

        segments.Sort();
        for (int i = 0; i < segments.Count; i++)
        {
            if (segments[i].Number == i + 1) continue;
            (long number, ulong basePosition, string name) = segments[i];
            throw new JournalDamageException(Path.Join(files.Directory, name), number, 0, basePosition,
                "number of the segment", $"{i + 1}", $"{number}");
        }

        return segments;
    }

    /// <summary>How long a segment is made: it doubles the log until the setting is reached.</summary>
    public static long Capacity(ulong basePosition, long segmentBytes)
    {
        long doubled = basePosition >= (ulong)segmentBytes
            ? segmentBytes
            : (long)System.Numerics.BitOperations.RoundUpToPowerOf2(basePosition);
        return Math.Min(segmentBytes, Math.Max(FirstSegmentBytes, doubled));
    }

    /// <summary>Makes a file of zeros on the device, so that later writes into it change no metadata of the file system.</summary>
    public static IJournalFile Prepare(IJournalFiles files, long bytes)
    {
        if (files.List().Contains(SegmentName.Prepared)) files.Delete(SegmentName.Prepared);
        IJournalFile file = files.Open(SegmentName.Prepared, JournalFileMode.Create);
        try
        {
            WriteZeros(file, 0, bytes);
            file.Sync();
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Makes a prepared file the first segment of a store, or the one after a sealed segment, durably.</summary>
    /// <param name="log">The log; the segment is not yet added.</param>
    /// <param name="previous">The sealed segment before it, null for the first.</param>
    /// <param name="file">From <see cref="Prepare"/>; becomes the segment's.</param>
    /// <param name="version">Its format.</param>
    public static Segment ActivateAfter(Log log, Segment? previous, IJournalFile file, ushort version = SegmentHeader.VersionNow)
    {
        SegmentHeader header = previous is null
            ? new SegmentHeader(log.StoreId, 1, 0, 0, 0)
            : new SegmentHeader(log.StoreId, previous.Number + 1, previous.PositionOf(previous.Tail), previous.Tail,
                previous.Chain);
        header = header with { Version = version };
        Span<byte> bytes = stackalloc byte[SegmentHeader.Bytes];
        header.Write(bytes);
        file.WriteAt(bytes, 0);
        file.Sync();
        string name = SegmentName.Of(header.Number, header.BasePosition);
        log.Files.Rename(SegmentName.Prepared, name);
        log.Files.SyncDirectory();
        return new Segment(name, file, header, FrameFormat.ChainStart(bytes));
    }

    /// <summary>Writes zeros; durable after the file's sync.</summary>
    public static void WriteZeros(IJournalFile file, long from, long to)
    {
        for (long at = from; at < to; at += ZeroChunkBytes)
            file.WriteAt(Zeros.AsSpan(0, (int)Math.Min(ZeroChunkBytes, to - at)), at);
    }
}
