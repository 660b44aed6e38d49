using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Interstice.Kernel.Tables;

/// <summary>Searches rising numbers in a node.</summary>
internal static class KeySearch
{
    // Vectors.
    private const int Window = 8;

    /// <summary>How many of some rising heads stand before one. Binary search without jumps, since each outcome is as likely as
    /// the other.</summary>
    internal static int CountBelow<THead>(ref THead heads, int count, THead head)
        where THead : unmanaged, IKeyHead<THead>
    {
        int low = 0;
        while (count > 1)
        {
            int half = count >>> 1;
            low += THead.IsLess(Unsafe.Add(ref heads, low + half - 1), head) ? half : 0;
            count -= half;
        }

        return count == 1 && THead.IsLess(Unsafe.Add(ref heads, low), head) ? low + 1 : low;
    }

    /// <summary>How many of some rising heads do not stand behind one.</summary>
    internal static int CountUpTo<THead>(ref THead heads, int count, THead head)
        where THead : unmanaged, IKeyHead<THead>
    {
        int low = 0;
        while (count > 1)
        {
            int half = count >>> 1;
            low += THead.IsLess(head, Unsafe.Add(ref heads, low + half - 1)) ? 0 : half;
            count -= half;
        }

        return count == 1 && !THead.IsLess(head, Unsafe.Add(ref heads, low)) ? low + 1 : low;
    }

    /// <summary>How many of some rising numbers are less than one.</summary>
    /// <remarks>Looks at all of the last few instead of jumping about: these loads do not wait for each other.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int CountLess<T>(ref T numbers, int count, T number)
        where T : unmanaged, IBinaryInteger<T>
    {
        int below = 0;
        while (count > Window * Vector256<T>.Count)
        {
            int half = count >>> 1;
            below += Unsafe.Add(ref numbers, below + half - 1) < number ? half : 0;
            count -= half;
        }

        numbers = ref Unsafe.Add(ref numbers, below);
        Vector256<T> bound = Vector256.Create(number);
        int i = 0;
        for (; i <= count - Vector256<T>.Count; i += Vector256<T>.Count)
        {
            Vector256<T> isBelow = Vector256.LessThan(Vector256.LoadUnsafe(ref numbers, (nuint)i), bound);
            below += BitOperations.PopCount(isBelow.ExtractMostSignificantBits());
        }

        for (; i < count; i++) below += Unsafe.Add(ref numbers, i) < number ? 1 : 0;
        return below;
    }
}
