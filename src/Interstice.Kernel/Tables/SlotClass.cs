using System.Numerics;

namespace Interstice.Kernel.Tables;

/// <summary>Sizes of slots in a <see cref="RowHeap"/>: every multiple of 4 bytes up to 512, then eight sizes per doubling. The
/// size follows from the length alone, so that a slot need not say how large it is.</summary>
internal static class SlotClass
{
    internal const int GranuleBytes = 4;
    internal const int Count = ExactMax + GeometricMax;

    private const int ExactMax = 128;
    private const int StepsPerDoubling = 8;
    private const int StepsLog = 3;
    private const int FirstShift = 4;
    private const int GeometricMax = 10 * StepsPerDoubling;

    /// <summary>The class of the smallest slot that holds so many bytes.</summary>
    /// <param name="bytes">1 or more.</param>
    /// <param name="granules">The size of the slot.</param>
    internal static int Of(int bytes, out int granules)
    {
        int needed = (bytes + GranuleBytes - 1) / GranuleBytes;
        if (needed <= ExactMax)
        {
            granules = needed;
            return needed - 1;
        }

        int shift = BitOperations.Log2((uint)(needed - 1)) - StepsLog;
        int step = (needed - 1) >> shift;
        granules = (step + 1) << shift;
        return ExactMax + (shift - FirstShift) * StepsPerDoubling + step - StepsPerDoubling;
    }
}
