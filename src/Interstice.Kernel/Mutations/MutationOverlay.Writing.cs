using Interstice.Kernel.Tables;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Mutations;

/// <content>Writes, and the constraints that they keep.</content>
public sealed partial class MutationOverlay
{
    /// <summary>Adds a row.</summary>
    /// <param name="table">Number of the table. A row of an event table is an emit.</param>
    /// <param name="row">A validated row; copied. 0 in the auto-increment column asks for the next value.</param>
    /// <param name="stored">The row with its generated column; borrowed until the transaction goes back to a savepoint or the
    /// next one begins.</param>
    /// <returns>Done, duplicate or counter overflow.</returns>
    public WriteOutcome Insert(int table, ReadOnlySpan<byte> row, out ReadOnlySpan<byte> stored)
    {
        OverlayTable written = TableOf(table);
        int offset = _rows.Length;
        WriteOutcome outcome = WriteOutcome.Done;
        if (written.IsEvent) AddEmit(MutationKind.EmitRow, table, row);
        else outcome = InsertRow(Activate(written), row);
        stored = outcome.IsDone ? _rows.Bytes.AsSpan(offset, row.Length) : default;
        return outcome;
    }

    /// <summary>Replaces the row with the same primary key.</summary>
    /// <param name="table">Number of the table.</param>
    /// <param name="row">A validated row; copied.</param>
    /// <returns>Done, not found or duplicate.</returns>
    /// <exception cref="ArgumentException">There is no such table, or it is an event table.</exception>
    public WriteOutcome Update(int table, ReadOnlySpan<byte> row)
    {
        OverlayTable written = Activate(Read(table));
        Found found = Find(written, _key.Write(PrimaryKey(written), row));
        if (!found.IsThere) return WriteOutcome.NotFound;
        foreach (TableIndex index in written.Unique)
        {
            KeyCodec codec = index.Schema.Key;
            bool isChanged = !_oldIndexKey.Write(codec, found.Row).SequenceEqual(_newIndexKey.Write(codec, row));
            if (isChanged && IsTaken(written, index.Schema.Number, _newIndexKey.Key))
                return WriteOutcome.Duplicate(index.Schema.Number);
        }

        AddVersion(written, EntryOf(written, in found), _rows.Append(row), row.Length);
        return WriteOutcome.Done;
    }

    /// <summary>Takes a row out.</summary>
    /// <param name="table">Number of the table.</param>
    /// <param name="comparablePrimaryKey">Its whole primary key, as the codec makes it.</param>
    /// <returns>Whether there was such a row.</returns>
    /// <exception cref="ArgumentException">There is no such table, or it is an event table.</exception>
    public bool Delete(int table, ReadOnlySpan<byte> comparablePrimaryKey)
    {
        OverlayTable written = Activate(Read(table));
        PrimaryKey(written);
        Found found = Find(written, comparablePrimaryKey);
        if (!found.IsThere) return false;
        AddVersion(written, EntryOf(written, in found), _rows.Length, OverlayVersion.Deleted);
        return true;
    }

    private WriteOutcome InsertRow(OverlayTable table, ReadOnlySpan<byte> given)
    {
        KeyCodec primary = PrimaryKey(table);
        int offset = _rows.Append(given);
        Span<byte> row = _rows.Bytes.AsSpan(offset, given.Length);
        WriteOutcome outcome = FillCounter(table, row);
        if (outcome.IsDone)
        {
            Found found = Find(table, _key.Write(primary, row));
            outcome = found.IsThere ? WriteOutcome.Duplicate(0) : CheckUnique(table, row);
            if (outcome.IsDone)
            {
                AddVersion(table, EntryOf(table, in found), offset, given.Length);
                return outcome;
            }
        }

        _rows.Truncate(offset);
        NoteRead(table);
        return outcome;
    }

    private WriteOutcome FillCounter(OverlayTable table, Span<byte> row)
    {
        AutoIncrement? column = table.Committed.AutoIncrement;
        if (column is null || !column.IsZero(row)) return WriteOutcome.Done;
        NoteRead(table);
        if (table.Counter >= column.Max) return WriteOutcome.CounterOverflow;
        column.Write(row, table.Counter + 1);
        return WriteOutcome.Done;
    }

    private WriteOutcome CheckUnique(OverlayTable table, ReadOnlySpan<byte> row)
    {
        foreach (TableIndex index in table.Unique)
        {
            if (IsTaken(table, index.Schema.Number, _newIndexKey.Write(index.Schema.Key, row)))
                return WriteOutcome.Duplicate(index.Schema.Number);
        }

        return WriteOutcome.Done;
    }

    /// <summary>Whether some row has a key of a unique index at present.</summary>
    private bool IsTaken(OverlayTable table, int index, ReadOnlySpan<byte> key)
    {
        if (OwnerOf(table.Number, index, key) >= 0) return true;
        uint reference = table.Committed.FindReference(index, key);
        return reference != RowSource.NoRow && !IsOverwritten(table.Number, reference);
    }

    private Found Find(OverlayTable table, ReadOnlySpan<byte> key)
    {
        int entry = _keys.Find(table.Number, key);
        if (entry < 0) return new Found(key, entry, table.Committed.FindReference(0, key), table.Committed.Rows);
        int version = Entry(entry).Version;
        if (version < 0) return new Found(key, entry, Entry(entry).Committed, table.Committed.Rows);
        return new Found(key, entry, _rows.Version(version).IsDeleted ? RowSource.NoRow : (uint)version, _rows);
    }

    private int EntryOf(OverlayTable table, in Found found)
    {
        if (found.Entry >= 0) return found.Entry;
        // A row that has no entry yet was found, or not found, among the committed ones.
        int entry = _keys.FindOrAdd(table.Number, found.Key, out _);
        _entries.Add(new OverlayEntry { Table = table.Number, Committed = found.Reference, Version = -1 });
        return entry;
    }

    private void AddVersion(OverlayTable table, int number, int offset, int length)
    {
        ref OverlayEntry entry = ref Entry(number);
        int previous = entry.Version;
        if (previous < 0) Touch(table, ref entry, number);
        var version = new OverlayVersion(number, previous, offset, length, ++_sequence, table.Counter);
        entry.Version = _rows.AddVersion(in version);
        table.CountDifference += IsThere(in version) - WasThere(in version, in entry);
        Own(table, previous, entry.Version, number);
        EnterTrees(table, entry.Version);
        RaiseCounter(table, in version);
        MutationCount++;
        HasWrittenLogged |= !table.IsEphemeral;
    }

    private void Touch(OverlayTable table, ref OverlayEntry entry, int number)
    {
        _steps.Add(new Step(default, number, 0, 0));
        if (entry.Committed == RowSource.NoRow) return;
        ReadOnlySpan<byte> row = table.Committed.Rows[entry.Committed];
        entry.OldOffset = _rows.Append(row);
        entry.OldLength = row.Length;
        _committed.Set(table.Number, entry.Committed, number);
    }

    private void RaiseCounter(OverlayTable table, in OverlayVersion version)
    {
        if (version.IsDeleted || table.Committed.AutoIncrement is not { } column) return;
        table.Counter = Math.Max(table.Counter, column.Read(_rows.Bytes.AsSpan(version.Offset, version.Length)));
    }

    // Moves the keys of unique indexes from one version of a row to another; -1 is none.
    private void Own(OverlayTable table, int from, int to, int entry)
    {
        foreach (TableIndex index in table.Unique)
        {
            SetOwner(table, index, from, -1);
            SetOwner(table, index, to, entry);
        }
    }

    private void SetOwner(OverlayTable table, TableIndex index, int version, int entry)
    {
        if (version < 0 || _rows.Version(version).IsDeleted) return;
        ReadOnlySpan<byte> key = _newIndexKey.Write(index.Schema.Key, _rows[(uint)version]);
        int unique = _uniqueKeys.FindOrAdd(UniqueScope(table.Number, index.Schema.Number), key, out bool isNew);
        if (isNew) _owners.Add(entry);
        else _owners[unique] = entry;
    }

    private void EnterTrees(OverlayTable table, int version)
    {
        if (_rows.Version(version).IsDeleted) return;
        for (int index = 0; index < table.BuiltTrees.Length; index++)
        {
            // The key may be there already: then a former version of the row had it.
            if (table.BuiltTrees[index])
                table.Tree(index).Insert(_newIndexKey.Write(table.Committed.Index(index).Keys, _rows[(uint)version]), (uint)version);
        }
    }

    private OverlayTable Activate(OverlayTable table)
    {
        if (table.IsActive) return table;
        table.Activate();
        _active.Add(table);
        HasHostRows |= table.Committed.Schema.IsOfHost;
        return table;
    }

    private static KeyCodec PrimaryKey(OverlayTable table) => table.Committed.Index(0).Schema.Key;

    private static int IsThere(in OverlayVersion version) => version.IsDeleted ? 0 : 1;

    private int WasThere(in OverlayVersion version, in OverlayEntry entry)
    {
        if (version.Previous >= 0) return IsThere(in _rows.Version(version.Previous));
        return entry.Committed == RowSource.NoRow ? 0 : 1;
    }

    /// <summary>The present state of a primary key.</summary>
    private readonly ref struct Found
    {
        internal Found(ReadOnlySpan<byte> key, int entry, uint reference, RowSource rows)
        {
            Key = key;
            Entry = entry;
            Reference = reference;
            Row = reference == RowSource.NoRow ? default : rows[reference];
        }

        internal ReadOnlySpan<byte> Key { get; }

        /// <summary>Its entry, or -1.</summary>
        internal int Entry { get; }

        /// <summary>The committed row, or the version, or none.</summary>
        internal uint Reference { get; }

        internal ReadOnlySpan<byte> Row { get; }

        internal bool IsThere => Reference != RowSource.NoRow;
    }
}
