using System.Collections.Immutable;
using System.Text.Json;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Schema;

/// <content>Tables and columns.</content>
internal sealed partial class SchemaParser
{
    private TableSchema ReadTable(DeclarationReader reader, int number) =>
        ReadTable(reader, number, ReadName(reader, "table", "tables and events"));

    private TableSchema ReadTable(DeclarationReader reader, int number, string name)
    {
        var kind = (TableKind)(reader.FindWord("kind", "logged", "ephemeral", "event") ?? 0);
        JsonElement[] items = reader.ReadItems("columns", 1, SchemaLimits.ColumnsMax, "columns");
        List<ColumnDraft> drafts = ReadNamed(reader, items, "column", isTyped: false, ReadColumn);
        ImmutableArray<int> key = ReadPrimaryKey(reader, drafts, kind);
        CheckAutoInc(reader, drafts, kind);
        ImmutableArray<ColumnSchema> columns = [.. drafts.Select((draft, i) => draft.ToColumn(i, key.Contains(i)))];
        var row = new RowCodec(ImmutableArray<FieldSchema>.CastUp(columns));
        IndexSchema? primary = key.IsEmpty ? null
            : new IndexSchema(IndexSchema.PrimaryKeyName, 0, key, isUnique: true, new KeyCodec(row, key));
        ImmutableArray<IndexSchema> indexes = ReadIndexes(reader, columns, row, key, kind);
        int version = reader.FindNumber("version") ?? 1;
        if (version < 1)
        {
            throw reader.Error(SchemaErrorKind.InvalidKey,
                $"{reader.Subject}: version is {version}; 1 or more is allowed");
        }

        return new TableSchema(columns, row)
        {
            Name = name,
            Number = number,
            PrimaryKey = primary,
            Indexes = indexes,
            Kind = kind,
            Visibility = ReadVisibility(reader),
            Version = version,
            Extra = reader.Rest(),
        };
    }

    private ColumnDraft ReadColumn(DeclarationReader reader, string name)
    {
        DataType type = ReadType(reader, "type");
        _scope.CheckMapKeys();
        bool isAutoInc = reader.ReadFlag("autoInc");
        ReadOnlyMemory<byte>? standard = null;
        if (reader.Find("default") is { } json)
        {
            if (isAutoInc)
            {
                throw reader.Error(SchemaErrorKind.InvalidDefault,
                    $"{reader.Subject} has autoInc and a default; the counter gives its values, remove the default");
            }

            standard = ReadDefault(reader, json, type);
        }

        return new ColumnDraft(name, type)
        {
            Subject = reader.Subject,
            IsPrimaryKey = reader.ReadFlag("primaryKey"),
            IsUnique = reader.ReadFlag("unique"),
            IsAutoInc = isAutoInc,
            Default = standard,
            Extra = reader.Rest(),
        };
    }

    private static byte[] ReadDefault(DeclarationReader reader, JsonElement json, DataType type)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        if (JsonValues.TryRead(json, type, buffer, out ValueError error)) return buffer.WrittenSpan.ToArray();
        throw reader.Error(SchemaErrorKind.InvalidDefault, $"{reader.Subject}: default: {error.Message}");
    }

    private static ImmutableArray<int> ReadPrimaryKey(
        DeclarationReader reader, List<ColumnDraft> columns, TableKind kind)
    {
        int[] marked = [.. Enumerable.Range(0, columns.Count).Where(i => columns[i].IsPrimaryKey)];
        bool isListed = reader.Has("primaryKey");
        if (marked.Length > 0 && isListed)
        {
            throw reader.Error(SchemaErrorKind.SeveralPrimaryKeys,
                $"{reader.Subject} has a list primaryKey and marks column \"{columns[marked[0]].Name}\" too; keep one");
        }

        if (marked.Length > 1)
        {
            throw reader.Error(SchemaErrorKind.SeveralPrimaryKeys,
                $"{reader.Subject} marks columns \"{columns[marked[0]].Name}\" and \"{columns[marked[1]].Name}\" with "
                + "primaryKey; mark one, or list both under the table's key primaryKey");
        }

        ImmutableArray<int> key = isListed
            ? ReadColumnNames(reader, "primaryKey", "primary key", columns) : [.. marked];
        if (kind == TableKind.Event && !key.IsEmpty)
        {
            throw reader.Error(SchemaErrorKind.InvalidEventTable,
                $"{reader.Subject} keeps no rows (kind event); remove primaryKey");
        }

        if (kind != TableKind.Event && key.IsEmpty)
        {
            throw reader.Error(SchemaErrorKind.NoPrimaryKey,
                $"{reader.Subject} has no primary key; mark one column with primaryKey");
        }

        foreach (int column in key) CheckKeyType(reader, columns[column], "a primary key");
        return key;
    }

    private static ImmutableArray<int> ReadColumnNames(
        DeclarationReader reader, string key, string what, IReadOnlyList<FieldSchema> columns)
    {
        var numbers = ImmutableArray.CreateBuilder<int>();
        foreach (string name in reader.ReadTexts(key, 1, SchemaLimits.IndexColumnsMax, $"columns in its {what}"))
        {
            int number = -1;
            for (int i = 0; i < columns.Count; i++)
                if (columns[i].Name == name) number = i;
            if (number < 0)
            {
                throw reader.Error(SchemaErrorKind.UnknownName, $"{reader.Subject}: {what} names unknown column "
                    + $"\"{name}\"" + NearestName.Suggest(name, columns.Select(column => column.Name)));
            }

            if (numbers.Contains(number))
            {
                throw reader.Error(SchemaErrorKind.InvalidIndex,
                    $"{reader.Subject}: {what} names column \"{name}\" twice");
            }

            numbers.Add(number);
        }

        return numbers.ToImmutable();
    }

    private static void CheckKeyType(DeclarationReader reader, FieldSchema column, string what)
    {
        if (column.Type.IsKey) return;
        string advice = column.Type.IsIndexable
            ? "floats may stand only in indexes that are not unique"
            : "use bool, an integer, string, bytes, uuid, timestamp, duration, identity, an enum without payloads "
                + "or an option of these";
        throw reader.Error(SchemaErrorKind.InvalidIndexType,
            $"{reader.Subject}: column \"{column.Name}\" of type {column.Type} cannot be part of {what}; {advice}");
    }

    private static void CheckAutoInc(DeclarationReader reader, List<ColumnDraft> columns, TableKind kind)
    {
        ColumnDraft[] marked = [.. columns.Where(column => column.IsAutoInc)];
        if (kind == TableKind.Event && marked.Length > 0)
        {
            throw reader.Error(SchemaErrorKind.InvalidEventTable,
                $"{reader.Subject} keeps no rows (kind event), so no counter either; remove autoInc from column \"{marked[0].Name}\"");
        }

        if (marked.Length > 1)
        {
            throw reader.Error(SchemaErrorKind.InvalidAutoInc, $"{reader.Subject} marks columns \"{marked[0].Name}\" "
                + $"and \"{marked[1].Name}\" with autoInc; a table has one counter");
        }

        foreach (ColumnDraft column in marked)
        {
            bool isCounter = column.Type.Resolved is ScalarType
            {
                Kind: ScalarKind.I32 or ScalarKind.I64 or ScalarKind.U32 or ScalarKind.U64,
            };
            if (isCounter) continue;
            throw reader.Error(SchemaErrorKind.InvalidAutoInc,
                $"{column.Subject} of type {column.Type} has autoInc; it takes i32, i64, u32 or u64");
        }
    }

    private static Visibility ReadVisibility(DeclarationReader reader) =>
        (Visibility)(reader.FindWord("visibility", "public", "private") ?? 0);

    /// <summary>A column whose place in the primary key is not known yet.</summary>
    private sealed class ColumnDraft(string name, DataType type) : FieldSchema(name, type)
    {
        internal required string Subject { get; init; }

        internal required bool IsPrimaryKey { get; init; }

        internal required bool IsUnique { get; init; }

        internal required bool IsAutoInc { get; init; }

        internal required ReadOnlyMemory<byte>? Default { get; init; }

        internal ColumnSchema ToColumn(int number, bool isPrimaryKey) => new(Name, Type)
        {
            Number = number,
            IsPrimaryKey = isPrimaryKey,
            IsUnique = IsUnique,
            IsAutoInc = IsAutoInc,
            Default = Default,
            Extra = Extra,
        };
    }
}
