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
        ModuleSchema? schema = ReadSchema(published);
        MigrationSchema?[] migrations = schema is null ? [] : [.. FindMigrations(schema, published.Steps)];
        json.WriteStartArray("effects");
        foreach ((int i, ReducerEffects effects) in published.Effects.Index())
        {
            MigrationSchema? migration = i < migrations.Length ? migrations[i] : null;
            json.WriteStartObject();
            json.WriteString("reducer", migration?.Reducer);
            json.WriteString("migration", migration is null ? null : $"{migration.From} to {migration.To}");
            json.WriteStartArray("tables");
            foreach (TableRows table in effects.Tables) WriteRows(json, table, migration is null ? null : TableOf(schema!, migration, table.Table));
            json.WriteEndArray();
            json.WriteNumber("fuelUsed", effects.Fuel);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    // A log is looked at most of all where something is wrong with it: what does not fit its declarations is shown as it is.
    private static void WriteRows(Utf8JsonWriter json, TableRows table, TableSchema? declared)
    {
        json.WriteStartObject();
        json.WriteString("table", table.Table);
        json.WriteStartArray("rows");
        foreach (ReadOnlyMemory<byte> row in table.Rows)
        {
            if (declared?.Row.TryValidate(row.Span, out _) == true) JsonValues.WriteRow(json, declared.Row, row.Span);
            else json.WriteBase64StringValue(row.Span);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static ModuleSchema? ReadSchema(ModulePublished published)
    {
        try
        {
            return ModuleSchema.Parse(published.Schema.Span);
        }
        catch (SchemaException)
        {
            return null;
        }
    }

    private static IEnumerable<MigrationSchema?> FindMigrations(ModuleSchema schema, IEnumerable<string> steps)
    {
        MigrationStep.Migration? last = null;
        foreach (string text in steps)
        {
            MigrationStep step;
            try
            {
                step = MigrationStep.Parse(text);
            }
            catch (MigrationException)
            {
                continue;
            }

            if (step is MigrationStep.Migration migration) last = migration;
            if (step is MigrationStep.RunReducer run)
            {
                yield return schema.Migrations.FirstOrDefault(
                    declared => declared.From == last?.From && declared.To == last?.To && declared.Reducer == run.Reducer);
            }
        }
    }

    private static TableSchema? TableOf(ModuleSchema schema, MigrationSchema migration, string name) =>
        migration.Writes.FirstOrDefault(table => table.Name == name) is { } written ? written.Declared ?? schema.FindTable(name) : null;

    /// <summary>How many rows of which tables a reducer wrote.</summary>
    /// <param name="effects">What it wrote.</param>
    public static string Describe(ReducerEffects effects)
    {
        ArgumentNullException.ThrowIfNull(effects);
        return effects.Tables.IsEmpty ? "no rows" : string.Join(", ", effects.Tables.Select(table => $"{table.Rows.Length} rows of {table.Table}"));
    }
}
