namespace Interstice.Kernel.Tables.Columnar;

/// <summary>Always the same.</summary>
internal sealed class ConstantFilter(bool value) : ColumnFilter
{
    internal override void Evaluate(int chunk, int rows, Span<ulong> holds, Span<ulong> unknown)
    {
        unknown.Clear();
        if (value) ColumnChunk.SetAll(rows, holds);
        else holds.Clear();
    }
}
