namespace Interstice.Kernel.Tables.Columnar;

/// <summary>Words of one bit for each row.</summary>
internal static class MaskWords
{
    /// <summary>Inverts the bits of all rows and leaves those behind the last row clear.</summary>
    internal static void Invert(int rows, Span<ulong> mask)
    {
        for (int i = 0; i < mask.Length; i++) mask[i] = ~mask[i];
        int rest = rows % 64;
        if (rest > 0) mask[^1] &= (1UL << rest) - 1;
    }

    /// <summary>Inverts a test of codes if need be, and takes the rows that are null out of it.</summary>
    internal static void Finish(ColumnChunk tested, int rows, bool isInverted, Span<ulong> holds, Span<ulong> unknown)
    {
        if (isInverted) Invert(rows, holds);
        if (!tested.HasNulls)
        {
            unknown.Clear();
            return;
        }

        tested.Nulls.CopyTo(unknown);
        for (int i = 0; i < holds.Length; i++) holds[i] &= ~unknown[i];
    }
}
