using System.Collections.Immutable;
using Interstice.Kernel.Events;

namespace Interstice.Kernel.Migrations;

/// <summary>What a migration's reducer was given besides the tables, and what it wrote: recorded with the publication, so that replay needs no
/// code.</summary>
/// <param name="Seed">Seed of its <c>random()</c>. Its time and caller are those of the publication.</param>
/// <param name="Fuel">Fuel that it used.</param>
/// <param name="Tables">The rows of the tables that it filled; tables that stayed empty may be left out.</param>
public sealed record ReducerEffects(UInt128 Seed, ulong Fuel, ImmutableArray<TableRows> Tables)
{
    private const int TablesMax = 1 << 16;

    /// <summary>Rows of all tables.</summary>
    public long RowCount => Tables.Sum(table => (long)table.Rows.Length);

    internal void Write(PayloadWriter writer)
    {
        writer.UInt128(Seed);
        writer.UInt64(Fuel);
        writer.Int32(Tables.Length);
        foreach (TableRows table in Tables)
        {
            writer.String(table.Table);
            writer.Int32(table.Rows.Length);
            foreach (ReadOnlyMemory<byte> row in table.Rows) writer.Bytes(row.Span);
        }
    }

    internal static ReducerEffects Read(ref PayloadReader reader)
    {
        UInt128 seed = reader.UInt128();
        ulong fuel = reader.UInt64();
        var tables = ImmutableArray.CreateBuilder<TableRows>();
        for (int left = ReadCount(ref reader, TablesMax); left > 0; left--)
        {
            string name = reader.String();
            var rows = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>();
            for (int count = ReadCount(ref reader, int.MaxValue); count > 0; count--) rows.Add(reader.Bytes().ToArray());
            tables.Add(new(name, rows.ToImmutable()));
        }

        return new(seed, fuel, tables.ToImmutable());
    }

    private static int ReadCount(ref PayloadReader reader, int max)
    {
        int count = reader.Int32();
        return count >= 0 && count <= max ? count : throw new EventFormatException($"a count of {count} in the effects of a migration", reader.Offset);
    }
}
