using System.Collections.Immutable;
using System.Text.Json;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Schema;

/// <content>Indexes.</content>
internal sealed partial class SchemaParser
{
    private ImmutableArray<IndexSchema> ReadIndexes(DeclarationReader reader, ImmutableArray<ColumnSchema> columns,
        RowCodec row, ImmutableArray<int> primary, TableKind kind)
    {
        JsonElement[] items = reader.ReadItems("indexes", 0, SchemaLimits.IndexesMax, "indexes");
        if (kind == TableKind.Event) CheckEventTable(reader, columns, items.Length > 0);
        var indexes = new List<IndexSchema>();
        foreach (ColumnSchema column in columns.Where(column => column.IsUnique))
        {
            CheckKeyType(reader, column, "a unique index");
            if (primary is [var only] && only == column.Number)
            {
                throw reader.Error(SchemaErrorKind.InvalidIndex,
                    $"{reader.Subject}: column \"{column.Name}\" is the primary key, so unique already; remove unique");
            }

            ImmutableArray<int> own = [column.Number];
            indexes.Add(new IndexSchema(column.Name, indexes.Count + 1, own, isUnique: true, new KeyCodec(row, own))
            {
                IsOfUniqueColumn = true,
            });
        }

        foreach (IndexDraft draft in ReadNamed(reader, items, "index", isTyped: false, ReadIndex))
            indexes.Add(draft.ToIndex(indexes, columns, row));
        if (indexes.Count <= SchemaLimits.IndexesMax) return [.. indexes];
        throw reader.Error(SchemaErrorKind.WrongNumber, $"{reader.Subject} has {indexes.Count} indexes, those of "
            + $"unique columns included; 0 to {SchemaLimits.IndexesMax} are allowed");
    }

    private static void CheckEventTable(
        DeclarationReader reader, ImmutableArray<ColumnSchema> columns, bool hasIndexes)
    {
        string? culprit = columns.Any(column => column.IsUnique) ? "unique"
            : columns.Any(column => column.IsAutoInc) ? "autoInc"
            : hasIndexes ? "indexes" : null;
        if (culprit is null) return;
        throw reader.Error(
            SchemaErrorKind.InvalidEventTable, $"{reader.Subject} keeps no rows (kind event); remove {culprit}");
    }

    private static IndexDraft ReadIndex(DeclarationReader reader, string name) =>
        new(reader, name, reader.ReadFlag("unique"));

    private sealed record IndexDraft(DeclarationReader Reader, string Name, bool IsUnique)
    {
        internal IndexSchema ToIndex(List<IndexSchema> earlier, ImmutableArray<ColumnSchema> columns, RowCodec row)
        {
            if (earlier.Any(index => index.Name == Name))
            {
                throw Reader.Error(SchemaErrorKind.DuplicateName,
                    $"{Reader.Subject}: the unique column \"{Name}\" has an index of this name; rename the index");
            }

            ImmutableArray<int> own = ReadColumnNames(Reader, "columns", "index", columns);
            foreach (int column in own)
            {
                if (!IsUnique && columns[column].Type.IsIndexable) continue;
                CheckKeyType(Reader, columns[column], IsUnique ? "a unique index" : "an index");
            }

            return new IndexSchema(Name, earlier.Count + 1, own, IsUnique, new KeyCodec(row, own))
            {
                Extra = Reader.Rest(),
            };
        }
    }
}
