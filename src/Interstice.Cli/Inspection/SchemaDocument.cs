using System.Text.Json;
using Interstice.Cli.Output;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Cli.Inspection;

/// <summary>Writes the declarations of a module.</summary>
/// <param name="schema">The declarations.</param>
internal sealed class SchemaDocument(ModuleSchema schema)
{
    /// <summary>Writes the stable object.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("module", schema.Name);
        json.WriteString("version", schema.Version);
        json.WriteNumber("abi", schema.Abi);
        WriteList(json, "types", schema.Types, WriteType);
        WriteList(json, "tables", schema.Tables, WriteTable);
        WriteList(json, "reducers", schema.Reducers, WriteReducer);
        WriteList(json, "queries", schema.Queries, WriteQuery);
        WriteList(json, "events", schema.Events, WriteEvent);
        json.WriteEndObject();
    }

    /// <summary>Writes the declarations for people.</summary>
    public void WriteText(StandardOutput output)
    {
        output.WriteLine($"module {schema.Name} {schema.Version}, ABI {schema.Abi}");
        foreach (NamedType type in schema.Types) output.WriteLine($"type {type.Name} = {Describe(type)}");
        foreach (TableSchema table in schema.Tables) WriteTableText(output, table);
        foreach (ReducerSchema reducer in schema.Reducers)
            output.WriteLine(
                $"reducer {Signature(reducer.Name, reducer.Parameters, reducer.Result)}{Marks(reducer.Visibility)}");
        foreach (QuerySchema query in schema.Queries)
            output.WriteLine($"query {Signature(query.Name, query.Parameters, query.Result)}{Marks(query.Visibility)}");
        foreach (EventSchema declared in schema.Events) output.WriteLine($"event {declared.Name}: {declared.Payload}");
    }

    private static void WriteTableText(StandardOutput output, TableSchema table)
    {
        string kind = table.Kind == TableKind.Logged ? "" : $", {Word(table.Kind)}";
        output.WriteLine($"table {table.Name}{Marks(table.Visibility)}{kind}");
        foreach (ColumnSchema column in table.Columns)
        {
            string marks = (column.IsPrimaryKey ? ", primary key" : "")
                + (column.IsUnique ? ", unique" : "")
                + (column.IsAutoInc ? ", auto-increment" : "");
            output.WriteLine($"  {column.Name}: {column.Type}{marks}");
        }

        foreach (IndexSchema index in table.Indexes)
        {
            string columns = string.Join(", ", ColumnsOf(table, index));
            output.WriteLine($"  index {index.Name} ({columns}){(index.IsUnique ? ", unique" : "")}");
        }
    }

    private static void WriteTable(Utf8JsonWriter json, TableSchema table)
    {
        json.WriteString("name", table.Name);
        json.WriteString("kind", Word(table.Kind));
        json.WriteString("visibility", Word(table.Visibility));
        json.WriteNumber("version", table.Version);
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

    private static string Describe(NamedType type) => type switch
    {
        StructType structure => $"{{ {string.Join(", ", structure.Fields)} }}",
        EnumType choice => string.Join(" | ", choice.Variants.Select(variant =>
            variant.Payload is null ? variant.Name : $"{variant.Name}({variant.Payload})")),
        AliasType alias => alias.Target.ToString(),
        _ => type.ToString(),
    };

    private static string Signature(string name, IEnumerable<ParameterSchema> parameters, DataType? result) =>
        $"{name}({string.Join(", ", parameters)}){(result is null ? "" : $" -> {result}")}";

    private static string Marks(Visibility visibility) => visibility == Visibility.Private ? ", private" : "";

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
