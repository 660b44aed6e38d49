using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;
using Interstice.Kernel.Mutations;

namespace Interstice.Kernel.Tables.Columnar;

/// <summary>Counts and adds up rows, by rows or by columns; both give the same.</summary>
public static class Aggregation
{
    /// <summary>Goes through the rows of a table; copies none.</summary>
    /// <param name="table">The table, which must not change meanwhile.</param>
    /// <param name="query">What is wanted.</param>
    /// <exception cref="ArgumentException">The table cannot answer it (<see cref="AggregateQuery.FindMisfit"/>), or is an event table.</exception>
    public static ImmutableArray<AggregateGroup> Run(Table table, AggregateQuery query)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(query);
        Check(table.Schema, query);
        (ColumnLayout Layout, ByteKeyMap? Texts)? group = query.GroupBy is { } number ? Open(table.Schema, number) : null;
        (ColumnLayout Layout, ByteKeyMap? Texts)[] columns = [.. query.Aggregates.Select(aggregate => Open(table.Schema, aggregate.Column))];
        var groups = new AggregateGroups(query, group, columns);
        int all = group is null ? groups.NullSlot() : -1;
        foreach (ReadOnlySpan<byte> row in table.Scan(0, KeyRange.All, descending: false))
        {
            if (query.Where is { } where && !where.Matches(row)) continue;
            int slot = group is not { } by ? all : TryRead(by, row, out ulong key) ? groups.SlotOf(key) : groups.NullSlot();
            groups.Count(slot, 1);
            for (int i = 0; i < columns.Length; i++)
                if (TryRead(columns[i], row, out ulong code)) groups.Add(slot, i, code);
        }

        return groups.ToResult();
    }

    /// <summary>Goes through columns, chunk by chunk; chunks whose values all match, or none, are not looked at value by value.</summary>
    /// <param name="table">Holds the columns of the query.</param>
    /// <param name="query">What is wanted; its condition is one that the columns can evaluate (<see cref="ColumnarTable.CanEvaluate"/>).</param>
    /// <exception cref="ArgumentException">The columns cannot answer it.</exception>
    public static ImmutableArray<AggregateGroup> Run(ColumnarTable table, AggregateQuery query)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(query);
        Check(table.Schema, query);
        ColumnFilter? filter = null;
        if (query.Where is { } where)
        {
            filter = ColumnFilter.TryCompile(where, table)
                ?? throw new ArgumentException($"\"{where.Text}\" cannot be evaluated on these columns alone.", nameof(query));
        }

        StoredColumn? group = query.GroupBy is { } number ? Find(table, number) : null;
        StoredColumn[] columns = [.. query.Aggregates.Select(aggregate => Find(table, aggregate.Column))];
        var groups = new AggregateGroups(
            query, group is null ? null : (group.Layout, group.Texts), [.. columns.Select(column => (column.Layout, column.Texts))]);
        int all = group is null ? groups.NullSlot() : -1;
        ulong[] holds = new ulong[ColumnarTable.ChunkRows / 64];
        ulong[] unknown = new ulong[holds.Length];
        for (int chunk = 0; chunk < table.ChunkCount; chunk++)
        {
            int rows = table.RowsOf(chunk);
            Span<ulong> mask = holds.AsSpan(0, (rows + 63) / 64);
            if (filter is null) ColumnChunk.SetAll(rows, mask);
            else filter.Evaluate(chunk, rows, mask, unknown.AsSpan(0, mask.Length));
            if (group is null) AddChunk(groups, all, query, columns, chunk, mask);
            else AddGroups(groups, group.Chunks[chunk], columns, chunk, mask);
        }

        return groups.ToResult();
    }

    private static void AddChunk(
        AggregateGroups groups, int slot, AggregateQuery query, StoredColumn[] columns, int chunk, ReadOnlySpan<ulong> mask)
    {
        long count = CountBits(mask);
        if (count == 0) return;
        groups.Count(slot, count);
        for (int i = 0; i < columns.Length; i++)
        {
            ColumnChunk values = columns[i].Chunks[chunk];
            bool isWhole = query.Aggregates[i].Function == AggregateFunction.Sum && columns[i].Layout.Kind != CodeKind.Float;
            if (isWhole) AddSum(ref groups.Value(slot, i), values, mask);
            else AddEach(groups, slot, i, values, mask);
        }
    }

    private static void AddEach(AggregateGroups groups, int slot, int aggregate, ColumnChunk values, ReadOnlySpan<ulong> mask)
    {
        for (int word = 0; word < mask.Length; word++)
        {
            ulong bits = values.HasNulls ? mask[word] & ~values.Nulls[word] : mask[word];
            for (; bits != 0; bits &= bits - 1)
                groups.Add(slot, aggregate, values.Code((word * 64) + BitOperations.TrailingZeroCount(bits)));
        }
    }

    // Offsets are added up, and the least code once for each row: a chunk has too few rows for its offsets of up to four bytes to overflow.
    private static void AddSum(ref AggregateGroups.Accumulator value, ColumnChunk values, ReadOnlySpan<ulong> mask)
    {
        long count = values.HasNulls ? CountWithout(mask, values.Nulls) : CountBits(mask);
        UInt128 sum = (UInt128)values.Least * (UInt128)(ulong)count;
        ReadOnlySpan<byte> offsets = values.Offsets;
        sum += values.Width switch
        {
            0 => (UInt128)0,
            1 => Sum(offsets, values.Nulls, mask),
            2 => Sum(MemoryMarshal.Cast<byte, ushort>(offsets), values.Nulls, mask),
            4 => Sum(MemoryMarshal.Cast<byte, uint>(offsets), values.Nulls, mask),
            _ => SumWide(MemoryMarshal.Cast<byte, ulong>(offsets), values.Nulls, mask),
        };
        value.Sum += sum;
        value.Count += count;
    }

    private static ulong Sum<T>(ReadOnlySpan<T> offsets, ReadOnlySpan<ulong> nulls, ReadOnlySpan<ulong> mask)
        where T : unmanaged, IBinaryInteger<T>
    {
        ulong sum = 0;
        for (int word = 0; word < mask.Length; word++)
        {
            ulong bits = nulls.IsEmpty ? mask[word] : mask[word] & ~nulls[word];
            ReadOnlySpan<T> part = offsets[(word * 64)..Math.Min(offsets.Length, (word * 64) + 64)];
            if (bits == ulong.MaxValue)
            {
                foreach (T offset in part) sum += ulong.CreateTruncating(offset);
                continue;
            }

            for (; bits != 0; bits &= bits - 1) sum += ulong.CreateTruncating(part[BitOperations.TrailingZeroCount(bits)]);
        }

        return sum;
    }

    private static UInt128 SumWide(ReadOnlySpan<ulong> offsets, ReadOnlySpan<ulong> nulls, ReadOnlySpan<ulong> mask)
    {
        UInt128 sum = 0;
        for (int word = 0; word < mask.Length; word++)
        {
            for (ulong bits = nulls.IsEmpty ? mask[word] : mask[word] & ~nulls[word]; bits != 0; bits &= bits - 1)
                sum += offsets[(word * 64) + BitOperations.TrailingZeroCount(bits)];
        }

        return sum;
    }

    private static void AddGroups(AggregateGroups groups, ColumnChunk keys, StoredColumn[] columns, int chunk, ReadOnlySpan<ulong> mask)
    {
        for (int word = 0; word < mask.Length; word++)
        {
            for (ulong bits = mask[word]; bits != 0; bits &= bits - 1)
            {
                int row = (word * 64) + BitOperations.TrailingZeroCount(bits);
                int slot = keys.IsNull(row) ? groups.NullSlot() : groups.SlotOf(keys.Code(row));
                groups.Count(slot, 1);
                for (int i = 0; i < columns.Length; i++)
                {
                    ColumnChunk values = columns[i].Chunks[chunk];
                    if (!values.IsNull(row)) groups.Add(slot, i, values.Code(row));
                }
            }
        }
    }

    private static long CountBits(ReadOnlySpan<ulong> mask)
    {
        long count = 0;
        foreach (ulong word in mask) count += BitOperations.PopCount(word);
        return count;
    }

    private static long CountWithout(ReadOnlySpan<ulong> mask, ReadOnlySpan<ulong> without)
    {
        long count = 0;
        for (int i = 0; i < mask.Length; i++) count += BitOperations.PopCount(mask[i] & ~without[i]);
        return count;
    }

    private static bool TryRead((ColumnLayout Layout, ByteKeyMap? Texts) column, ReadOnlySpan<byte> row, out ulong code)
    {
        if (column.Texts is null) return column.Layout.TryReadCode(row, out code);
        bool isThere = column.Layout.TryReadText(row, out ReadOnlySpan<byte> text);
        code = isThere ? (ulong)column.Texts.FindOrAdd(0, text, out _) : 0;
        return isThere;
    }

    private static (ColumnLayout Layout, ByteKeyMap? Texts) Open(Schema.TableSchema table, int column)
    {
        ColumnLayout layout = ColumnLayout.Of(table, column)!;
        return (layout, layout.Kind == CodeKind.Text ? new ByteKeyMap() : null);
    }

    private static StoredColumn Find(ColumnarTable table, int column) => table.Column(column)
        ?? throw new ArgumentException($"Column \"{table.Schema.Columns[column].Name}\" is not among those that were laid out.", nameof(column));

    private static void Check(Schema.TableSchema table, AggregateQuery query)
    {
        if (query.FindMisfit(table) is { } misfit) throw new ArgumentException($"Table \"{table.Name}\": {misfit}.", nameof(query));
    }
}
