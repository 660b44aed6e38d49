namespace Interstice.Kernel.Tables.Columnar;

/// <summary>Whether the value is null; never unknown.</summary>
internal sealed class NullFilter(StoredColumn column) : ColumnFilter
{
    internal override void Evaluate(int chunk, int rows, Span<ulong> holds, Span<ulong> unknown)
    {
        ColumnChunk tested = column.Chunks[chunk];
        unknown.Clear();
        if (tested.HasNulls) tested.Nulls.CopyTo(holds);
        else holds.Clear();
    }
}
