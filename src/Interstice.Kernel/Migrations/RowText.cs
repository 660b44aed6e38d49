using System.Buffers;
using System.Text;
using System.Text.Json;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Migrations;

/// <summary>Rows in messages.</summary>
internal static class RowText
{
    /// <summary>A row by its primary key: <c>table "accounts", row [7]</c>.</summary>
    internal static string Name(TableSchema table, ReadOnlySpan<byte> row) => $"table \"{table.Name}\", row {Key(table, row)}";

    /// <summary>Why rows cannot stand beside each other.</summary>
    internal static string Describe(TableSchema table, ProjectionDivergedException fault)
    {
        byte[] one = [.. fault.Expected];
        byte[] other = [.. fault.Found];
        if (other.Length == 0) return fault.Message;
        if (one.Length == 0) return $"table \"{table.Name}\": two rows have the primary key {Key(table, other)}";
        IndexSchema? index = table.Indexes.FirstOrDefault(index => index.IsUnique && index.Columns.All(column =>
            table.Row.Field(one, column).SequenceEqual(table.Row.Field(other, column))));
        return $"table \"{table.Name}\": rows {Key(table, one)} and {Key(table, other)} have the same key in the unique index "
            + $"\"{index?.Name}\"; make them different, or the index not unique";
    }

    private static string Key(TableSchema table, ReadOnlySpan<byte> row)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, JsonText.Canonical))
        {
            json.WriteStartArray();
            foreach (int column in table.PrimaryKey!.Columns) JsonValues.Write(json, table.Columns[column].Type, table.Row.Field(row, column));
            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
