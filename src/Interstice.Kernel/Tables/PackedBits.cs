using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Interstice.Kernel.Tables;

/// <summary>Takes bits out of a word, side by side, and puts them back.</summary>
internal static class PackedBits
{
    /// <summary>2^64 divided by the golden ratio: multiplying by it spreads numbers.</summary>
    internal const ulong Golden = 0x9E3779B97F4A7C15;

    private const ulong LowBits = 0x7F7F7F7F7F7F7F7F;

    /// <summary>The mask of the bytes that are not zero.</summary>
    internal static ulong WholeBytes(ulong word)
    {
        ulong topBits = (((word & LowBits) + LowBits) | word) & ~LowBits;
        return (topBits >> 7) * byte.MaxValue;
    }

    /// <summary>The mask of all bits behind the first that is not zero.</summary>
    /// <param name="word">Not 0.</param>
    internal static ulong Behind(ulong word) => ulong.MaxValue >> BitOperations.LeadingZeroCount(word) >> 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Extract(ulong word, ulong mask) =>
        Bmi2.X64.IsSupported ? Bmi2.X64.ParallelBitExtract(word, mask) : ExtractRuns(word, mask);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Deposit(ulong packed, ulong mask) =>
        Bmi2.X64.IsSupported ? Bmi2.X64.ParallelBitDeposit(packed, mask) : DepositRuns(packed, mask);

    /// <summary>What <see cref="Extract"/> does where the processor has no instruction for it: a step for each run of ones.</summary>
    internal static ulong ExtractRuns(ulong word, ulong mask)
    {
        ulong packed = 0;
        for (int done = 0; mask != 0;)
        {
            ulong ones = FirstRun(mask, out int start);
            packed |= ((word >> start) & ones) << done;
            done += BitOperations.PopCount(ones);
            mask &= ~(ones << start);
        }

        return packed;
    }

    /// <summary>What <see cref="Deposit"/> does where the processor has no instruction for it.</summary>
    internal static ulong DepositRuns(ulong packed, ulong mask)
    {
        ulong word = 0;
        while (mask != 0)
        {
            ulong ones = FirstRun(mask, out int start);
            word |= (packed & ones) << start;
            packed = packed >> (BitOperations.PopCount(ones) - 1) >> 1;
            mask &= ~(ones << start);
        }

        return word;
    }

    // The lowest ones of a mask that stand side by side, moved down to bit 0.
    private static ulong FirstRun(ulong mask, out int start)
    {
        start = BitOperations.TrailingZeroCount(mask);
        ulong moved = mask >> start;
        return moved & ~(moved + 1);
    }
}
