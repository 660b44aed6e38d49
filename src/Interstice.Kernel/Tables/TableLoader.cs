namespace Interstice.Kernel.Tables;

/// <summary>Fills an empty table with rows that stand in the order of their primary key, much faster than inserting them:
/// indexes are built at once when all rows are there. For projections alone.</summary>
/// <remarks>Until <see cref="Complete"/> has returned the table must not be used; after an exception it must be thrown
/// away. Takes up to 64 bytes a row and index for a while.</remarks>
public sealed class TableLoader
{
    private readonly Table _table;
    private readonly List<uint> _references = [];
    private ulong _counterMin;

    /// <summary>Begins to fill a table.</summary>
    /// <param name="table">The table.</param>
    /// <exception cref="ArgumentException">It is not empty.</exception>
    public TableLoader(Table table)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (table.Count != 0 || table.Counter != 0)
            throw new ArgumentException($"Table \"{table.Schema.Name}\" is not empty.", nameof(table));
        _table = table;
    }

    /// <summary>The least that the counter may be, after the rows so far.</summary>
    internal ulong CounterMin => _counterMin;

    /// <summary>Adds the next row.</summary>
    /// <param name="row">A validated row with a greater primary key than the one before; copied before return.</param>
    /// <exception cref="TableFullException">No address is left.</exception>
    public void Add(ReadOnlySpan<byte> row)
    {
        _references.Add(_table.AddLoaded(row));
        if (_table.AutoIncrement is { } column) _counterMin = Math.Max(_counterMin, column.Read(row));
    }

    /// <summary>Builds the indexes: the table is ready.</summary>
    /// <param name="counter">Its counter; 0 if it has none.</param>
    /// <param name="runAll">Runs an action for each number below another, once, by whichever threads; null for one after the other.
    /// </param>
    /// <exception cref="ProjectionDivergedException">Rows do not stand in the order of the primary key, a unique key stands
    /// twice, or the counter does not fit the rows.</exception>
    public void Complete(ulong counter, Action<int, Action<int>>? runAll = null)
    {
        bool fits = _table.AutoIncrement is { } column ? counter >= _counterMin && counter <= column.Max : counter == 0;
        if (!fits) throw new ProjectionDivergedException(_table.Schema, "counter", [], [], [], $"{counter} does not fit the rows");
        _table.CompleteLoading([.. _references], counter, runAll ?? RunInTurn);
    }

    private static void RunInTurn(int count, Action<int> run)
    {
        for (int i = 0; i < count; i++) run(i);
    }
}
