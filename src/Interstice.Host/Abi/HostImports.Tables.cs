using Interstice.Kernel.Mutations;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Host.Abi;

/// <summary>Tables: names, rows, keys.</summary>
public sealed partial class HostImports
{
    private byte[] _keyScratch = new byte[256];
    private byte[] _rowScratch = [];

    /// <summary>Handle of a declared table. Traps: unknown name, address.</summary>
    public int Table(int name, int length)
    {
        Charge(HostCallCosts.Name);
        string text = ReadText(name, length, "a table name");
        TableSchema? table = _schema.FindTable(text);
        if (table is null || table.IsOfHost) throw Misuse($"table \"{text}\" is not declared");
        return table.Number;
    }

    /// <summary>Handle of a declared index. Traps: unknown table handle or name, address.</summary>
    public int Index(int table, int name, int length)
    {
        Charge(HostCallCosts.Name);
        TableSchema schema = ResolveTable(table);
        string text = ReadText(name, length, "an index name");
        foreach (IndexSchema index in schema.Indexes)
            if (index.Name == text) return schema.Number | (index.Number << IndexShift);
        throw Misuse($"table \"{schema.Name}\" has no index \"{text}\"");
    }

    /// <summary>Inserts a row and writes it back with its generated columns. A row that ends before its last columns is completed with
    /// their defaults. Results: its length, <see cref="AbiCodes.DuplicateKey"/>, <see cref="AbiCodes.CounterOverflow"/>,
    /// <see cref="AbiCodes.BufferTooSmall"/>. A row of an event table is emitted. Traps: handle, row that is not canonical, in a query, a conflict in an ephemeral table, limits, address.</summary>
    public int Insert(int table, int row, int length, int destination, int capacity)
    {
        ExpectWritable("insert");
        TableSchema schema = ResolveTable(table);
        ExpectWrites(schema);
        ReadOnlySpan<byte> bytes = ReadRow(schema, row, length, isInsert: true);
        CheckBuffer(destination, capacity);
        Charge(HostCallCosts.Write, bytes.Length);

        // A generated value has the width of the column, so the row that comes back is as long as this one.
        if (capacity < bytes.Length) return TooSmall(bytes.Length);
        CheckMutationLimit();
        WriteOutcome outcome = Overlay.Insert(schema.Number, bytes, out ReadOnlySpan<byte> stored);
        if (!outcome.IsDone) return Refuse(schema, outcome);
        stored.CopyTo(Guest.Write(destination, stored.Length));
        return stored.Length;
    }

    /// <summary>Replaces the row with the same primary key. Results: 0, <see cref="AbiCodes.NotFound"/>,
    /// <see cref="AbiCodes.DuplicateKey"/>. Traps: as <see cref="Insert"/>.</summary>
    public int Update(int table, int row, int length)
    {
        ExpectWritable("update");
        TableSchema schema = ResolveKept(table, "update");
        ExpectWrites(schema);
        ReadOnlySpan<byte> bytes = ReadRow(schema, row, length, isInsert: false);
        Charge(HostCallCosts.Write, length);
        CheckMutationLimit();
        WriteOutcome outcome = Overlay.Update(schema.Number, bytes);
        return outcome.IsDone ? 0 : Refuse(schema, outcome);
    }

    /// <summary>Deletes the row with a primary key. Results: 1 = existed, 0 = did not. Traps: handle, key, in a query, limits,
    /// address.</summary>
    public int Delete(int table, int key, int length)
    {
        ExpectWritable("delete");
        TableSchema schema = ResolveKept(table, "delete");
        ExpectWrites(schema);
        ReadOnlySpan<byte> comparable = ReadWholeKey(schema, schema.PrimaryKey!, key, length);
        Charge(HostCallCosts.Write, length);
        CheckMutationLimit();
        return Overlay.Delete(schema.Number, comparable) ? 1 : 0;
    }

    /// <summary>Reads one row by primary key or unique index. Results: its length, <see cref="AbiCodes.None"/>,
    /// <see cref="AbiCodes.BufferTooSmall"/>. Traps: handle, key, an index that is not unique, address.</summary>
    public int Get(int tableOrIndex, int key, int length, int destination, int capacity)
    {
        ExpectRunning("get");
        ExpectReads(ResolveKept(tableOrIndex & TableMask, "get"));
        ResolveIndex(tableOrIndex, out TableSchema schema, out IndexSchema index);
        if (!index.IsUnique)
            throw Misuse($"get on index \"{index.Name}\" of table \"{schema.Name}\", which is not unique; use scan");
        ReadOnlySpan<byte> comparable = ReadWholeKey(schema, index, key, length);
        CheckBuffer(destination, capacity);
        if (!Overlay.TryGet(schema.Number, index.Number, comparable, out ReadOnlySpan<byte> row))
        {
            Charge(HostCallCosts.Get, length);
            return AbiCodes.None;
        }

        Charge(HostCallCosts.Get, length + row.Length);
        if (capacity < row.Length) return TooSmall(row.Length);
        row.CopyTo(Guest.Write(destination, row.Length));
        return row.Length;
    }

    /// <summary>Rows of a table as the transaction sees it. Traps: handle.</summary>
    public long Count(int table)
    {
        ExpectRunning("count");
        Charge(HostCallCosts.Small);
        TableSchema schema = ResolveTable(table);
        ExpectReads(schema);
        return Overlay.Count(schema.Number);
    }

    private TableSchema ResolveTable(int handle)
    {
        if ((uint)handle >= (uint)_schema.Tables.Length) throw Misuse($"{handle} is no table handle");
        return _schema.Tables[handle];
    }

    // Rows of an event table have no key by which one could be named.
    private TableSchema ResolveKept(int handle, string function)
    {
        TableSchema table = ResolveTable(handle);
        return table.Kind != TableKind.Event ? table : throw Misuse(
            $"{function} on event table \"{table.Name}\"; its rows are emitted with insert, and read with scan and count by the same transaction");
    }

    private void ResolveIndex(int handle, out TableSchema table, out IndexSchema index)
    {
        table = ResolveTable(handle & TableMask);
        int number = handle >>> IndexShift;
        if (number > table.Indexes.Length) throw Misuse($"{handle} is no index handle");
        index = number == 0 ? table.PrimaryKey! : table.Indexes[number - 1];
    }

    private ReadOnlySpan<byte> ReadRow(TableSchema table, int address, int length, bool isInsert)
    {
        ReadOnlySpan<byte> row = Guest.Read(address, length);
        return table.Row.TryValidate(row, out ValueError error) ? row : CompleteRow(table, row, isInsert, error);
    }

    // Apart from the path of whole rows, which pays nothing for it.
    private ReadOnlySpan<byte> CompleteRow(TableSchema table, ReadOnlySpan<byte> row, bool isInsert, ValueError error)
    {
        string advice = "";
        if (error.Kind == ValueErrorKind.Truncated && table.Defaults.HasAny)
        {
            if (!isInsert) advice = "; an update takes whole rows, columns with defaults included";
            else if (table.Defaults.TryFindMissing(row, out ReadOnlySpan<byte> missing)) return Join(row, missing);
            else advice = $"; an insert may leave out the columns from \"{table.Columns[table.Defaults.First].Name}\" on, which have defaults";
        }

        throw Misuse($"a row for table \"{table.Name}\" is not canonical: {error}{advice}");
    }

    private ReadOnlySpan<byte> Join(ReadOnlySpan<byte> row, ReadOnlySpan<byte> missing)
    {
        int length = row.Length + missing.Length;
        if (_rowScratch.Length < length) _rowScratch = new byte[length * 2];
        row.CopyTo(_rowScratch);
        missing.CopyTo(_rowScratch.AsSpan(row.Length));
        return _rowScratch.AsSpan(0, length);
    }

    private ReadOnlySpan<byte> ReadWholeKey(TableSchema table, IndexSchema index, int address, int length)
    {
        ReadOnlySpan<byte> key = ReadKey(table, index, address, length, ref _keyScratch, out int columns);
        if (columns != index.Columns.Length)
        {
            throw Misuse(
                $"a key of {columns} columns for \"{index.Name}\" of table \"{table.Name}\", which has {index.Columns.Length}");
        }

        return key;
    }

    // Text and bytes grow by at most two when escaped, and end with two more for each column.
    private ReadOnlySpan<byte> ReadKey(
        TableSchema table,
        IndexSchema index,
        int address,
        int length,
        ref byte[] scratch,
        out int columns)
    {
        ReadOnlySpan<byte> guestKey = Guest.Read(address, length);
        int room = (2 * length) + (2 * index.Columns.Length) + 16;
        if (scratch.Length < room) scratch = new byte[room * 2];
        if (!index.Key.TryConvert(guestKey, scratch, out columns, out int written, out ValueError error))
            throw Misuse($"a key for \"{index.Name}\" of table \"{table.Name}\" is not canonical: {error}");
        return scratch.AsSpan(0, written);
    }

    // The whole buffer must lie in memory, whatever part of it is used: a mistake shows at once, not with the first long row.
    private void CheckBuffer(int destination, int capacity) => Guest.Read(destination, capacity);

    private void CheckMutationLimit()
    {
        if (Migration is { } migration)
        {
            CheckMigrationLimit(migration);
            return;
        }

        if (Overlay.MutationCount + _mutationsElsewhere >= _limits.MutationsMax)
        {
            throw new Modules.ModuleTrapException(
                Modules.ModuleTrapKind.Limit,
                $"the transaction has {_limits.MutationsMax} mutations already, which is the limit (MutationsMax)");
        }

        if (Overlay.Bytes + _bytesElsewhere > _limits.TransactionBytesMax)
        {
            throw new Modules.ModuleTrapException(
                Modules.ModuleTrapKind.Limit,
                $"the transaction has more than {_limits.TransactionBytesMax} bytes, which is the limit (TransactionBytesMax)");
        }
    }

    private int Refuse(TableSchema table, WriteOutcome outcome)
    {
        EphemeralRules.ExpectNoConflict(table, outcome);
        switch (outcome.Result)
        {
            case WriteResult.NotFound:
                SetText($"table \"{table.Name}\" has no row with this primary key");
                return AbiCodes.NotFound;
            case WriteResult.CounterOverflow:
                SetText($"table \"{table.Name}\": the auto-increment column has no value left");
                return AbiCodes.CounterOverflow;
            default:
                SetText(outcome.Index == 0
                    ? $"table \"{table.Name}\" has a row with this primary key already"
                    : $"table \"{table.Name}\" has a row with this value in unique index " +
                        $"\"{table.Indexes[outcome.Index - 1].Name}\" already");
                return AbiCodes.DuplicateKey;
        }
    }

    private int TooSmall(int needed)
    {
        _needed = needed;
        SetText($"the buffer is too small; {needed} bytes are needed");
        return AbiCodes.BufferTooSmall;
    }

    private void SetText(string text)
    {
        _lastText.Clear();
        _lastText.Raw(System.Text.Encoding.UTF8.GetBytes(text));
    }
}
