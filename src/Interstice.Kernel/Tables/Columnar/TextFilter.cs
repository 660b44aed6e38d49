namespace Interstice.Kernel.Tables.Columnar;

/// <summary>Whether the text is one of some of the dictionary.</summary>
internal sealed class TextFilter(StoredColumn column, bool[] accepted) : ColumnFilter
{
    internal override void Evaluate(int chunk, int rows, Span<ulong> holds, Span<ulong> unknown)
    {
        ColumnChunk tested = column.Chunks[chunk];
        holds.Clear();
        if (accepted.Length > 0)
        {
            for (int row = 0; row < rows; row++)
                if (accepted[tested.Code(row)]) holds[row / 64] |= 1UL << (row % 64);
        }

        MaskWords.Finish(tested, rows, isInverted: false, holds, unknown);
    }
}
