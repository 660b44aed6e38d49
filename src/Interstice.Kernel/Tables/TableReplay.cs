using Interstice.Kernel.Hashing;
using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Tables;

/// <summary>Fills a table with changes as they were recorded, much faster than the writers of <see cref="Table"/>: no change
/// is undone, and nobody reads before the end. Each change is checked against the table as they check it. For
/// projections alone.</summary>
/// <remarks>
/// Until <see cref="Complete"/> has returned the table must not be used; after an exception it must be thrown away. The primary
/// key is a hash table, indexes that are not unique are built at the end, and so is the hash, unless it is wanted after every
/// change. Unique indexes are kept up, since they say whether a change fits.
/// Used by one thread at a time, but for the steps at the end.
/// </remarks>
public sealed partial class TableReplay
{
    private const int RowsPerHashStep = 1 << 17;

    private readonly Table _table;
    private readonly RowHeap _rows;
    private readonly TableIndex _primary;
    private readonly TableIndex[] _unique;
    private readonly bool _keepsHash;
    private PrimaryHash? _hashed;
    private long _payloadBytes;
    private ulong _counter;
    private uint[] _references = [];
    private bool _areInOrder;
    private TableIndex[] _toBuild = [];
    private StateHash[] _partialHashes = [];

    /// <summary>Begins to fill a table.</summary>
    /// <param name="table">A table with a primary key. The rows that it has stay; no other table may share them.</param>
    /// <param name="keepsHash">Whether its hash is wanted after every change.</param>
    public TableReplay(Table table, bool keepsHash)
    {
        ArgumentNullException.ThrowIfNull(table);
        _table = table;
        _rows = table.Heap;
        _primary = table.Index(0);
        _unique = [.. table.SecondaryIndexes.Where(index => index.Schema.IsUnique)];
        _keepsHash = keepsHash;
        _hashed = new PrimaryHash(_primary.Keys);
        if (table.Count != 0 || table.Counter != 0) TakeRows();
    }

    /// <summary>Number of rows.</summary>
    public long Count { get; private set; }

    private TableSchema Schema => _table.Schema;

    /// <summary>Adds a row.</summary>
    /// <param name="row">A validated row; copied before return.</param>
    /// <exception cref="ProjectionDivergedException">There is a row with this primary key already.</exception>
    /// <exception cref="TableFullException">No address is left.</exception>
    public void Insert(ReadOnlySpan<byte> row)
    {
        ReadOnlySpan<byte> key = _primary.ReadKey(row);
        Insert(row, key, PrimaryHash.HashOf(key));
    }

    /// <summary>Replaces a row.</summary>
    /// <param name="oldRow">The row as it is expected to be.</param>
    /// <param name="newRow">A validated row with the same primary key; copied before return.</param>
    /// <exception cref="ProjectionDivergedException">The row is another one or is not there.</exception>
    /// <exception cref="TableFullException">No address is left.</exception>
    public void Update(ReadOnlySpan<byte> oldRow, ReadOnlySpan<byte> newRow)
    {
        ReadOnlySpan<byte> key = _primary.ReadKey(newRow);
        uint hash = PrimaryHash.HashOf(key);
        Update(Expect(key, hash, oldRow, "a row to be updated"), hash, oldRow, newRow);
    }

    /// <summary>Takes a row out.</summary>
    /// <param name="oldRow">The row as it is expected to be.</param>
    /// <exception cref="ProjectionDivergedException">The row is another one or is not there.</exception>
    public void Delete(ReadOnlySpan<byte> oldRow)
    {
        ReadOnlySpan<byte> key = _primary.ReadKey(oldRow);
        uint hash = PrimaryHash.HashOf(key);
        Delete(Expect(key, hash, oldRow, "a row to be deleted"), hash, oldRow);
    }

    private void Insert(ReadOnlySpan<byte> row, ReadOnlySpan<byte> key, uint hash)
    {
        uint reference = _rows.Add(row);
        bool isNew = _hashed?.TryAdd(key, hash, reference) ?? _primary.Tree.Insert(key, reference);
        if (!isNew)
        {
            _rows.Free(reference);
            ReadOnlySpan<byte> found = _rows[Find(key, hash)];
            throw new ProjectionDivergedException(Schema, "primary key", key, [], found, "a row to be inserted is there already");
        }

        foreach (TableIndex index in _unique)
        {
            index.ReadKey(row);
            _table.Enter(index, index.InsertOld(reference));
        }

        Count++;
        _payloadBytes += row.Length;
        if (_keepsHash) _table.AddReplayedHash(_table.HashOf(row));
        RaiseCounter(row);
        if (_hashed is { IsOverrun: true }) TakeToTree();
    }

    private void Update(uint reference, uint hash, ReadOnlySpan<byte> oldRow, ReadOnlySpan<byte> newRow)
    {
        if (_unique.Length == 0 && _rows.TryOverwrite(reference, oldRow.Length, newRow)) EndUpdate(oldRow, newRow);
        else UpdateIndexed(reference, hash, oldRow, newRow);
    }

    private void EndUpdate(ReadOnlySpan<byte> oldRow, ReadOnlySpan<byte> newRow)
    {
        _payloadBytes += newRow.Length - oldRow.Length;
        if (_keepsHash) _table.AddReplayedHash(_table.HashOf(newRow) - _table.HashOf(oldRow));
        RaiseCounter(newRow);
    }

    // An index computes keys from rows, so that the row before leaves it before it is overwritten.
    private void UpdateIndexed(uint reference, uint hash, ReadOnlySpan<byte> oldRow, ReadOnlySpan<byte> newRow)
    {
        Span<bool> changed = stackalloc bool[_unique.Length];
        for (int i = 0; i < changed.Length; i++)
        {
            changed[i] = _unique[i].ReadKeys(oldRow, newRow);
            if (changed[i]) _table.CountDuplicates(-_unique[i].RemoveOld(reference));
        }

        uint after = reference;
        bool isInPlace = _rows.TryOverwrite(reference, oldRow.Length, newRow);
        if (!isInPlace)
        {
            after = _rows.Add(newRow);
            if (_hashed is not null) _hashed.Replace(hash, reference, after);
            else if (!_primary.Tree.Replace(_primary.ReadKey(newRow), after)) throw _primary.Damaged();
        }

        for (int i = 0; i < changed.Length; i++)
        {
            if (changed[i]) _table.Enter(_unique[i], _unique[i].InsertNew(after));
            else if (!isInPlace) _unique[i].Replace(after);
        }

        if (!isInPlace) _rows.Free(reference);
        EndUpdate(oldRow, newRow);
    }

    private void Delete(uint reference, uint hash, ReadOnlySpan<byte> oldRow)
    {
        foreach (TableIndex index in _unique)
        {
            index.ReadKey(oldRow);
            _table.CountDuplicates(-index.RemoveOld(reference));
        }

        if (_hashed is not null) _hashed.Remove(hash, reference);
        else if (_primary.Tree.Remove(_primary.ReadKey(oldRow)) != reference) throw _primary.Damaged();
        _rows.Free(reference);
        Count--;
        _payloadBytes -= oldRow.Length;
        if (_keepsHash) _table.AddReplayedHash(StateHash.Zero - _table.HashOf(oldRow));
    }

    // Rows of before a migration, in the order of their keys: what is made at the end is made of them too.
    private void TakeRows()
    {
        (Count, _payloadBytes, _counter) = (_table.Count, _table.PayloadBytes, _table.Counter);
        foreach (uint reference in _table.BeginReplayed(_keepsHash))
        {
            ReadOnlySpan<byte> key = _primary.ReadKey(_rows[reference]);
            _hashed!.TryAdd(key, PrimaryHash.HashOf(key), reference);
        }

        if (_hashed!.IsOverrun) TakeToTree();
    }

    private uint Find(ReadOnlySpan<byte> key, uint hash) => _hashed?.Find(key, hash) ?? _primary.Tree.Find(key);

    private uint Expect(ReadOnlySpan<byte> key, uint hash, ReadOnlySpan<byte> row, string what)
    {
        uint reference = Find(key, hash);
        ReadOnlySpan<byte> found = reference == RowSource.NoRow ? default : _rows[reference];
        if (reference != RowSource.NoRow && found.SequenceEqual(row)) return reference;
        throw _table.Diverged(key, row, reference, what);
    }

    private void RaiseCounter(ReadOnlySpan<byte> row)
    {
        if (_table.AutoIncrement is not { } column) return;
        ulong value = column.Read(row);
        if (value <= _counter) return;
        _counter = value;
        if (_keepsHash) _table.SetReplayedCounter(value);
    }

    // Keys whose hashes collide: a tree does not mind.
    private void TakeToTree()
    {
        ReadOnlySpan<uint> references = _hashed!.References(out bool areInOrder);
        if (!_primary.Tree.TryBuild(references, areInOrder)) throw _primary.Damaged();
        _hashed = null;
    }
}
