using System.Text.Json;
using Interstice.Kernel.Events;
using Interstice.Kernel.Migrations;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Host.Inspection;

/// <summary>What reducers of migrations wrote, in words and as the stable object of docs/cli.md.</summary>
public static class MigrationDocument
{
    /// <summary>Writes what one reducer wrote: how many rows of each table, with the fuel that it used.</summary>
    /// <param name="json">Takes it.</param>
    /// <param name="effects">What it wrote.</param>
    public static void Write(Utf8JsonWriter json, ReducerEffects effects)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(effects);
        json.WriteStartObject();
        json.WriteStartArray("tables");
        foreach (TableRows table in effects.Tables)
        {
            json.WriteStartObject();
            json.WriteString("table", table.Table);
            json.WriteNumber("rows", table.Rows.Length);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("fuelUsed", effects.Fuel);
        json.WriteEndObject();
    }

    /// <summary>Writes what the reducers of a publication wrote, row by row, as the member <c>effects</c>; nothing where there are none.</summary>
    /// <param name="json">Takes it, within an object.</param>
    /// <param name="published">The publication.</param>
    public static void WriteRows(Utf8JsonWriter json, ModulePublished published)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(published);
        if (published.Effects.IsEmpty) return;
        var schema = ModuleSchema.Parse(published.Schema.Span);
        MigrationSchema[] migrations = [.. FindMigrations(schema, published.Steps)];
        json.WriteStartArray("effects");
        foreach ((int i, ReducerEffects effects) in published.Effects.Index())
        {
            json.WriteStartObject();
            json.WriteString("reducer", migrations[i].Reducer);
            json.WriteString("migration", $"{migrations[i].From} to {migrations[i].To}");
            json.WriteStartArray("tables");
            foreach (TableRows table in effects.Tables) WriteRows(json, table, TableOf(schema, migrations[i], table.Table));
            json.WriteEndArray();
            json.WriteNumber("fuelUsed", effects.Fuel);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteRows(Utf8JsonWriter json, TableRows table, TableSchema declared)
    {
        json.WriteStartObject();
        json.WriteString("table", table.Table);
        json.WriteStartArray("rows");
        foreach (ReadOnlyMemory<byte> row in table.Rows) JsonValues.WriteRow(json, declared.Row, row.Span);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static IEnumerable<MigrationSchema> FindMigrations(ModuleSchema schema, IEnumerable<string> steps)
    {
        MigrationStep.Migration? last = null;
        foreach (MigrationStep step in steps.Select(MigrationStep.Parse))
        {
            if (step is MigrationStep.Migration migration) last = migration;
            if (step is MigrationStep.RunReducer)
                yield return schema.Migrations.First(declared => declared.From == last!.From && declared.To == last.To);
        }
    }

    private static TableSchema TableOf(ModuleSchema schema, MigrationSchema migration, string name) =>
        migration.Writes.First(table => table.Name == name).Declared ?? schema.FindTable(name)!;

    /// <summary>How many rows of which tables a reducer wrote.</summary>
    /// <param name="effects">What it wrote.</param>
    public static string Describe(ReducerEffects effects)
    {
        ArgumentNullException.ThrowIfNull(effects);
        return effects.Tables.IsEmpty ? "no rows" : string.Join(", ", effects.Tables.Select(table => $"{table.Rows.Length} rows of {table.Table}"));
    }
}
