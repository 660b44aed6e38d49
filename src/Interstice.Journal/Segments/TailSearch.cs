using System.Buffers;
using System.Buffers.Binary;
using Interstice.Journal.Files;

namespace Interstice.Journal.Segments;

/// <summary>Looks at what follows the last good frame of a segment. Writes nothing.</summary>
internal static class TailSearch
{
    // Small enough that what was read is still in the processor's second cache when it is looked at.
    private const int ChunkBytes = 256 << 10;

    /// <summary>Offset of the first byte that is not zero, -1 if all are.</summary>
    public static long FirstContent(IJournalFile file, long from)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            for (int read; (read = file.ReadAt(buffer.AsSpan(0, ChunkBytes), from)) > 0; from += read)
            {
                int first = buffer.AsSpan(0, read).IndexOfAnyExcept((byte)0);
                if (first >= 0) return from + first;
            }

            return -1;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Offset from which on all bytes are zero, read from the end of the file backwards.</summary>
    /// <exception cref="OperationCanceledException">It is not wanted any more.</exception>
    public static long ZerosFrom(IJournalFile file, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            for (long end = file.Length; end > 0;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                long start = Math.Max(0, end - ChunkBytes);
                int read = file.ReadAt(buffer.AsSpan(0, (int)(end - start)), start);
                int last = buffer.AsSpan(0, read).LastIndexOfAnyExcept((byte)0);
                if (last >= 0) return start + last + 1;
                end = start;
            }

            return 0;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Offset after the last byte that is not zero, or <paramref name="from"/> if all are.</summary>
    public static long EndOfContent(IJournalFile file, long from)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            long end = from;
            long at = from;
            for (int read; (read = file.ReadAt(buffer.AsSpan(0, ChunkBytes), at)) > 0; at += read)
            {
                int last = buffer.AsSpan(0, read).LastIndexOfAnyExcept((byte)0);
                if (last >= 0) end = at + last + 1;
            }

            return end;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Finds the first valid frame after an offset which says that the log was durable beyond a position.</summary>
    /// <remarks>The bytes in between may be anything, so every offset is tried. A frame's durable position must lie between
    /// the wanted one and the frame itself, which random bytes meet once in 2^38 tries; only then is a checksum computed.
    /// </remarks>
    /// <param name="file">The segment.</param>
    /// <param name="header">Its header.</param>
    /// <param name="from">First offset to try.</param>
    /// <param name="durableAbove">The frame must say more than this.</param>
    /// <returns>Offset of the frame, or -1.</returns>
    public static long FindFrame(IJournalFile file, SegmentHeader header, long from, ulong durableAbove)
    {
        uint seed = FrameFormat.Seed(header.StoreId, header.Number);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            for (long chunk = from; ;)
            {
                int read = file.ReadAt(buffer.AsSpan(0, ChunkBytes), chunk);
                ReadOnlySpan<byte> bytes = buffer.AsSpan(0, read);
                for (int at = 0; at + FrameFormat.FrameBytesMin <= read; at++)
                {
                    if (bytes[at] == 0 && bytes[at..].IndexOfAnyExcept((byte)0) is var zeros)
                    {
                        if (zeros < 0) break;
                        at += Math.Max(0, zeros - 3); // a length has four bytes, of which the low ones may be zero
                        if (at + FrameFormat.FrameBytesMin > read) break;
                    }

                    if (IsCandidate(bytes[at..], header, chunk + at, durableAbove)
                        && IsFrame(file, seed, chunk + at, bytes[at..])) return chunk + at;
                }

                if (read < ChunkBytes) return -1;
                chunk += read - FrameFormat.FrameBytesMin;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static bool IsCandidate(ReadOnlySpan<byte> frame, SegmentHeader header, long offset, ulong durableAbove)
    {
        ReadOnlySpan<byte> payload = frame[FrameFormat.HeaderBytes..];
        ulong durable = BinaryPrimitives.ReadUInt64LittleEndian(payload[FrameFormat.DurableOffset..]);
        return durable > durableAbove
            && durable <= header.BasePosition + (ulong)offset
            && payload[FrameFormat.VersionOffset] == FrameFormat.Version
            && FrameFormat.IsKnown(FrameFormat.Kind(payload))
            && FrameFormat.PayloadLength(frame) is >= FrameFormat.PrefixBytes and <= JournalLimits.FrameBytesMax;
    }

    private static bool IsFrame(IJournalFile file, uint seed, long offset, ReadOnlySpan<byte> start)
    {
        int length = FrameFormat.PayloadLength(start);
        if (file.Length - offset - FrameFormat.HeaderBytes < length) return false;
        byte[] payload = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            Span<byte> bytes = payload.AsSpan(0, length);
            return file.ReadAt(bytes, offset + FrameFormat.HeaderBytes) == length
                && FrameFormat.Checksum(seed, offset, bytes) == FrameFormat.StoredChecksum(start);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(payload);
        }
    }
}
