using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Tests.Tables;

/// <summary>The naive counterpart of a table: rows by primary key, every question answered by looking at all of them.</summary>
internal sealed class ModelTable
{
    private readonly Dictionary<string, byte[]> _rows;

    internal ModelTable(TableSchema schema)
    {
        Schema = schema;
        _rows = [];
    }

    private ModelTable(ModelTable other)
    {
        Schema = other.Schema;
        Counter = other.Counter;
        _rows = new Dictionary<string, byte[]>(other._rows);
    }

    internal TableSchema Schema { get; }

    internal ulong Counter { get; private set; }

    internal IReadOnlyDictionary<string, byte[]> Rows => _rows;

    internal ModelTable Copy() => new(this);

    /// <summary>The table as it is committed: values that no row holds at the end of the transaction were never stored.</summary>
    internal ModelTable Commit(ModelTable before)
    {
        AutoIncrement? column = AutoIncrement.Of(Schema);
        ulong largest = column is null ? 0 : _rows.Values.Select(row => column.Read(row)).DefaultIfEmpty().Max();
        return new ModelTable(this) { Counter = Math.Max(before.Counter, largest) };
    }

    internal string KeyOf(byte[] row) => Convert.ToHexString(Key(0, row));

    internal byte[] Key(int index, ReadOnlySpan<byte> row)
    {
        KeyCodec codec = (index == 0 ? Schema.PrimaryKey! : Schema.Indexes[index - 1]).Key;
        byte[] key = new byte[codec.LengthMax(row)];
        return key[..codec.Write(row, key)];
    }

    /// <summary>The number of the index that forbids a row, or -1.</summary>
    internal int Conflict(byte[] row, bool isInsert)
    {
        string key = KeyOf(row);
        if (isInsert && _rows.ContainsKey(key)) return 0;
        foreach (IndexSchema index in Schema.Indexes.Where(index => index.IsUnique))
        {
            byte[] unique = Key(index.Number, row);
            if (_rows.Any(other => other.Key != key && Key(index.Number, other.Value).SequenceEqual(unique))) return index.Number;
        }

        return -1;
    }

    internal void Put(byte[] row)
    {
        _rows[KeyOf(row)] = row;
        if (AutoIncrement.Of(Schema) is { } column) Counter = Math.Max(Counter, column.Read(row));
    }

    internal void Remove(string key) => _rows.Remove(key);

    internal List<byte[]> Range(int index, byte[] lower, bool lowerExclusive, byte[] upper, bool upperExclusive, bool descending)
    {
        bool IsIn(byte[] key)
        {
            int low = key.AsSpan(0, Math.Min(key.Length, lower.Length)).SequenceCompareTo(lower);
            int high = key.AsSpan(0, Math.Min(key.Length, upper.Length)).SequenceCompareTo(upper);
            bool isAboveLower = lower.Length == 0 || low > 0 || (low == 0 && !lowerExclusive);
            bool isBelowUpper = upper.Length == 0 || high < 0 || (high == 0 && !upperExclusive);
            return isAboveLower && isBelowUpper;
        }

        List<byte[]> rows = [.. _rows.Values.Where(row => IsIn(Key(index, row)))
            .OrderBy(row => Convert.ToHexString([.. Key(index, row), .. Key(0, row)]), StringComparer.Ordinal)];
        if (descending) rows.Reverse();
        return rows;
    }
}
