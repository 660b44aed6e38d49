using System.Collections.Immutable;
using System.Text.Json;
using Interstice.Kernel.Migrations;

namespace Interstice.Kernel.Events.Json;

/// <summary>What the reducers of a publication wrote, as JSON: rows as they are, since their tables may be those of a version between two.</summary>
internal static class EffectsJson
{
    internal static void Write(Utf8JsonWriter writer, ImmutableArray<ReducerEffects> all)
    {
        writer.WriteStartArray("effects"u8);
        foreach (ReducerEffects effects in all)
        {
            writer.WriteStartObject();
            JsonFields.Write(writer, "seed"u8, effects.Seed);
            JsonFields.Write(writer, "fuel"u8, effects.Fuel);
            writer.WriteStartArray("tables"u8);
            foreach (TableRows table in effects.Tables)
            {
                writer.WriteStartObject();
                writer.WriteString("table"u8, table.Table);
                writer.WriteStartArray("rows"u8);
                foreach (ReadOnlyMemory<byte> row in table.Rows) writer.WriteBase64StringValue(row.Span);
                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    internal static ImmutableArray<ReducerEffects> Read(JsonElement json)
    {
        if (JsonFields.Find(json, "effects") is not { } effects) return [];
        ImmutableArray<ReducerEffects> all = [.. Items(effects, "effects").Select(ReadOne)];
        return all.IsEmpty ? throw new EventFormatException("\"effects\" is empty", 0) : all;
    }

    private static ReducerEffects ReadOne(JsonElement json) => new(
        JsonFields.UInt128(json, "seed"),
        JsonFields.UInt64(json, "fuel"),
        [.. Items(JsonFields.Of(json, "tables"), "tables").Select(table => new TableRows(
            JsonFields.String(table, "table"), [.. Items(JsonFields.Of(table, "rows"), "rows").Select(RowOf)]))]);

    private static ReadOnlyMemory<byte> RowOf(JsonElement row) =>
        row.ValueKind == JsonValueKind.String && row.TryGetBytesFromBase64(out byte[]? bytes)
            ? bytes : throw new EventFormatException("a row of \"rows\" is no base64", 0);

    private static JsonElement.ArrayEnumerator Items(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Array ? json.EnumerateArray() : throw new EventFormatException($"\"{name}\" is no array", 0);
}
