using System.Collections.Immutable;
using Interstice.Host.Modules;
using Interstice.Kernel.Expressions;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables.Columnar;

namespace Interstice.Host.Inspection;

/// <summary>What somebody wants to know about the rows of a table, by the names of its columns.</summary>
/// <param name="Where">An expression that must hold; null for all rows.</param>
/// <param name="Group">A column whose values make groups; null for one group.</param>
/// <param name="Aggregates">What is computed beside the number of rows; one that stands there twice is computed once.</param>
public sealed record AggregateRequest(
    string? Where, string? Group, ImmutableArray<(AggregateFunction Function, string Column)> Aggregates)
{
    /// <summary>The same by the numbers of the columns.</summary>
    /// <param name="table">The table.</param>
    /// <param name="name">What the table is called in messages.</param>
    /// <exception cref="ArgumentException">The table has no such column, or cannot answer it. The message is for whoever asked.</exception>
    /// <exception cref="ExpressionException">The condition is none over this table.</exception>
    public AggregateQuery Bind(TableSchema table, string name)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (table.Kind == TableKind.Event) throw new ArgumentException($"{name} is an event table and keeps no rows");
        var query = new AggregateQuery(
            Where is null ? null : RowExpression.Compile(Where, table),
            Group is null ? null : Find(table, name, Group),
            [.. Aggregates.Distinct().Select(wanted => new Aggregate(wanted.Function, Find(table, name, wanted.Column)))]);
        return query.FindMisfit(table) is { } misfit ? throw new ArgumentException($"{name}: {misfit}") : query;
    }

    private static int Find(TableSchema table, string name, string column) => table.FindColumn(column)?.Number ?? throw new ArgumentException(
        UnknownName.Describe($"table {name} has no column", column, table.Columns.Select(known => known.Name)));
}
