using Interstice.Kernel.Expressions;

namespace Interstice.Kernel.Tables.Columnar;

/// <summary>A condition on the columns of a <see cref="ColumnarTable"/>, evaluated for a chunk of rows at a time.</summary>
internal abstract class ColumnFilter
{
    /// <summary>Turns a condition on rows into one on columns; null where it looks at something that is no column here, or computes.</summary>
    internal static ColumnFilter? TryCompile(RowExpression condition, ColumnarTable table) =>
        new ColumnFilterCompiler(table).Compile(condition.Condition);

    /// <summary>Evaluates it. Both masks have one bit for each row; none behind the last row is set.</summary>
    /// <param name="chunk">Number of the chunk.</param>
    /// <param name="rows">Rows that it has.</param>
    /// <param name="holds">Takes for which rows it holds.</param>
    /// <param name="unknown">Takes for which rows it cannot be said.</param>
    internal abstract void Evaluate(int chunk, int rows, Span<ulong> holds, Span<ulong> unknown);
}
