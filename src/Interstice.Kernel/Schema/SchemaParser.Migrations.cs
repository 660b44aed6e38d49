using System.Collections.Immutable;
using System.Text.Json;

namespace Interstice.Kernel.Schema;

/// <content>Migrations.</content>
internal sealed partial class SchemaParser
{
    private void ReadMigrations() => Migrations =
    [
        .. ReadAll("migration").Select(ReadMigration)
            .OrderBy(m => m.From, StringComparer.Ordinal).ThenBy(m => m.To, StringComparer.Ordinal),
    ];

    private MigrationSchema ReadMigration(DeclarationReader reader)
    {
        string from = ReadVersion(reader, "from");
        string to = ReadVersion(reader, "to");
        reader.Subject = $"migration from {from} to {to}";
        if (!_names.TryAdd($"migration/{from}/{to}", "migration"))
            throw reader.Error(SchemaErrorKind.DuplicateName, $"{reader.Subject} is declared twice; remove one");
        if (reader.Has("steps") == reader.Has("reducer"))
        {
            string problem = reader.Has("steps")
                ? "both steps and reducer; keep one" : "neither steps nor reducer; add one";
            throw reader.Error(SchemaErrorKind.InvalidMigration, $"{reader.Subject} has {problem}");
        }

        if (reader.Has("reducer")) return ReadReducerMigration(reader, from, to);
        JsonElement[] steps = reader.ReadItems("steps", 1, SchemaLimits.DeclarationsMax, "steps");
        return new MigrationSchema
        {
            From = from,
            To = to,
            Steps = [.. steps.Select(JsonText.Compact)],
            Reducer = null,
            Extra = reader.Rest(),
        };
    }

    private MigrationSchema ReadReducerMigration(DeclarationReader reader, string from, string to)
    {
        string reducer = reader.ReadText("reducer");
        SchemaNames.Check(reducer, "reducer", reader.Subject, reader.Line, isHost: false);
        var migration = new MigrationSchema
        {
            From = from,
            To = to,
            Steps = [],
            Reducer = reducer,
            Reads = [.. reader.ReadItems("reads", 0, SchemaLimits.DeclarationsMax, "tables to read").Select(table => ReadOther(reader, table))],
            Writes =
            [
                .. reader.ReadItems("writes", 0, SchemaLimits.DeclarationsMax, "tables to write").Select(table => ReadWritten(reader, table)),
            ],
            Drops = [.. reader.ReadTexts("drops", 0, SchemaLimits.DeclarationsMax, "tables to drop")],
            Extra = reader.Rest(),
        };
        ExpectOnce(reader, "reads", migration.Reads.Select(table => table.Name));
        ExpectOnce(reader, "writes", migration.Writes.Select(table => table.Name));
        ExpectOnce(reader, "drops", migration.Drops);
        return migration;
    }

    // A table of another version of the module: its name may be one of this version's.
    private TableSchema ReadOther(DeclarationReader migration, JsonElement declaration)
    {
        var reader = new DeclarationReader(declaration, $"{migration.Subject}: table", migration.Line);
        string name = reader.ReadText("name");
        reader.Subject = $"{migration.Subject}: table \"{name}\"";
        SchemaNames.Check(name, "name", reader.Subject, reader.Line, isHost: false);
        return ReadTable(reader, 0, name);
    }

    private MigratedTable ReadWritten(DeclarationReader migration, JsonElement table)
    {
        if (table.ValueKind == JsonValueKind.Object)
        {
            TableSchema declared = ReadOther(migration, table);
            return new MigratedTable(declared.Name, declared);
        }

        string name = JsonText.TextOf(table) ?? throw migration.Wrong("writes", "names of tables, or their declarations", table);
        return new MigratedTable(name, null);
    }

    private static void ExpectOnce(DeclarationReader reader, string key, IEnumerable<string> names)
    {
        if (names.GroupBy(name => name).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw reader.Error(SchemaErrorKind.DuplicateName, $"{reader.Subject}: {key} names \"{twice.Key}\" twice");
    }
}
