using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Migrations;

/// <content>Tables that a migration's reducer fills.</content>
internal sealed partial class SchemaDraft
{
    /// <summary>The declared migration whose reducer a step runs.</summary>
    /// <exception cref="MigrationException">There is none at this step.</exception>
    internal MigrationSchema FindMigration(MigrationStep.RunReducer step)
    {
        MigrationStep.Migration? last = _migrations.Count == 0 ? null : _migrations[^1];
        return _target.Migrations.FirstOrDefault(
                migration => migration.From == last?.From && migration.To == last.To && migration.Reducer == step.Reducer)
            ?? throw Contradiction(step, "no migration of the new declarations has this reducer at this step");
    }

    /// <summary>Checks that the tables are there which the reducer was written for, and that no rows are lost.</summary>
    /// <exception cref="MigrationException">They are not.</exception>
    internal void Expect(MigrationStep.RunReducer step)
    {
        MigrationSchema migration = FindMigration(step);
        foreach (TableSchema known in migration.Reads) ExpectAs(known, step);
        foreach (string name in migration.Drops)
        {
            if (Find(name) is null)
                throw Contradiction(step, $"there is no table \"{name}\" to drop at this step{NearestName.Suggest(name, Tables.Select(table => table.Name))}");
        }

        foreach (MigratedTable table in migration.Writes)
        {
            if (Find(table.Name) is { Kind: TableKind.Logged } && migration.Reads.All(read => read.Name != table.Name))
                throw Contradiction(step, $"the rows of table \"{table.Name}\" would be lost: it is filled anew and not read; declare it in \"reads\" too");
            if (table.Declared is null && _target.FindTable(table.Name) is null)
                throw Contradiction(step, $"the new declarations have no table \"{table.Name}\"");
        }
    }

    private void Run(MigrationStep.RunReducer step)
    {
        Expect(step);
        MigrationSchema migration = FindMigration(step);
        Tables.RemoveAll(table => migration.Drops.Contains(table.Name) || migration.Writes.Any(written => written.Name == table.Name));
        Tables.AddRange(migration.Writes.Select(table => new TableDraft(table.Declared ?? _target.FindTable(table.Name)!)));
    }

    // The reducer was written for rows of these columns, in this order: others it would misread.
    private void ExpectAs(TableSchema known, MigrationStep step)
    {
        TableDraft table = Find(known.Name) ?? throw Contradiction(
            step, $"there is no table \"{known.Name}\" to read at this step{NearestName.Suggest(known.Name, Tables.Select(other => other.Name))}");
        if (table.Kind != TableKind.Logged)
            throw Contradiction(step, $"table \"{known.Name}\" is {table.Kind.ToString().ToLowerInvariant()} at this step; only logged tables are read");
        string there = Describe(table.Columns, table.Key);
        string expected = Describe(known.Columns.Select(column => new FieldSchema(column.Name, column.Type)), TableDraft.KeyOf(known));
        bool isSame = table.Columns.Length == known.Columns.Length
            && table.Columns.Zip(known.Columns).All(pair => pair.First.Name == pair.Second.Name && pair.First.Type.Equals(pair.Second.Type))
            && table.Key.SequenceEqual(TableDraft.KeyOf(known));
        if (isSame) return;
        if (there == expected) throw Contradiction(step, OfChangedType(table, known));
        throw Contradiction(
            step, $"table \"{known.Name}\" is {there} at this step, and the migration reads {expected}; declare it as it is there, or bring it there by steps");
    }

    // What is written alike and not the same has a named type that the new declarations have otherwise: `reads` speaks of theirs.
    private static string OfChangedType(TableDraft table, TableSchema known)
    {
        (FieldSchema column, _) = table.Columns.Zip(known.Columns).First(pair => !pair.First.Type.Equals(pair.Second.Type));
        return $"table \"{table.Name}\" has column \"{column.Name}\" of type {column.Type}, which the new build declares otherwise, so that the reducer cannot "
            + "read it; give the changed type another name and leave the old one declared, or bring the column to the new type by steps in a migration before";
    }

    private static string Describe(IEnumerable<FieldSchema> columns, IEnumerable<string> key) =>
        $"({string.Join(", ", columns.Select(column => $"{column.Name} {column.Type}"))}) by ({string.Join(", ", key)})";
}
