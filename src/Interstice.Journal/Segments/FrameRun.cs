using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Interstice.Journal.Checksums;

namespace Interstice.Journal.Segments;

/// <summary>Frames that lie in memory one behind the other.</summary>
internal static class FrameRun
{
    /// <summary>Length of the frame that bytes begin with, whether all of it is there or not; 0 when they begin with none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int FrameBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < FrameFormat.HeaderBytes) return 0;
        int length = FrameFormat.PayloadLength(bytes);
        return length is < FrameFormat.PrefixBytes or > JournalLimits.FrameBytesMax ? 0 : FrameFormat.HeaderBytes + length;
    }

    /// <summary>How many bytes are whole frames with right checksums.</summary>
    /// <param name="bytes">Begin with a frame.</param>
    /// <param name="seed">What the frames of the segment are seeded with.</param>
    /// <param name="offset">Where the bytes begin in the segment.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int CheckedBytes(ReadOnlySpan<byte> bytes, uint seed, long offset)
    {
        int at = 0;
        while (FrameBytes(bytes[at..]) is var frame and > 0 && frame <= bytes.Length - at)
        {
            ReadOnlySpan<byte> payload = MemoryMarshal.CreateReadOnlySpan(
                ref Unsafe.Add(ref MemoryMarshal.GetReference(bytes), at + FrameFormat.HeaderBytes), frame - FrameFormat.HeaderBytes);
            uint before = Crc32C.Continue(Crc32C.Continue(seed, (ulong)(offset + at)), (ulong)payload.Length);
            if (Crc32C.ContinueInline(before, payload) != FrameFormat.StoredChecksum(bytes[at..])) break;
            at += frame;
        }

        return at;
    }
}
