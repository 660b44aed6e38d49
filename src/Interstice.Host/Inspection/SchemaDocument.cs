using System.Text.Json;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Host.Inspection;

/// <summary>Writes the declarations of a module.</summary>
/// <param name="schema">The declarations.</param>
/// <param name="withHostTables">Whether the host's tables in the module are listed behind its own, marked.</param>
public sealed class SchemaDocument(ModuleSchema schema, bool withHostTables = false)
{
    /// <summary>Writes the stable object.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("module", schema.Name);
        json.WriteString("version", schema.Version);
        json.WriteNumber("abi", schema.Abi);
        WriteList(json, "types", schema.Types, WriteType);
        WriteList(json, "tables", withHostTables ? schema.AllTables : schema.Tables, WriteTable);
        WriteList(json, "reducers", schema.Reducers, WriteReducer);
        WriteList(json, "queries", schema.Queries, WriteQuery);
        WriteList(json, "events", schema.Events, WriteEvent);
        json.WriteEndObject();
    }

    private static void WriteTable(Utf8JsonWriter json, TableSchema table)
    {
        json.WriteString("name", table.Name);
        json.WriteString("kind", Word(table.Kind));
        json.WriteString("visibility", Word(table.Visibility));
        json.WriteNumber("version", table.Version);
        if (table.IsOfHost) json.WriteBoolean("host", true);
        WriteList(json, "columns", table.Columns, WriteColumn);
        WriteNames(json, "primaryKey", table.PrimaryKey is { } primary ? ColumnsOf(table, primary) : []);
        WriteList(json, "indexes", table.Indexes, (writer, index) =>
        {
            writer.WriteString("name", index.Name);
            WriteNames(writer, "columns", ColumnsOf(table, index));
            writer.WriteBoolean("unique", index.IsUnique);
        });
    }

    private static void WriteColumn(Utf8JsonWriter json, ColumnSchema column)
    {
        WriteField(json, column);
        json.WriteBoolean("primaryKey", column.IsPrimaryKey);
        json.WriteBoolean("unique", column.IsUnique);
        json.WriteBoolean("autoInc", column.IsAutoInc);
        if (column.Default is not { } value) return;
        json.WritePropertyName("default");
        JsonValues.Write(json, column.Type, value.Span);
    }

    private static void WriteReducer(Utf8JsonWriter json, ReducerSchema reducer)
    {
        json.WriteString("name", reducer.Name);
        WriteList(json, "parameters", reducer.Parameters, WriteField);
        json.WriteString("result", reducer.Result?.ToString());
        json.WriteString("visibility", Word(reducer.Visibility));
        json.WriteString("lifecycle", reducer.Lifecycle is { } role ? Word(role) : null);
        WriteNames(json, "calls", reducer.Calls);
    }

    private static void WriteQuery(Utf8JsonWriter json, QuerySchema query)
    {
        json.WriteString("name", query.Name);
        WriteList(json, "parameters", query.Parameters, WriteField);
        json.WriteString("result", query.Result.ToString());
        json.WriteString("visibility", Word(query.Visibility));
    }

    private static void WriteEvent(Utf8JsonWriter json, EventSchema declared)
    {
        json.WriteString("name", declared.Name);
        json.WriteString("type", declared.Payload.ToString());
    }

    private static void WriteType(Utf8JsonWriter json, NamedType type)
    {
        json.WriteString("name", type.Name);
        switch (type)
        {
            case StructType structure:
                WriteList(json, "struct", structure.Fields, WriteField);
                break;
            case EnumType choice:
                WriteList(json, "enum", choice.Variants, (writer, variant) =>
                {
                    writer.WriteString("name", variant.Name);
                    writer.WriteString("type", variant.Payload?.ToString());
                });
                break;
            case AliasType alias:
                json.WriteString("alias", alias.Target.ToString());
                break;
        }
    }

    private static void WriteField(Utf8JsonWriter json, FieldSchema field)
    {
        json.WriteString("name", field.Name);
        json.WriteString("type", field.Type.ToString());
    }

    private static void WriteList<T>(
        Utf8JsonWriter json,
        string name,
        IEnumerable<T> items,
        Action<Utf8JsonWriter,
        T> write)
    {
        json.WriteStartArray(name);
        foreach (T item in items)
        {
            json.WriteStartObject();
            write(json, item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteNames(Utf8JsonWriter json, string name, IEnumerable<string> names)
    {
        json.WriteStartArray(name);
        foreach (string item in names) json.WriteStringValue(item);
        json.WriteEndArray();
    }

    private static IEnumerable<string> ColumnsOf(TableSchema table, IndexSchema index) =>
        index.Columns.Select(column => table.Columns[column].Name);

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
