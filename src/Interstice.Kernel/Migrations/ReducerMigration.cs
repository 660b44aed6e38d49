using System.Collections.Immutable;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Migrations;

/// <summary>One migration by reducer: the tables that it fills are made, and get the rows that it wrote.</summary>
/// <param name="migration">The migration.</param>
/// <param name="draft">The tables at this point; the migration's step was not taken yet.</param>
/// <param name="declared">Declarations of the next version.</param>
/// <param name="rowsOf">The rows that a draft begins with.</param>
internal sealed class ReducerMigration(MigrationSchema migration, SchemaDraft draft, ModuleSchema declared, Func<TableDraft, Table> rowsOf)
{
    /// <summary>Runs the reducer, and makes its tables.</summary>
    /// <returns>The tables that it filled.</returns>
    /// <exception cref="MigrationException">It failed, or a row has no place in its table.</exception>
    internal IReadOnlyList<Table> Run(IMigrationReducers reducers)
    {
        Table[] written = [.. migration.Writes.Select(table => Begin(table.Declared ?? declared.FindTable(table.Name)!))];
        ReducerEffects effects = reducers.Run(migration, () => new MigrationScope(migration, declared, written, [.. migration.Reads.Select(Read)]));
        foreach (TableRows rows in effects.Tables)
        {
            Table table = written.FirstOrDefault(table => table.Schema.Name == rows.Table)
                ?? throw new MigrationException(MigrationErrorKind.Row, $"{Subject} wrote to table \"{rows.Table}\", which it does not fill");
            RowFaults.Told(table.Schema, () => Fill(table, rows.Rows), $"{Subject}: ");
        }

        return written;
    }

    private string Subject => $"reducer \"{migration.Reducer}\" of the migration from {migration.From} to {migration.To}";

    // Numbers that were given out once are not given out again. Those of a table that is not in the log are known here alone: who replays
    // has another counter there, or none.
    private Table Begin(TableSchema schema)
    {
        var table = new Table(schema, new StateTotals());
        if (draft.Find(schema.Name) is { Kind: TableKind.Logged, Source: not null, KeepsCounter: true } before
            && table.AutoIncrement is { } counter && rowsOf(before).Counter is var known && known <= counter.Max)
            table.SetReplayedCounter(known);
        return table;
    }

    private Table Fill(Table table, ImmutableArray<ReadOnlyMemory<byte>> rows)
    {
        foreach (ReadOnlyMemory<byte> row in rows)
        {
            if (!table.Schema.Row.TryValidate(row.Span, out ValueError error))
                throw new MigrationException(MigrationErrorKind.Row, $"{Subject}: a row of table \"{table.Schema.Name}\": {error}");
            table.Release(table.Insert(row.Span));
        }

        table.ThrowIfDuplicate();
        return table;
    }

    private Table Read(TableSchema table) => RowFaults.Told(table, () => Materialize(draft.Find(table.Name)!), $"{Subject} cannot read ");

    // The rows as the steps so far have left them. Those that stay as they are are not copied.
    private Table Materialize(TableDraft table)
    {
        TableSchema schema = table.ToSchema();
        var totals = new StateTotals();
        if (table.Source is null) return new Table(schema, totals);
        Table source = rowsOf(table);
        bool isShared = table.Stages.All(stage => stage.IsIdentity) && Table.CanShare(source.Schema, schema);
        return isShared ? new Table(schema, totals, source) : new RowMigration(table, source, new Table(schema, totals)).Run();
    }
}
