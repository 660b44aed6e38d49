namespace Interstice.Kernel.Tables.Columnar;

/// <summary>The opposite; unknown stays unknown.</summary>
internal sealed class InvertedFilter(ColumnFilter inner) : ColumnFilter
{
    internal override void Evaluate(int chunk, int rows, Span<ulong> holds, Span<ulong> unknown)
    {
        inner.Evaluate(chunk, rows, holds, unknown);
        MaskWords.Invert(rows, holds);
        for (int i = 0; i < holds.Length; i++) holds[i] &= ~unknown[i];
    }
}
