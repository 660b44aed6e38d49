using System.Buffers;
using System.Text;
using System.Text.Json;
using Interstice.Kernel.Migrations;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Tests.Migrations;

/// <summary>Schemas and rows that tests of migrations write out as JSON.</summary>
internal static class MigrationTest
{
    /// <summary>Declarations of a module of a version.</summary>
    internal static ModuleSchema Declare(string version, params string[] lines) => ModuleSchema.Parse(Encoding.UTF8.GetBytes(
        $$$"""{"module":{"name":"test","version":"{{{version}}}","abi":1}}""" + "\n" + string.Join('\n', lines)));

    /// <summary>A table whose first column is its key.</summary>
    internal static string Table(string name, string columns, string rest = "") =>
        $$$"""{"table":{"name":"{{{name}}}","columns":[{{{columns}}}]{{{rest}}}}}""";

    internal static string Migration(string from, string to, params string[] steps) =>
        $$$"""{"migration":{"from":"{{{from}}}","to":"{{{to}}}","steps":[{{{string.Join(',', steps)}}}]}}""";

    internal const string Id = """{"name":"id","type":"u32","primaryKey":true}""";

    /// <summary>Tables with rows, each the values of its columns in order, as JSON.</summary>
    internal static ModuleState State(ModuleSchema schema, params (string Table, string[] Rows)[] tables)
    {
        var state = new ModuleState(schema);
        foreach ((string name, string[] rows) in tables)
            foreach (string row in rows) Insert(state.FindTable(name)!, row);
        return state;
    }

    internal static void Insert(Table table, string values)
    {
        var row = new ArrayBufferWriter<byte>();
        JsonElement[] items = [.. JsonElement.Parse(values).EnumerateArray()];
        items.Length.ShouldBe(table.Schema.Columns.Length);
        for (int i = 0; i < items.Length; i++)
            JsonValues.TryRead(items[i], table.Schema.Columns[i].Type, row, out ValueError error).ShouldBeTrue(error.ToString());
        RowChange change = table.Insert(row.WrittenSpan);
        table.Release(in change);
    }

    /// <summary>The rows of a table in the order of its primary key, as JSON.</summary>
    internal static string[] Rows(Table table)
    {
        List<string> rows = [];
        foreach (ReadOnlySpan<byte> row in table.Scan(0, KeyRange.All, descending: false)) rows.Add(Json(table.Schema, row));
        return [.. rows];
    }

    internal static string Json(TableSchema table, ReadOnlySpan<byte> row)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer)) JsonValues.WriteRow(json, table.Row, row);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Plans, takes the steps as a replay does that reads them from the log, and checks every index and hash.</summary>
    /// <param name="state">The tables.</param>
    /// <param name="next">The next version.</param>
    /// <param name="current">The version in force, where the tables are of an older one that declares the same.</param>
    internal static ModuleState Migrate(ModuleState state, ModuleSchema next, ModuleSchema? current = null)
    {
        var plan = MigrationPlan.Make(current ?? state.Schema, next, (_, _) => false);
        plan.Refusals.ShouldBeEmpty();
        return Take(state, next, plan);
    }

    private static ModuleState Take(ModuleState state, ModuleSchema next, MigrationPlan plan)
    {
        string[] recorded = [.. plan.Steps.Select(step => step.Step.ToJson())];
        ModuleState migrated = StateMigration.Run(state, next, [.. recorded.Select(MigrationStep.Parse)], publication: 2 + (int)state.FindTable("_migrations")!.Count, atUs: 0);
        migrated.Hash.ShouldBe(migrated.ComputeHashFromRows());
        foreach (Table table in migrated.Tables)
        {
            if (table.Schema.PrimaryKey is not null) table.Verify();
            if (!ReferenceEquals(migrated, state)) table.Schema.ShouldBeSameAs(next.AllTables[table.Schema.Number]);
        }

        return migrated;
    }

    internal static string[] Refusals(ModuleSchema current, ModuleSchema next) =>
        [.. MigrationPlan.Make(current, next, (_, _) => false).Refusals];
}
