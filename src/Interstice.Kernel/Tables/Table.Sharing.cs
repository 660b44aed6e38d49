using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Tables;

/// <content>A table under other declarations over the rows of the one before: no row is copied.</content>
public sealed partial class Table
{
    /// <summary>Makes a table that has the rows of another one and those of its indexes that stay. Of the two only one is written to
    /// afterwards.</summary>
    /// <param name="schema">Its declaration: columns of the same types in the same order, and the same primary key and counter.</param>
    /// <param name="totals">Sums of the module that it belongs to.</param>
    /// <param name="rows">The table whose rows it has.</param>
    /// <exception cref="ProjectionDivergedException">A unique key stands twice in an index that is new.</exception>
    internal Table(TableSchema schema, StateTotals totals, Table rows)
    {
        Schema = schema;
        _totals = totals;
        _seed = Hashing.TableSeed.Of(schema.Name);
        _rows = rows._rows;
        _autoIncrement = AutoIncrement.Of(schema);
        Count = rows.Count;
        PayloadBytes = rows.PayloadBytes;
        _indexes = Take(schema, rows, out List<TableIndex> added);
        uint[] references = added.Count == 0 ? [] : rows.ReferencesInOrder();
        foreach (TableIndex index in added)
        {
            if (!index.Tree.TryBuild(references, areInOrder: false)) throw index.Damaged();
            ThrowIfDuplicate(index);
        }

        SetCounter(rows.Counter);
        if (schema.Name == rows.Schema.Name) AddHash(rows.Hash - Hash);
        else if (Count > 0) AddHash(ComputeHashFromRows() - Hash);
    }

    /// <summary>Whether a table can have the rows of another one as they are.</summary>
    internal static bool CanShare(TableSchema rows, TableSchema schema) =>
        rows.Kind == schema.Kind
        && rows.Kind != TableKind.Event
        && rows.AutoIncColumn == schema.AutoIncColumn
        && rows.Columns.Length == schema.Columns.Length
        && rows.Columns.Zip(schema.Columns).All(pair => pair.First.Type.Equals(pair.Second.Type))
        && rows.PrimaryKey!.Columns.SequenceEqual(schema.PrimaryKey!.Columns);

    private static bool AreAlike(IndexSchema left, IndexSchema right) =>
        left.IsUnique == right.IsUnique && left.Columns.SequenceEqual(right.Columns);

    private TableIndex[] Take(TableSchema schema, Table rows, out List<TableIndex> added)
    {
        IndexSchema primary = schema.PrimaryKey!;
        var indexes = new TableIndex[schema.Indexes.Length + 1];
        indexes[0] = new TableIndex(primary, _rows, primary, rows._indexes[0]);
        added = [];
        List<TableIndex> left = [.. rows.SecondaryIndexes];
        for (int i = 1; i < indexes.Length; i++)
        {
            IndexSchema index = schema.Indexes[i - 1];
            TableIndex? alike = left.FirstOrDefault(other => AreAlike(other.Schema, index));
            indexes[i] = alike is null ? new TableIndex(index, _rows, primary) : new TableIndex(index, _rows, primary, alike);
            if (alike is null) added.Add(indexes[i]);
            else left.Remove(alike);
        }

        return indexes;
    }
}
