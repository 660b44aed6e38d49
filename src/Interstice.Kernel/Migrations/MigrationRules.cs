using System.Collections.Immutable;
using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Migrations;

/// <summary>What the migrations of a module must keep to, whatever tables there are.</summary>
public static class MigrationRules
{
    /// <summary>Everything that is wrong with the migrations that a module declares, a sentence each.</summary>
    /// <param name="schema">The declarations.</param>
    public static ImmutableArray<string> FindProblems(ModuleSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        var problems = ImmutableArray.CreateBuilder<string>();
        foreach (MigrationSchema migration in schema.Migrations)
        {
            string subject = $"migration from {migration.From} to {migration.To}";
            if (SemanticVersion.Compare(migration.From, migration.To) >= 0)
                problems.Add($"{subject} does not lead to a later version");
            if (SemanticVersion.Compare(migration.To, schema.Version) > 0)
                problems.Add($"{subject} leads beyond version {schema.Version} of the module; give the module a later version");
            if (migration.Reducer is not null)
                problems.AddRange(FindProblems(migration, schema).Select(problem => $"{subject}: {problem}"));
            foreach (string step in migration.Steps)
                if (FindProblem(step) is { } problem) problems.Add($"{subject}: {problem}");
        }

        foreach (IGrouping<string, MigrationSchema> several in schema.Migrations.GroupBy(migration => migration.From).Where(same => same.Count() > 1))
        {
            string goals = string.Join(" and ", several.Select(migration => migration.To));
            problems.Add($"migrations from {several.Key} lead to {goals}; only one may leave a version, since the way must be one");
        }

        return problems.ToImmutable();
    }

    private static List<string> FindProblems(MigrationSchema migration, ModuleSchema schema)
    {
        List<string> problems = [];
        string reducer = $"reducer \"{migration.Reducer}\"";
        if (migration.Writes.IsEmpty) problems.Add($"{reducer} fills no table; name those that it fills in \"writes\"");
        foreach (MigratedTable table in migration.Writes)
        {
            TableSchema? declared = table.Declared ?? schema.FindTable(table.Name);
            if (declared is null || declared.IsOfHost)
            {
                problems.Add($"{reducer} fills table \"{table.Name}\", which is not declared; declare it, or give its declaration in \"writes\""
                    + NearestName.Suggest(table.Name, schema.Tables.Select(known => known.Name)));
            }
            else if (declared.Kind != TableKind.Logged)
            {
                problems.Add($"{reducer} fills table \"{table.Name}\", whose rows are not in the log; it may fill logged tables only");
            }
        }

        foreach (TableSchema table in migration.Reads)
        {
            if (table.Kind != TableKind.Logged)
                problems.Add($"{reducer} reads table \"{table.Name}\", whose rows are not in the log; it may read logged tables only");
        }

        foreach (string name in migration.Drops)
        {
            if (migration.Writes.Any(table => table.Name == name))
                problems.Add($"table \"{name}\" is both filled and dropped; a table that is filled begins without rows, take it out of \"drops\"");
        }

        return problems;
    }

    private static string? FindProblem(string step)
    {
        try
        {
            // The host writes these into the log by itself.
            return MigrationStep.Parse(step) is MigrationStep.Migration or MigrationStep.CreateTable or MigrationStep.ChangeKind
                or MigrationStep.ReorderColumns or MigrationStep.ChangeCounter or MigrationStep.CreateIndex or MigrationStep.RunReducer
                ? $"migration step {step} cannot be declared: the host takes it by itself where it is needed" : null;
        }
        catch (MigrationException fault)
        {
            return fault.Message;
        }
    }
}
