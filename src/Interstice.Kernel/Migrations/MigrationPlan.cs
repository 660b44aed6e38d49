using System.Collections.Immutable;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Schema.Diff;

namespace Interstice.Kernel.Migrations;

/// <summary>How the tables of a module become those of its next version, as far as declarations tell: whether the rows allow it, taking
/// the steps says (<see cref="StateMigration"/>).</summary>
public sealed class MigrationPlan
{
    private MigrationPlan(ImmutableArray<SchemaChange> changes, ImmutableArray<PlannedStep> steps, ImmutableArray<string> refusals)
    {
        Changes = changes;
        Steps = steps;
        Refusals = refusals;
    }

    /// <summary>What changes between the declarations, as <see cref="SchemaDiff"/> tells.</summary>
    public ImmutableArray<SchemaChange> Changes { get; }

    /// <summary>The steps, in order; empty where tables stay as they are, and where there are refusals.</summary>
    public ImmutableArray<PlannedStep> Steps { get; }

    /// <summary>Every reason why the next version cannot follow, a sentence each; empty if it can.</summary>
    public ImmutableArray<string> Refusals { get; }

    /// <summary>Plans.</summary>
    /// <param name="current">Declarations in force.</param>
    /// <param name="next">Declarations of the next version.</param>
    /// <param name="wasApplied">Whether the migration between two versions was applied to the module before.</param>
    public static MigrationPlan Make(ModuleSchema current, ModuleSchema next, Func<string, string, bool> wasApplied)
    {
        ArgumentNullException.ThrowIfNull(current);
        ArgumentNullException.ThrowIfNull(next);
        ArgumentNullException.ThrowIfNull(wasApplied);
        ImmutableArray<SchemaChange> changes = SchemaDiff.Compare(current, next);
        ImmutableArray<string> problems = MigrationRules.FindProblems(next);
        if (!problems.IsEmpty) return new(changes, [], problems);
        List<MigrationSchema>? way = FindWay(current, next, out string? missing);
        if (way is null) return new(changes, [], [missing!]);
        var draft = new SchemaDraft(current.Tables, next);
        List<PlannedStep> steps = [];
        try
        {
            foreach (MigrationSchema migration in way.Where(migration => !wasApplied(migration.From, migration.To)))
                TakeDeclared(draft, migration, steps);
        }
        catch (MigrationException fault)
        {
            return new(changes, [], [fault.Message]);
        }

        TableDifference[] left = [.. TableComparison.Compare(draft, next)];
        ImmutableArray<string> refusals = [.. left.Where(difference => difference.Step is null).Select(difference => difference.Change.ToString())];
        if (!refusals.IsEmpty) return new(changes, [], refusals);
        foreach (TableDifference difference in left)
        {
            draft.Take(difference.Step!);
            steps.Add(new(difference.Step!, difference.Change.ToString(), null));
        }

        return new(changes, [.. steps], []);
    }

    private static void TakeDeclared(SchemaDraft draft, MigrationSchema migration, List<PlannedStep> steps)
    {
        var declared = new MigrationStep.Migration(migration.From, migration.To);
        draft.Take(declared);
        steps.Add(new(declared, StepText.Describe(declared), declared));
        IEnumerable<MigrationStep> own = migration.Reducer is null
            ? migration.Steps.Select(MigrationStep.Parse) : [MigrationStep.RunReducer.Of(migration)];
        foreach (MigrationStep step in own)
        {
            draft.Take(step);
            steps.Add(new(step, StepText.Describe(step), declared));
        }
    }

    // Migrations that lead to versions after the one in force have to be taken, all the way; one leaves each version.
    private static List<MigrationSchema>? FindWay(ModuleSchema current, ModuleSchema next, out string? missing)
    {
        missing = null;
        List<MigrationSchema> way = [];
        string at = current.Version;
        while (next.Migrations.FirstOrDefault(migration => SemanticVersion.Compare(migration.From, at) == 0) is { } onward)
        {
            way.Add(onward);
            at = onward.To;
        }

        MigrationSchema? beyond = next.Migrations
            .Where(migration => SemanticVersion.Compare(migration.To, at) > 0)
            .OrderBy(migration => migration, Comparer<MigrationSchema>.Create((a, b) => SemanticVersion.Compare(a.From, b.From)))
            .FirstOrDefault();
        if (beyond is null) return way;
        missing = $"no migration leads from version {at} to {beyond.From}, where the one to {beyond.To} begins; declare it, or publish "
            + $"version {beyond.From} first";
        return null;
    }
}
