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

        return ReadLong(source, ref at);
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
