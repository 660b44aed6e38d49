using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Interstice.Kernel.Tables;

/// <summary>Takes bytes out of a word, side by side, and puts them back. Masks are whole bytes of zeros or ones.</summary>
internal static class PackedBytes
{
    /// <summary>2^64 divided by the golden ratio: multiplying by it spreads numbers.</summary>
    internal const ulong Golden = 0x9E3779B97F4A7C15;

    private const ulong LowBits = 0x7F7F7F7F7F7F7F7F;

    /// <summary>The mask of the bytes that are not zero.</summary>
    internal static ulong NonZero(ulong word)
    {
        ulong topBits = (((word & LowBits) + LowBits) | word) & ~LowBits;
        return (topBits >> 7) * byte.MaxValue;
    }

    /// <summary>The mask of all bytes behind the first that is not zero.</summary>
    /// <param name="word">Not 0.</param>
    internal static ulong Behind(ulong word)
    {
        int bytesBefore = BitOperations.LeadingZeroCount(word) / 8;
        return bytesBefore == 7 ? 0 : ulong.MaxValue >> (8 * (bytesBefore + 1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Extract(ulong word, ulong mask) =>
        Bmi2.X64.IsSupported ? Bmi2.X64.ParallelBitExtract(word, mask) : ExtractBytes(word, mask);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Deposit(ulong packed, ulong mask) =>
        Bmi2.X64.IsSupported ? Bmi2.X64.ParallelBitDeposit(packed, mask) : DepositBytes(packed, mask);

    /// <summary>What <see cref="Extract"/> does where the processor has no instruction for it.</summary>
    internal static ulong ExtractBytes(ulong word, ulong mask)
    {
        ulong packed = 0;
        for (int shift = 56; shift >= 0; shift -= 8)
        {
            if (((mask >> shift) & 1) != 0) packed = (packed << 8) | (byte)(word >> shift);
        }

        return packed;
    }

    /// <summary>What <see cref="Deposit"/> does where the processor has no instruction for it.</summary>
    internal static ulong DepositBytes(ulong packed, ulong mask)
    {
        ulong word = 0;
        for (int shift = 0; shift < 64; shift += 8)
        {
            if (((mask >> shift) & 1) == 0) continue;
            word |= (ulong)(byte)packed << shift;
            packed >>= 8;
        }

        return word;
    }
}
