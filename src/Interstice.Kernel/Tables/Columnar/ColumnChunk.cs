using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Interstice.Kernel.Tables.Columnar;

/// <summary>The codes of one column for a run of rows: the least of them, and how far each is above it in as few bytes as all need.
/// Immutable.</summary>
internal sealed class ColumnChunk
{
    private const int WordBits = 64;

    private readonly byte[] _offsets;
    private readonly ulong[]? _nulls;

    private ColumnChunk(int count, ulong least, ulong most, int width, byte[] offsets, ulong[]? nulls)
    {
        Count = count;
        Least = least;
        Most = most;
        Width = width;
        _offsets = offsets;
        _nulls = nulls;
    }

    /// <summary>Number of rows.</summary>
    internal int Count { get; }

    /// <summary>The least code that is there; 0 when all rows are null.</summary>
    internal ulong Least { get; }

    /// <summary>The greatest code that is there.</summary>
    internal ulong Most { get; }

    /// <summary>Bytes of an offset: 0 when all codes are the same, 1, 2, 4 or 8.</summary>
    internal int Width { get; }

    internal bool HasNulls => _nulls is not null;

    internal long MemoryBytes => _offsets.Length + ((_nulls?.Length ?? 0) * sizeof(ulong));

    internal ReadOnlySpan<byte> Offsets => _offsets;

    /// <summary>One bit for each row that is null, or nothing.</summary>
    internal ReadOnlySpan<ulong> Nulls => _nulls;

    /// <summary>Packs codes.</summary>
    /// <param name="codes">The codes; of rows that are null, anything.</param>
    /// <param name="nulls">One bit for each row that is null.</param>
    internal static ColumnChunk Create(ReadOnlySpan<ulong> codes, ReadOnlySpan<ulong> nulls)
    {
        (ulong least, ulong most) = (ulong.MaxValue, 0);
        bool hasNulls = nulls.ContainsAnyExcept(0UL);
        for (int i = 0; i < codes.Length; i++)
        {
            if (hasNulls && IsSet(nulls, i)) continue;
            least = Math.Min(least, codes[i]);
            most = Math.Max(most, codes[i]);
        }

        if (least > most) (least, most) = (0, 0);
        ulong range = most - least;
        int width = range == 0 ? 0 : range <= byte.MaxValue ? 1 : range <= ushort.MaxValue ? 2 : range <= uint.MaxValue ? 4 : 8;
        byte[] offsets = new byte[codes.Length * width];
        for (int i = 0; width > 0 && i < codes.Length; i++)
        {
            ulong offset = hasNulls && IsSet(nulls, i) ? 0 : codes[i] - least;
            Span<byte> place = offsets.AsSpan(i * width, width);
            for (int b = 0; b < width; b++) place[b] = (byte)(offset >> (8 * b));
        }

        return new ColumnChunk(codes.Length, least, most, width, offsets, hasNulls ? nulls.ToArray() : null);
    }

    internal bool IsNull(int row) => _nulls is not null && IsSet(_nulls, row);

    internal ulong Code(int row) => Least + Width switch
    {
        0 => 0UL,
        1 => _offsets[row],
        2 => MemoryMarshal.Cast<byte, ushort>(_offsets)[row],
        4 => MemoryMarshal.Cast<byte, uint>(_offsets)[row],
        _ => MemoryMarshal.Cast<byte, ulong>(_offsets)[row],
    };

    /// <summary>Sets one bit for each row whose code is between two, both included; rows that are null may have either.</summary>
    internal void Test(ulong low, ulong high, Span<ulong> mask)
    {
        if (low > high || high < Least || low > Most)
        {
            mask.Clear();
            return;
        }

        if (low <= Least && high >= Most)
        {
            SetAll(Count, mask);
            return;
        }

        ulong from = Math.Max(low, Least) - Least;
        ulong to = Math.Min(high, Most) - Least;
        switch (Width)
        {
            case 1:
                Test<byte>(_offsets, (byte)from, (byte)to, mask);
                break;
            case 2:
                Test(MemoryMarshal.Cast<byte, ushort>(_offsets), (ushort)from, (ushort)to, mask);
                break;
            case 4:
                Test(MemoryMarshal.Cast<byte, uint>(_offsets), (uint)from, (uint)to, mask);
                break;
            default:
                Test(MemoryMarshal.Cast<byte, ulong>(_offsets), from, to, mask);
                break;
        }
    }

    /// <summary>Sets one bit for each row.</summary>
    internal static void SetAll(int count, Span<ulong> mask)
    {
        mask.Fill(ulong.MaxValue);
        int rest = count % WordBits;
        if (rest > 0) mask[^1] = (1UL << rest) - 1;
    }

    private static bool IsSet(ReadOnlySpan<ulong> bits, int number) => (bits[number / WordBits] >> (number % WordBits) & 1) != 0;

    // One comparison tells both: what lies below the range is far above it once its beginning has been subtracted.
    private static void Test<T>(ReadOnlySpan<T> values, T low, T high, Span<ulong> mask)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        T range = high - low;
        int row = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            Vector256<T> lows = Vector256.Create(low);
            Vector256<T> ranges = Vector256.Create(range);
            for (; row + WordBits <= values.Length; row += WordBits)
            {
                ulong bits = 0;
                for (int lane = 0; lane < WordBits; lane += Vector256<T>.Count)
                {
                    Vector256<T> distance = Vector256.Create(values.Slice(row + lane, Vector256<T>.Count)) - lows;
                    bits |= (ulong)Vector256.LessThanOrEqual(distance, ranges).ExtractMostSignificantBits() << lane;
                }

                mask[row / WordBits] = bits;
            }
        }

        for (; row < values.Length; row += WordBits)
        {
            ulong bits = 0;
            int end = Math.Min(WordBits, values.Length - row);
            for (int i = 0; i < end; i++)
                if (unchecked(values[row + i] - low) <= range) bits |= 1UL << i;
            mask[row / WordBits] = bits;
        }
    }
}
