using System.Collections.Immutable;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;

namespace Interstice.Kernel.Migrations;

/// <content>Tables of another version beside those that are there.</content>
public static partial class StateMigration
{
    /// <summary>Makes the tables of another version beside those that are there, which go on: every row is copied.</summary>
    /// <param name="current">The tables of the version in force, between two transactions.</param>
    /// <param name="next">Declarations of the other version.</param>
    /// <param name="steps">The steps; none may be a reducer's, which makes whole tables.</param>
    /// <exception cref="MigrationException">A step contradicts the tables, the steps do not lead to those that are declared, or a row has
    /// no place in them.</exception>
    public static StateMapping Map(ModuleState current, ModuleSchema next, IReadOnlyCollection<MigrationStep> steps)
    {
        ArgumentNullException.ThrowIfNull(current);
        ArgumentNullException.ThrowIfNull(next);
        ArgumentNullException.ThrowIfNull(steps);
        var draft = new SchemaDraft(current.Schema.Tables, next);
        foreach (MigrationStep step in steps)
        {
            if (step is MigrationStep.RunReducer)
                throw new MigrationException(MigrationErrorKind.Reducer, $"migration step {step}: a reducer makes whole tables, not one row of another");
            draft.Take(step);
        }

        ExpectAllTaken(draft, next);
        var mappings = ImmutableArray.CreateBuilder<TableMapping>();
        var state = new ModuleState(next, (table, totals) =>
        {
            TableDraft from = table.IsOfHost ? new TableDraft(current.FindTable(table.Name)!.Schema) : draft.Find(table.Name)!;
            if (from.Source is { } source) mappings.Add(new TableMapping(from, source, table));
            return Copy(current, from, table, totals);
        });
        return new StateMapping(state, mappings.ToImmutable());
    }

    private static Table Copy(ModuleState current, TableDraft from, TableSchema table, StateTotals totals)
    {
        var made = new Table(table, totals);
        if (from.Source is null || table.Kind != TableKind.Logged) return made;
        return RowFaults.Told(table, () => new RowMigration(from, current.Tables[from.Source.Number], made).Run());
    }
}
