using Interstice.Kernel.Hashing;
using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Tables;

/// <summary>The rows of one table with their indexes, counter and hash. Not thread-safe: the module's loop owns it. Only
/// projections and their undo write to it.</summary>
/// <remarks>
/// Invariants: every index holds exactly the rows of the heap that are neither deleted nor pre-images; the hash is the sum over
/// these rows and the counter; the counter is the largest value ever stored in the auto-increment column, undone stores
/// apart. Between two mutations of one transaction a unique index may hold a key twice (two rows that swap their
/// values); <see cref="DuplicateKeys"/> is 0 again at its end.
/// </remarks>
public sealed partial class Table
{
    private readonly StateTotals _totals;
    private readonly TableSeed _seed;
    private readonly RowHeap _rows;
    private readonly TableIndex[] _indexes;
    private readonly AutoIncrement? _autoIncrement;
    private StateHash _counterHash;

    internal Table(TableSchema schema, StateTotals totals)
    {
        Schema = schema;
        _totals = totals;
        _seed = TableSeed.Of(schema.Name);
        _rows = new RowHeap(schema.Row.FixedLength);
        _autoIncrement = AutoIncrement.Of(schema);
        _indexes = schema.PrimaryKey is not { } primary ? []
            : [new TableIndex(primary, _rows, primary), .. schema.Indexes.Select(index => new TableIndex(index, _rows, primary))];
    }

    /// <summary>What the module declares about it.</summary>
    public TableSchema Schema { get; }

    /// <summary>Number of rows.</summary>
    public long Count { get; private set; }

    /// <summary>Hash of its rows and counter; zero for tables that are not logged.</summary>
    public StateHash Hash { get; private set; }

    /// <summary>The largest value ever stored in the auto-increment column; 0 if there is none or nothing was stored.</summary>
    public ulong Counter { get; private set; }

    /// <summary>How many rows too many unique indexes hold. Only within a transaction may it be other than 0.</summary>
    public long DuplicateKeys { get; private set; }

    /// <summary>Bytes of all rows.</summary>
    public long PayloadBytes { get; private set; }

    /// <summary>Bytes of memory held for rows and indexes, used or not.</summary>
    public long MemoryBytes => _rows.MemoryBytes + _indexes.Sum(index => index.MemoryBytes);

    internal RowSource Rows => _rows;

    internal AutoIncrement? AutoIncrement => _autoIncrement;

    /// <summary>The row with a key, if there is one.</summary>
    /// <param name="index">Number of a unique index: 0 is the primary key.</param>
    /// <param name="comparableKey">The whole key of that index, as its codec makes it.</param>
    /// <param name="row">The row; borrowed until the table changes.</param>
    /// <exception cref="ArgumentException">There is no such index, or it is not unique.</exception>
    public bool TryGet(int index, ReadOnlySpan<byte> comparableKey, out ReadOnlySpan<byte> row)
    {
        uint reference = FindReference(index, comparableKey);
        row = reference == RowSource.NoRow ? default : _rows[reference];
        return reference != RowSource.NoRow;
    }

    /// <summary>Opens a scan over a range of an index.</summary>
    /// <param name="index">Number of the index: 0 is the primary key.</param>
    /// <param name="range">The range; needed during this call only.</param>
    /// <param name="descending">Whether the last row comes first.</param>
    /// <exception cref="ArgumentException">There is no such index.</exception>
    public RowScan Scan(int index, KeyRange range, bool descending) => new(_rows, Index(index).Tree, range, descending);

    /// <summary>Computes the hash from all rows and the counter; equal to <see cref="Hash"/>.</summary>
    public StateHash ComputeHashFromRows()
    {
        if (Schema.Kind != TableKind.Logged) return StateHash.Zero;
        StateHash hash = RowHash.ComputeCounter(_seed, Counter);
        foreach (ReadOnlySpan<byte> row in Scan(0, KeyRange.All, descending: false)) hash += RowHash.Compute(_seed, row);
        return hash;
    }

    /// <summary>Checks that every index holds each row once and in order; walks through everything.</summary>
    /// <exception cref="InvalidOperationException">Something does not hold; the message says what.</exception>
    public void Verify()
    {
        foreach (TableIndex index in _indexes)
        {
            index.Tree.Verify();
            if (index.Tree.Count != Count) throw index.Damaged();
        }

        if (ComputeHashFromRows() != Hash) throw new InvalidOperationException($"Table \"{Schema.Name}\": the hash is not that of the rows.");
    }

    internal void EnterWaiting(int rowsMin)
    {
        foreach (TableIndex index in _indexes) index.EnterWaiting(rowsMin);
    }

    internal void HandWaiting(int rowsMin)
    {
        foreach (TableIndex index in _indexes) index.HandWaiting(rowsMin);
    }

    internal void EnterElsewhere(IIndexEntering elsewhere)
    {
        foreach (TableIndex index in _indexes) index.EnterElsewhere(elsewhere);
    }

    internal void ThrowIfDuplicate()
    {
        if (DuplicateKeys == 0) return;
        foreach (TableIndex index in _indexes) ThrowIfDuplicate(index);
    }

    internal uint FindReference(int index, ReadOnlySpan<byte> comparableKey)
    {
        TableIndex found = Index(index);
        if (index == 0) return found.Tree.Find(comparableKey);
        if (!found.Schema.IsUnique)
            throw new ArgumentException($"Index \"{found.Schema.Name}\" of table \"{Schema.Name}\" is not unique; scan it.", nameof(index));
        return found.Tree.FindFirst(comparableKey);
    }

    internal TableIndex Index(int number)
    {
        if ((uint)number < (uint)_indexes.Length) return _indexes[number];
        throw new ArgumentException($"Table \"{Schema.Name}\" has no index {number}.", nameof(number));
    }

    private Span<TableIndex> Secondary => _indexes.AsSpan(1);

    private void ThrowIfDuplicate(TableIndex index)
    {
        if (!index.IsUniqueSecondary) return;
        ReadOnlySpan<byte> last = default;
        foreach (ReadOnlySpan<byte> row in Scan(index.Schema.Number, KeyRange.All, descending: false))
        {
            index.ReadKeys(last.IsEmpty ? row : last, row);
            if (!last.IsEmpty && index.HasSameIndexKey)
                throw new ProjectionDivergedException(Schema, $"index \"{index.Schema.Name}\"", index.ReadIndexKey(row), last, row, "two rows have the same unique key");
            last = row;
        }
    }
}
