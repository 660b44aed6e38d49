using Interstice.Kernel.Schema;
using Interstice.Kernel.Schema.Diff;

namespace Interstice.Kernel.Migrations;

/// <summary>Compares tables, as the steps so far have left them, with declarations: what is left to be done, and which of it the host
/// does by itself.</summary>
internal static class TableComparison
{
    internal static IEnumerable<TableDifference> Compare(SchemaDraft draft, ModuleSchema target) =>
        draft.Tables.Where(table => target.FindTable(table.Name) is null).Select(Gone)
            .Concat(target.Tables.SelectMany(table => draft.Find(table.Name) is { } before ? Compare(before, table) : [New(table)]));

    private static TableDifference New(TableSchema table) =>
        new(Compatible(table.Name, "is new"), new MigrationStep.CreateTable(table.Name));

    private static TableDifference Gone(TableDraft table) => table.Kind == TableKind.Logged
        ? new(Refused(table.Name, "is gone; declare a migration with dropTable, or renameTable if it has another name now"), null)
        : new(Compatible(table.Name, "is gone; it kept no rows in the log"), new MigrationStep.DropTable(table.Name));

    private static List<TableDifference> Compare(TableDraft before, TableSchema after)
    {
        if (before.Kind != after.Kind) return [OfKind(before, after)];

        // Rows that are not in the log need no way into the next version.
        if (after.Kind != TableKind.Logged) return OfUnlogged(before, after);
        return [.. OfColumns(before, after), .. OfOrder(before, after), .. OfKey(before, after), .. OfIndexes(before, after)];
    }

    private static TableDifference OfKind(TableDraft before, TableSchema after)
    {
        string kinds = $"was {Word(before.Kind)} and is {Word(after.Kind)}";
        return before.Kind == TableKind.Logged
            ? new(Refused(after.Name, $"{kinds}: its rows would be lost; declare a migration with dropTable if that is meant"), null)
            : new(Compatible(after.Name, $"{kinds}: it begins without rows"), new MigrationStep.ChangeKind(after.Name));
    }

    private static List<TableDifference> OfUnlogged(TableDraft before, TableSchema after)
    {
        List<TableDifference> found = [];
        bool isSame = before.Columns.Length == after.Columns.Length
            && before.Columns.Zip(after.Columns).All(pair => pair.First.Name == pair.Second.Name && pair.First.Type.Equals(pair.Second.Type))
            && before.Key.SequenceEqual(TableDraft.KeyOf(after))
            && before.Counter == TableDraft.CounterOf(after)
            && before.Indexes.Length == after.Indexes.Length
            && before.Indexes.Zip(after.Indexes).All(pair => pair.First.IsAs(IndexDraft.Of(pair.Second, after)));
        if (isSame) return found;
        string what = after.Kind == TableKind.Event ? "has other columns: who subscribes to it must know them" : "is declared otherwise, and begins without rows";
        ChangeEffect effect = after.Kind == TableKind.Event ? ChangeEffect.Breaking : ChangeEffect.Compatible;
        found.Add(new(new SchemaChange(Subject(after.Name), effect, what), new MigrationStep.ChangeKind(after.Name)));
        return found;
    }

    private static List<TableDifference> OfColumns(TableDraft before, TableSchema after)
    {
        List<TableDifference> found = [];
        foreach (FieldSchema gone in before.Columns.Where(column => after.FindColumn(column.Name) is null))
        {
            found.Add(new(
                Refused(after.Name, $"has no column \"{gone.Name}\" any more; declare a migration with dropColumn, or renameColumn if it has another name now"),
                null));
        }

        foreach (ColumnSchema column in after.Columns)
        {
            if (before.Find(column.Name) is not { } known) found.Add(OfNew(after, column));
            else if (!known.Type.Equals(column.Type)) found.Add(OfType(after, known, column));
        }
        return found;
    }

    private static TableDifference OfNew(TableSchema table, ColumnSchema column)
    {
        string what = $"has a new column \"{column.Name}\"";
        var step = new MigrationStep.AddColumn(table.Name, column.Name);
        if (column.Default is not null) return new(Compatible(table.Name, $"{what} with a default"), step);
        if (column.Type.Resolved is OptionType) return new(Compatible(table.Name, $"{what}, none in the rows that are there"), step);
        string problem = column.IsAutoInc ? "that the counter fills" : "without a default";
        return new(
            Refused(table.Name, $"{what} {problem}; give it a default, make it an option, or declare a migration with addColumn and a value"), null);
    }

    private static TableDifference OfType(TableSchema table, FieldSchema before, ColumnSchema after)
    {
        string what = $"has column \"{after.Name}\" as {after.Type}, which was {before.Type}";
        if (after.Type.ToString() == before.Type.ToString()) what = $"has column \"{after.Name}\" of type {after.Type}, which is declared otherwise";
        return ValueConversion.Find(before.Type, after.Type, out string problem) is not null
            ? new(Compatible(table.Name, $"{what}: every value fits"), new MigrationStep.ChangeColumn(table.Name, after.Name))
            : new(Refused(table.Name, $"{what}: {problem}; declare a migration with changeColumn"), null);
    }

    // Columns that are added come last; those that go leave no gap.
    private static List<TableDifference> OfOrder(TableDraft before, TableSchema after)
    {
        List<TableDifference> found = [];
        string[] kept = [.. before.Columns.Select(column => column.Name).Where(name => after.FindColumn(name) is not null)];
        IEnumerable<string> added = after.Columns.Select(column => column.Name).Where(name => before.Find(name) is null);
        if (kept.Concat(added).SequenceEqual(after.Columns.Select(column => column.Name))) return found;
        found.Add(new(Compatible(after.Name, "has its columns in another order"), new MigrationStep.ReorderColumns(after.Name)));
        return found;
    }

    private static List<TableDifference> OfKey(TableDraft before, TableSchema after)
    {
        List<TableDifference> found = [];
        if (!before.Key.SequenceEqual(TableDraft.KeyOf(after)))
        {
            string keys = $"({string.Join(", ", TableDraft.KeyOf(after))}), which was ({string.Join(", ", before.Key)})";
            found.Add(new(Refused(after.Name, $"has the primary key {keys}; declare a migration with changeKey"), null));
        }

        if (before.Counter == TableDraft.CounterOf(after)) return found;
        string counter = TableDraft.CounterOf(after) is { } column
            ? $"has a counter for column \"{column}\", which goes on from the largest value" : "has no counter any more";
        found.Add(new(Compatible(after.Name, counter), new MigrationStep.ChangeCounter(after.Name)));
        return found;
    }

    private static List<TableDifference> OfIndexes(TableDraft before, TableSchema after)
    {
        List<TableDifference> found = [];
        IndexDraft[] wanted = [.. after.Indexes.Select(index => IndexDraft.Of(index, after))];
        foreach (IndexDraft index in before.Indexes)
        {
            if (wanted.Any(other => other.IsAs(index))) continue;

            // An index whose column goes by a declared step goes with it.
            if (index.Columns.Any(column => after.FindColumn(column) is null)) continue;
            found.Add(new(Compatible(after.Name, $"has no index \"{index.Name}\" as before"), new MigrationStep.DropIndex(after.Name, index.Name)));
        }

        foreach (IndexDraft index in wanted)
        {
            if (before.Indexes.Any(other => other.IsAs(index))) continue;
            string what = index.IsUnique ? "unique index" : "index";
            string rows = index.IsUnique ? ", if no two rows have the same key" : "";
            found.Add(new(
                Compatible(after.Name, $"has a new {what} \"{index.Name}\" of ({string.Join(", ", index.Columns)}){rows}"),
                new MigrationStep.CreateIndex(after.Name, index.Name)));
        }
        return found;
    }

    private static SchemaChange Compatible(string table, string sentence) => new(Subject(table), ChangeEffect.Compatible, sentence);

    private static SchemaChange Refused(string table, string sentence) => new(Subject(table), ChangeEffect.NeedsMigration, sentence);

    private static string Subject(string table) => $"table \"{table}\"";

    private static string Word(TableKind kind) => kind.ToString().ToLowerInvariant();
}
