using Interstice.Cli.Output;
using Interstice.Host.Inspection;
using Interstice.Kernel.Expressions;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;
using Interstice.Kernel.Values;

namespace Interstice.Cli.Inspection;

/// <summary>Writes the rows of a range of an index.</summary>
/// <param name="session">Where to.</param>
/// <param name="table">The table.</param>
/// <param name="index">The index that gives the order.</param>
/// <param name="where">Which rows are wanted; null for all.</param>
internal sealed class RowList(Session session, Table table, IndexSchema index, RowExpression? where)
{
    /// <summary>Writes one object a row.</summary>
    /// <param name="from">First key, empty for none.</param>
    /// <param name="to">Last key, empty for none.</param>
    /// <param name="limit">Most rows.</param>
    public void WriteDocuments(byte[] from, byte[] to, long limit)
    {
        foreach (
            ReadOnlySpan<byte> row in table.Scan(index.Number, new KeyRange(from, false, to, false), descending: false))
        {
            if (!IsWanted(row)) continue;
            if (limit-- <= 0 || session.Output.IsClosed) break;
            session.Stopping.ThrowIfCancellationRequested();
            byte[] copy = row.ToArray();
            session.Documents.WriteItem(json => JsonValues.WriteRow(json, table.Schema.Row, copy));
        }

        session.Documents.EndItems();
    }

    /// <summary>Writes a table.</summary>
    /// <param name="from">First key, empty for none.</param>
    /// <param name="to">Last key, empty for none.</param>
    /// <param name="limit">Most rows.</param>
    /// <param name="isLimitGiven">Whether the limit was asked for; otherwise what is left out is counted.</param>
    public void WriteText(byte[] from, byte[] to, long limit, bool isLimitGiven)
    {
        var text = Text(table.Schema);
        long left = 0;
        foreach (
            ReadOnlySpan<byte> row in table.Scan(index.Number, new KeyRange(from, false, to, false), descending: false))
        {
            if (!IsWanted(row)) continue;
            if (text.Count < limit) text.Add(ValueText.OfRow(table.Schema.Row, row));
            else if (isLimitGiven) break;
            else left++;
        }

        text.Write(session.Output);
        if (left > 0) session.Output.WriteLine($"{Count.Of(left, "more row")}; --limit N shows more");
    }

    /// <summary>An empty text table with the columns of a table.</summary>
    public static TextTable Text(TableSchema schema) =>
        new(schema.Columns.Select(column => column.Name + Mark(column.Type)));

    private bool IsWanted(ReadOnlySpan<byte> row) => where is null || where.Matches(row);

    private static string Mark(DataType type) => type.Resolved is ScalarType { IsInteger: true } ? "#" : "";
}
