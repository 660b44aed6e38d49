using System.Collections.Immutable;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;

namespace Interstice.Kernel.Migrations;

/// <summary>Takes the steps from the tables of one version to those of the next. The same steps over the same rows give the same tables,
/// always: they are recorded, and replay takes them again.</summary>
public static partial class StateMigration
{
    /// <summary>Makes the tables of the next version. Those that are there stay as they are and can be used on, unless the new ones are
    /// written to: rows whose layout stays are shared, not copied.</summary>
    /// <param name="current">The tables of the version in force, between two transactions.</param>
    /// <param name="next">Declarations of the next version.</param>
    /// <param name="steps">The steps.</param>
    /// <param name="publication">The publication that takes them, for the host's table of migrations.</param>
    /// <param name="atUs">When, in microseconds since the Unix epoch.</param>
    /// <param name="reducers">Gives what reducers among the steps write; null where there are none.</param>
    /// <returns>The new tables, or <paramref name="current"/> itself where nothing about them changes.</returns>
    /// <exception cref="MigrationException">A step contradicts the tables, the steps do not lead to those that are declared, or a row has
    /// no place in them.</exception>
    public static ModuleState Run(
        ModuleState current, ModuleSchema next, IReadOnlyCollection<MigrationStep> steps, int publication, long atUs, IMigrationReducers? reducers = null)
    {
        ArgumentNullException.ThrowIfNull(current);
        ArgumentNullException.ThrowIfNull(next);
        ArgumentNullException.ThrowIfNull(steps);
        var draft = new SchemaDraft(current.Schema.Tables, next);
        var written = new Dictionary<TableDraft, Table>();
        foreach (MigrationStep step in steps)
        {
            IReadOnlyList<Table> filled = step is MigrationStep.RunReducer run ? Fill(run) : [];
            draft.Take(step);

            // Not by declaration: two reducers may fill tables of the same one, where a step between them gives the first another name.
            foreach (Table table in filled) written[draft.Find(table.Schema.Name)!] = table;
        }

        ExpectAllTaken(draft, next);
        if (steps.Count == 0 && Keeps(current, next)) return current;
        var migrated = new ModuleState(next, (table, totals) => table.IsOfHost
            ? MakeOfHost(current, draft, table, totals) : Make(SourceOf, draft.Find(table.Name)!, table, totals));
        if (draft.Migrations.Count > 0) MigrationRows.Add(migrated, publication, atUs, draft.Migrations);
        return migrated;

        Table SourceOf(TableDraft table) => written.GetValueOrDefault(table) ?? current.Tables[table.Source!.Number];

        // What does not fit the tables is told by the step itself, before the reducer sees any.
        IReadOnlyList<Table> Fill(MigrationStep.RunReducer run)
        {
            draft.Expect(run);
            IMigrationReducers given = reducers ?? throw new MigrationException(
                MigrationErrorKind.MalformedStep, $"migration step {run}: what the reducer wrote is not recorded");
            return new ReducerMigration(draft.FindMigration(run), draft, next, SourceOf).Run(given);
        }
    }

    private static void ExpectAllTaken(SchemaDraft draft, ModuleSchema next)
    {
        ImmutableArray<TableDifference> left = [.. TableComparison.Compare(draft, next)];
        if (!left.IsEmpty)
        {
            throw new MigrationException(
                MigrationErrorKind.OtherTables, string.Join("; ", left.Select(difference => difference.Change.ToString())));
        }
    }

    // Rows that are shared stay as they are until the publication is in force: the table that gets one is a copy.
    private static Table MakeOfHost(ModuleState current, SchemaDraft draft, TableSchema table, StateTotals totals)
    {
        Table source = current.FindTable(table.Name)!;
        if (table.Name != SystemTables.Migrations || draft.Migrations.Count == 0) return new Table(table, totals, source);
        var made = new Table(table, totals);
        new RowMigration(new TableDraft(source.Schema), source, made).Run();
        return made;
    }

    /// <summary>Whether tables to which no step leads are those that are there, down to their order.</summary>
    /// <param name="current">The tables that are there.</param>
    /// <param name="next">Declarations of the next version.</param>
    public static bool Keeps(ModuleState current, ModuleSchema next)
    {
        ArgumentNullException.ThrowIfNull(current);
        ArgumentNullException.ThrowIfNull(next);
        return current.Schema.Tables.Length == next.Tables.Length
            && current.Schema.Tables.Zip(next.Tables).All(pair => AreAlike(pair.First, pair.Second));
    }

    private static Table Make(Func<TableDraft, Table> sourceOf, TableDraft draft, TableSchema table, StateTotals totals)
    {
        if (draft.Source is null || table.Kind == TableKind.Event) return new Table(table, totals);
        Table source = sourceOf(draft);
        return RowFaults.Told(table, () =>
        {
            bool isShared = draft.Stages.All(stage => stage.IsIdentity) && draft.KeepsCounter && Table.CanShare(source.Schema, table);
            if (isShared) return new Table(table, totals, source);
            var made = new Table(table, totals);
            return table.Kind == TableKind.Logged ? new RowMigration(draft, source, made).Run() : made;
        });
    }

    // No step is left, so that what may differ is order, and what is no matter of rows.
    private static bool AreAlike(TableSchema current, TableSchema next) =>
        current.Name == next.Name
        && current.Visibility == next.Visibility
        && current.Version == next.Version
        && current.Columns.Zip(next.Columns).All(pair => AreSame(pair.First.Default, pair.Second.Default))
        && current.Indexes.Select(index => index.Name).SequenceEqual(next.Indexes.Select(index => index.Name));

    private static bool AreSame(ReadOnlyMemory<byte>? left, ReadOnlyMemory<byte>? right) =>
        left is { } a && right is { } b ? a.Span.SequenceEqual(b.Span) : left is null && right is null;
}
