using System.Runtime.CompilerServices;

namespace Interstice.Journal.Segments;

/// <summary>Numbers in as few bytes as they need: seven bits a byte, lowest first, the top bit set on all but the last.</summary>
internal static class Varint
{
    /// <summary>Longest encoding of 64 bits.</summary>
    public const int BytesMax = 10;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(Span<byte> destination, ref int at, ulong value)
    {
        while (value >= 0x80)
        {
            destination[at++] = (byte)(value | 0x80);
            value >>= 7;
        }

        destination[at++] = (byte)value;
    }

    /// <summary>Reads a number.</summary>
    /// <exception cref="FrameContentException">It does not end in time.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Read(ReadOnlySpan<byte> source, ref int at)
    {
        if ((uint)at >= (uint)source.Length) throw new FrameContentException("number", at);
        byte first = source[at];
        if (first < 0x80)
        {
            at++;
            return first;
        }

        // The caller's place stays in a register: it is a copy whose address is taken.
        int next = at;
        ulong value = ReadLong(source, ref next);
        at = next;
        return value;
    }

    /// <summary>Reads a number that must fit into what is left of the source, as a length or count.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ReadLength(ReadOnlySpan<byte> source, ref int at)
    {
        ulong value = Read(source, ref at);
        if (value > (ulong)(source.Length - at)) throw new FrameContentException("length", at);
        return (int)value;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static ulong ReadLong(ReadOnlySpan<byte> source, ref int at)
    {
        // Numbers of two and three bytes are nearly all that there are.
        if (source.Length - at > 2)
        {
            uint start = (uint)(source[at] & 0x7f | source[at + 1] << 7);
            if (start < 0x4000)
            {
                at += 2;
                return start;
            }

            if (source[at + 2] < 0x80)
            {
                start = start & 0x3fff | (uint)source[at + 2] << 14;
                at += 3;
                return start;
            }
        }

        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            if ((uint)at >= (uint)source.Length) break;
            byte next = source[at++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80) return value;
        }

        throw new FrameContentException("number", at);
    }
}
