namespace Interstice.Kernel.Tables.Columnar;

/// <summary>Whether the code is between two, both included; or, inverted, whether it is not.</summary>
internal sealed class RangeFilter(StoredColumn column, ulong low, ulong high, bool isInverted) : ColumnFilter
{
    internal override void Evaluate(int chunk, int rows, Span<ulong> holds, Span<ulong> unknown)
    {
        ColumnChunk tested = column.Chunks[chunk];
        tested.Test(low, high, holds);
        MaskWords.Finish(tested, rows, isInverted, holds, unknown);
    }
}
