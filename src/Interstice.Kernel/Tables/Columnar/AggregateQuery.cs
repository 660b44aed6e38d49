using System.Collections.Immutable;
using Interstice.Kernel.Expressions;
using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Tables.Columnar;

/// <summary>Groups of rows and what is computed for each.</summary>
/// <param name="Where">Which rows count; null for all.</param>
/// <param name="GroupBy">Number of the column whose values make groups; null for one group of all rows.</param>
/// <param name="Aggregates">What is computed beside the number of rows.</param>
public sealed record AggregateQuery(RowExpression? Where, int? GroupBy, ImmutableArray<Aggregate> Aggregates)
{
    /// <summary>What a table cannot answer of it, or null.</summary>
    /// <param name="table">The table.</param>
    public string? FindMisfit(TableSchema table)
    {
        ArgumentNullException.ThrowIfNull(table);
        foreach (int column in Aggregates.Select(aggregate => aggregate.Column).Concat(GroupBy is { } group ? [group] : []))
        {
            if (ColumnLayout.Of(table, column) is null)
            {
                return $"column \"{table.Columns[column].Name}\" of type {table.Columns[column].Type} takes no part in aggregates; bools, integers " +
                    "of up to 64 bits, floats, times, enums without payloads, texts and options of these do";
            }
        }

        foreach (Aggregate aggregate in Aggregates.Where(aggregate => aggregate.Function == AggregateFunction.Sum))
        {
            if (!IsSummable(ColumnLayout.Of(table, aggregate.Column)!.Value))
                return $"column \"{table.Columns[aggregate.Column].Name}\" of type {table.Columns[aggregate.Column].Type} has no sum";
        }

        return null;
    }

    internal IEnumerable<int> Columns =>
        Aggregates.Select(aggregate => aggregate.Column).Concat(GroupBy is { } group ? [group] : []).Distinct();

    private static bool IsSummable(DataType type) =>
        type is ScalarType { IsInteger: true } or ScalarType { Kind: ScalarKind.F32 or ScalarKind.F64 or ScalarKind.Duration };
}
