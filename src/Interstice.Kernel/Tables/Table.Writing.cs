using Interstice.Kernel.Hashing;
using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Tables;

/// <content>The writers, for projections alone. Each checks first that the table is as the change expects it.</content>
public sealed partial class Table
{
    /// <summary>Adds a row.</summary>
    /// <param name="row">A validated row, its generated columns filled; copied before return.</param>
    /// <returns>What undoes it. Hand it to <see cref="Undo"/> or <see cref="Release"/>, once.</returns>
    /// <exception cref="ProjectionDivergedException">There is a row with this primary key already.</exception>
    /// <exception cref="TableFullException">No address is left.</exception>
    public RowChange Insert(ReadOnlySpan<byte> row)
    {
        TableIndex primary = Index(0);
        ReadOnlySpan<byte> key = primary.ReadKey(row);
        uint reference = _rows.Add(row);
        if (primary.InsertOld(reference) < 0)
        {
            _rows.Free(reference);
            ReadOnlySpan<byte> found = _rows[primary.Tree.Find(key)];
            throw new ProjectionDivergedException(Schema, "primary key", key, [], found, "a row to be inserted is there already");
        }

        EnterSecondary(row, reference);
        var change = new RowChange(RowChangeKind.Insert, false, Schema.Number, reference, RowSource.NoRow, Counter);
        Add(row);
        RaiseCounter(row);
        return change;
    }

    /// <summary>Replaces a row.</summary>
    /// <param name="oldRow">The row as it is expected to be.</param>
    /// <param name="newRow">A validated row with the same primary key; copied before return.</param>
    /// <returns>What undoes it. Hand it to <see cref="Undo"/> or <see cref="Release"/>, once.</returns>
    /// <exception cref="ProjectionDivergedException">The row is another one or is not there.</exception>
    /// <exception cref="TableFullException">No address is left.</exception>
    public RowChange Update(ReadOnlySpan<byte> oldRow, ReadOnlySpan<byte> newRow)
    {
        uint reference = Expect(Index(0).ReadKey(newRow), oldRow, "a row to be updated");
        Subtract(oldRow);
        RowChange change = Replace(reference, oldRow, newRow);
        Add(newRow);
        RaiseCounter(newRow);
        return change;
    }

    /// <summary>Takes a row out.</summary>
    /// <param name="oldRow">The row as it is expected to be.</param>
    /// <returns>What undoes it. Hand it to <see cref="Undo"/> or <see cref="Release"/>, once.</returns>
    /// <exception cref="ProjectionDivergedException">The row is another one or is not there.</exception>
    public RowChange Delete(ReadOnlySpan<byte> oldRow)
    {
        uint reference = Expect(Index(0).ReadKey(oldRow), oldRow, "a row to be deleted");
        Leave(oldRow, reference);
        Subtract(oldRow);
        return new RowChange(RowChangeKind.Delete, false, Schema.Number, reference, RowSource.NoRow, Counter);
    }

    private uint Expect(ReadOnlySpan<byte> key, ReadOnlySpan<byte> row, string what)
    {
        uint reference = Index(0).Tree.Find(key);
        ReadOnlySpan<byte> found = reference == RowSource.NoRow ? default : _rows[reference];
        if (reference != RowSource.NoRow && found.SequenceEqual(row)) return reference;
        throw Diverged(key, row, reference, what);
    }

    internal ProjectionDivergedException Diverged(ReadOnlySpan<byte> key, ReadOnlySpan<byte> row, uint reference, string what)
    {
        ReadOnlySpan<byte> found = reference == RowSource.NoRow ? default : _rows[reference];
        string problem = reference == RowSource.NoRow ? $"{what} is not there" : $"{what} is another one than the log says";
        return new ProjectionDivergedException(Schema, "primary key", key, row, found, problem);
    }

    // Where the new bytes fit the slot they are written into it and the old ones go elsewhere: then no index needs a new
    // reference, which costs more than copying a row.
    private RowChange Replace(uint reference, ReadOnlySpan<byte> oldRow, ReadOnlySpan<byte> newRow)
    {
        uint before = _rows.Add(oldRow);
        Span<bool> changed = stackalloc bool[_indexes.Length];
        for (int i = 1; i < changed.Length; i++)
        {
            changed[i] = _indexes[i].ReadKeys(oldRow, newRow);
            if (changed[i]) CountDuplicates(-_indexes[i].RemoveOld(reference));
        }

        bool isInPlace = _rows.TryOverwrite(reference, oldRow.Length, newRow);
        uint after = reference;
        if (!isInPlace)
        {
            _rows.Free(before);
            before = reference;
            after = _rows.Add(newRow);
        }

        MoveEntries(changed, after, isInPlace, newRow);
        return new RowChange(RowChangeKind.Update, isInPlace, Schema.Number, after, before, Counter);
    }

    private void MoveEntries(ReadOnlySpan<bool> changed, uint after, bool isInPlace, ReadOnlySpan<byte> row)
    {
        for (int i = 1; i < changed.Length; i++)
        {
            if (changed[i]) Enter(_indexes[i], _indexes[i].InsertNew(after));
            else if (!isInPlace) _indexes[i].Replace(after);
        }

        if (!isInPlace && !_indexes[0].Tree.Replace(_indexes[0].ReadKey(row), after)) throw _indexes[0].Damaged();
    }

    private void EnterSecondary(ReadOnlySpan<byte> row, uint reference)
    {
        foreach (TableIndex index in Secondary)
        {
            if (index.CanWait)
            {
                index.InsertLater(reference);
                continue;
            }

            index.ReadKey(row);
            Enter(index, index.InsertOld(reference));
        }
    }

    internal void Enter(TableIndex index, int duplicates)
    {
        if (duplicates < 0) throw index.Damaged();
        CountDuplicates(duplicates);
    }

    private void Leave(ReadOnlySpan<byte> row, uint reference)
    {
        foreach (TableIndex index in _indexes)
        {
            if (index.TryForget(reference)) continue;
            index.ReadKey(row);
            CountDuplicates(-index.RemoveOld(reference));
        }
    }

    internal void CountDuplicates(int change)
    {
        DuplicateKeys += change;
        _totals.DuplicateKeys += change;
    }

    private void Add(ReadOnlySpan<byte> row)
    {
        Count++;
        PayloadBytes += row.Length;
        if (Schema.Kind == TableKind.Logged) AddHash(RowHash.Compute(_seed, row));
    }

    private void Subtract(ReadOnlySpan<byte> row)
    {
        Count--;
        PayloadBytes -= row.Length;
        if (Schema.Kind == TableKind.Logged) AddHash(StateHash.Zero - RowHash.Compute(_seed, row));
    }

    private void RaiseCounter(ReadOnlySpan<byte> row)
    {
        if (_autoIncrement is null) return;
        ulong value = _autoIncrement.Read(row);
        if (value > Counter) SetCounter(value);
    }

    private void SetCounter(ulong value)
    {
        if (value == Counter) return;
        Counter = value;
        if (Schema.Kind != TableKind.Logged) return;
        StateHash hash = RowHash.ComputeCounter(_seed, value);
        AddHash(hash - _counterHash);
        _counterHash = hash;
    }

    private void AddHash(StateHash difference)
    {
        Hash += difference;
        _totals.Hash += difference;
    }
}
