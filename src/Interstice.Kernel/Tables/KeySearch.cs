using System.Runtime.CompilerServices;

namespace Interstice.Kernel.Tables;

/// <summary>Binary search without jumps, since each outcome is as likely as the other.</summary>
internal static class KeySearch
{
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
}
