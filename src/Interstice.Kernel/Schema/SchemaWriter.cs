using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Schema;

/// <summary>Writes a schema in canonical form: module, types, tables, reducers, queries, events, subscriptions,
/// migrations, one a line; keys in the order of docs/formats/schema.md, defaults left out, unknown keys last.</summary>
internal sealed class SchemaWriter : IDisposable
{
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly Utf8JsonWriter _json;

    private SchemaWriter() => _json = new Utf8JsonWriter(_buffer, JsonText.Canonical);

    internal static byte[] Write(ModuleSchema schema)
    {
        using var writer = new SchemaWriter();
        writer.Line("module", schema.Extra, () =>
        {
            writer._json.WriteString("name", schema.Name);
            writer._json.WriteString("version", schema.Version);
            writer._json.WriteNumber("abi", schema.Abi);
        });
        foreach (NamedType type in schema.Types) writer.Line("type", type.Extra, () => writer.WriteType(type));
        foreach (TableSchema table in schema.Tables) writer.Line("table", table.Extra, () => writer.WriteTable(table));
        foreach (ReducerSchema reducer in schema.Reducers)
            writer.Line("reducer", reducer.Extra, () => writer.WriteReducer(reducer));
        foreach (QuerySchema query in schema.Queries) writer.Line("query", query.Extra, () => writer.WriteQuery(query));
        foreach (EventSchema item in schema.Events)
        {
            writer.Line("event", item.Extra, () =>
            {
                writer._json.WriteString("name", item.Name);
                writer._json.WriteString("type", item.Payload.ToString());
            });
        }

        foreach (SubscriptionSchema item in schema.Subscriptions)
            writer.Line("subscription", item.Extra, () => writer.WriteSubscription(item));
        foreach (MigrationSchema item in schema.Migrations)
            writer.Line("migration", item.Extra, () => writer.WriteMigration(item));
        return writer._buffer.WrittenSpan.ToArray();
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();

    private void Line(string kind, ImmutableArray<ExtraKey> extra, Action body)
    {
        _json.WriteStartObject();
        _json.WritePropertyName(kind);
        WriteObject(extra, body);
        _json.WriteEndObject();
        _json.Flush();
        _json.Reset();
        _buffer.Write("\n"u8);
    }

    private void WriteObject(ImmutableArray<ExtraKey> extra, Action body)
    {
        _json.WriteStartObject();
        body();
        foreach (ExtraKey key in extra)
        {
            _json.WritePropertyName(key.Name);
            _json.WriteRawValue(key.Json);
        }

        _json.WriteEndObject();
    }

    private void WriteList<T>(string key, IEnumerable<T> items, Func<T, ImmutableArray<ExtraKey>> extra, Action<T> body)
    {
        _json.WriteStartArray(key);
        foreach (T item in items) WriteObject(extra(item), () => body(item));
        _json.WriteEndArray();
    }

    private void WriteTexts(string key, IEnumerable<string> texts)
    {
        _json.WriteStartArray(key);
        foreach (string text in texts) _json.WriteStringValue(text);
        _json.WriteEndArray();
    }

    private void WriteFields(string key, IEnumerable<FieldSchema> fields) =>
        WriteList(key, fields, field => field.Extra, WriteField);

    private void WriteField(FieldSchema field)
    {
        _json.WriteString("name", field.Name);
        _json.WriteString("type", field.Type.ToString());
    }

    private void WriteType(NamedType type)
    {
        _json.WriteString("name", type.Name);
        if (type is StructType fields) WriteFields("struct", fields.Fields);
        if (type is AliasType alias) _json.WriteString("alias", alias.Target.ToString());
        if (type is not EnumType variants) return;
        WriteList("enum", variants.Variants, variant => variant.Extra, variant =>
        {
            _json.WriteString("name", variant.Name);
            if (variant.Payload is not null) _json.WriteString("type", variant.Payload.ToString());
        });
    }

    private void WriteTable(TableSchema table)
    {
        _json.WriteString("name", table.Name);
        WriteList("columns", table.Columns, column => column.Extra, column => WriteColumn(column, table));
        if (table.PrimaryKey is { Columns.Length: > 1 } key)
            WriteTexts("primaryKey", key.Columns.Select(column => table.Columns[column].Name));
        IndexSchema[] declared = [.. table.Indexes.Where(index => !index.IsOfUniqueColumn)];
        if (declared.Length > 0)
        {
            WriteList("indexes", declared, index => index.Extra, index =>
            {
                _json.WriteString("name", index.Name);
                WriteTexts("columns", index.Columns.Select(column => table.Columns[column].Name));
                WriteFlag("unique", index.IsUnique);
            });
        }

        if (table.Kind != TableKind.Logged) _json.WriteString("kind", Word(table.Kind));
        WriteVisibility(table.Visibility);
        if (table.Version != 1) _json.WriteNumber("version", table.Version);
    }

    private void WriteColumn(ColumnSchema column, TableSchema table)
    {
        WriteField(column);
        WriteFlag("primaryKey", column.IsPrimaryKey && table.PrimaryKey!.Columns.Length == 1);
        WriteFlag("unique", column.IsUnique);
        WriteFlag("autoInc", column.IsAutoInc);
        if (column.Default is not { } value) return;
        _json.WritePropertyName("default");
        JsonValues.Write(_json, column.Type, value.Span);
    }

    private void WriteReducer(ReducerSchema reducer)
    {
        _json.WriteString("name", reducer.Name);
        if (!reducer.Parameters.IsEmpty) WriteFields("parameters", reducer.Parameters);
        if (reducer.Result is not null) _json.WriteString("result", reducer.Result.ToString());
        WriteVisibility(reducer.Visibility);
        if (reducer.Lifecycle is { } role) _json.WriteString("lifecycle", Word(role));
        if (!reducer.Calls.IsEmpty) WriteTexts("calls", reducer.Calls);
    }

    private void WriteQuery(QuerySchema query)
    {
        _json.WriteString("name", query.Name);
        if (!query.Parameters.IsEmpty) WriteFields("parameters", query.Parameters);
        _json.WriteString("result", query.Result.ToString());
        WriteVisibility(query.Visibility);
    }

    private void WriteSubscription(SubscriptionSchema item)
    {
        _json.WriteString("source", item.Source);
        _json.WriteString("operation", Word(item.Operation));
        _json.WriteString("handler", item.Handler);
        if (item.Start != SubscriptionStart.Beginning) _json.WriteString("from", Word(item.Start));
        if (item.Depth is { } depth) _json.WriteNumber("depth", depth);
    }

    private void WriteMigration(MigrationSchema item)
    {
        _json.WriteString("from", item.From);
        _json.WriteString("to", item.To);
        if (item.Reducer is not null) _json.WriteString("reducer", item.Reducer);
        if (!item.Reads.IsEmpty) WriteList("reads", item.Reads, table => table.Extra, WriteTable);
        if (!item.Writes.IsEmpty) WriteWritten(item.Writes);
        if (!item.Drops.IsEmpty) WriteTexts("drops", item.Drops);
        if (item.Steps.IsEmpty) return;
        _json.WriteStartArray("steps");
        foreach (string step in item.Steps) _json.WriteRawValue(step);
        _json.WriteEndArray();
    }

    private void WriteWritten(ImmutableArray<MigratedTable> tables)
    {
        _json.WriteStartArray("writes");
        foreach (MigratedTable table in tables)
        {
            if (table.Declared is { } declared) WriteObject(declared.Extra, () => WriteTable(declared));
            else _json.WriteStringValue(table.Name);
        }

        _json.WriteEndArray();
    }

    private void WriteVisibility(Visibility visibility)
    {
        if (visibility != Visibility.Public) _json.WriteString("visibility", Word(visibility));
    }

    private void WriteFlag(string key, bool value)
    {
        if (value) _json.WriteBoolean(key, value);
    }

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
