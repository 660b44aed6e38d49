using Interstice.Kernel.Expressions;
using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Tables.Columnar;

/// <summary>A copy of columns of a table as it was at one moment, laid out for scans that look at many rows and few columns: codes in as few
/// bytes as they need, texts once each, chunks that know their least and greatest value. Immutable; any thread may read it.</summary>
/// <remarks>It is built anew, never kept up: what the loop applies may be undone, and a copy of a revision stays what it is
/// (docs/decisions/0036-columns.md). Rows stand in the order of their primary keys.</remarks>
public sealed class ColumnarTable
{
    /// <summary>Rows of a chunk; the last one may have fewer.</summary>
    public const int ChunkRows = 1 << 16;

    private readonly StoredColumn?[] _columns;

    private ColumnarTable(TableSchema schema, StoredColumn?[] columns, long rowCount)
    {
        Schema = schema;
        _columns = columns;
        RowCount = rowCount;
        ChunkCount = (int)((rowCount + ChunkRows - 1) / ChunkRows);
    }

    /// <summary>What the module declares about the table.</summary>
    public TableSchema Schema { get; }

    /// <summary>Number of rows.</summary>
    public long RowCount { get; }

    /// <summary>Bytes of memory held.</summary>
    public long MemoryBytes => _columns.Sum(column => column?.MemoryBytes ?? 0);

    internal int ChunkCount { get; }

    /// <summary>Whether a column can be laid out so: bools, integers of up to 64 bits, floats, times, enums without payloads, strings, bytes,
    /// uuids, identities, and options of these.</summary>
    /// <param name="table">The table.</param>
    /// <param name="column">Number of the column.</param>
    public static bool CanHold(TableSchema table, int column)
    {
        ArgumentNullException.ThrowIfNull(table);
        return ColumnLayout.Of(table, column) is not null;
    }

    /// <summary>Copies columns out of a table, in one scan.</summary>
    /// <param name="table">The table, which must not change meanwhile.</param>
    /// <param name="columns">Numbers of the columns; null for all that can be held.</param>
    /// <exception cref="ArgumentException">A column cannot be held, or the table is an event table.</exception>
    public static ColumnarTable Build(Table table, IEnumerable<int>? columns = null)
    {
        ArgumentNullException.ThrowIfNull(table);
        TableSchema schema = table.Schema;
        if (schema.PrimaryKey is null) throw new ArgumentException($"Event table \"{schema.Name}\" keeps no rows.", nameof(table));
        var stored = new StoredColumn?[schema.Columns.Length];
        foreach (int column in columns ?? Enumerable.Range(0, stored.Length).Where(column => CanHold(schema, column)))
        {
            ColumnLayout layout = ColumnLayout.Of(schema, column) ?? throw new ArgumentException(
                $"Column \"{schema.Columns[column].Name}\" of type {schema.Columns[column].Type} cannot be laid out as a column.", nameof(columns));
            stored[column] = new StoredColumn(layout);
        }

        StoredColumn[] wanted = [.. stored.OfType<StoredColumn>()];
        foreach (ReadOnlySpan<byte> row in table.Scan(0, KeyRange.All, descending: false))
            foreach (StoredColumn column in wanted) column.Add(row);
        foreach (StoredColumn column in wanted) column.Flush();
        return new ColumnarTable(schema, stored, table.Count);
    }

    /// <summary>Whether a condition can be evaluated on the columns alone: comparisons of columns that it holds with values, <c>in</c>,
    /// <c>between</c>, <c>like</c>, <c>is null</c>, and what joins them.</summary>
    /// <param name="condition">Of the same table.</param>
    public bool CanEvaluate(RowExpression condition) => ColumnFilter.TryCompile(condition, this) is not null;

    internal StoredColumn? Column(int number) => _columns[number];

    internal int RowsOf(int chunk) => (int)Math.Min(ChunkRows, RowCount - ((long)chunk * ChunkRows));
}
