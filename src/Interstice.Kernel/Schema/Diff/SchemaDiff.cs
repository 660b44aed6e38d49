using System.Collections.Immutable;
using Interstice.Kernel.Migrations;

namespace Interstice.Kernel.Schema.Diff;

/// <summary>Every change between two versions of a module's declarations, with what it asks of rows and callers.</summary>
public static class SchemaDiff
{
    /// <summary>Compares the declarations of a module with those before.</summary>
    /// <param name="before">Those before.</param>
    /// <param name="after">Those after.</param>
    /// <returns>The changes: of tables as they are declared, then of what can be called and heard. Migrations that
    /// <paramref name="after"/> declares are not applied: that is what a plan does.</returns>
    public static ImmutableArray<SchemaChange> Compare(ModuleSchema before, ModuleSchema after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        return
        [
            .. OfModule(before, after),
            .. TableComparison.Compare(new SchemaDraft(before.Tables, after), after).Select(difference => difference.Change),
            .. before.Tables.SelectMany(table => after.FindTable(table.Name) is { } other ? OfTable(table, other) : []),
            .. CallableDiff.Compare(before, after),
        ];
    }

    private static List<SchemaChange> OfModule(ModuleSchema before, ModuleSchema after)
    {
        List<SchemaChange> found = [];
        const string subject = "module";
        if (before.Name != after.Name) found.Add(new(subject, ChangeEffect.Compatible, $"declares the name {after.Name}, which was {before.Name}"));
        if (before.Version != after.Version)
            found.Add(new(subject, ChangeEffect.Compatible, $"declares version {after.Version}, which was {before.Version}"));
        if (before.Abi != after.Abi) found.Add(new(subject, ChangeEffect.Compatible, $"speaks ABI {after.Abi}, which was {before.Abi}"));
        return found;
    }

    // What changes nothing about the rows that are there.
    private static List<SchemaChange> OfTable(TableSchema before, TableSchema after)
    {
        List<SchemaChange> found = [];
        string subject = $"table \"{after.Name}\"";
        if (before.Version != after.Version)
            found.Add(new(subject, ChangeEffect.Compatible, $"has version {after.Version}, which was {before.Version}"));
        if (before.Number != after.Number) found.Add(new(subject, ChangeEffect.Compatible, "stands in another place among the tables"));
        if (before.Visibility != after.Visibility)
        {
            found.Add(after.Visibility == Visibility.Private
                ? new(subject, ChangeEffect.Breaking, "is private now: only its own module reads it")
                : new(subject, ChangeEffect.Compatible, "is public now"));
        }

        foreach (ColumnSchema column in after.Columns)
        {
            if (before.FindColumn(column.Name) is not { } known || !known.Type.Equals(column.Type)) continue;
            if (AreSame(known.Default, column.Default)) continue;
            string what = column.Default is null ? "has no default any more" : known.Default is null ? "has a default now" : "has another default";
            found.Add(new(subject, ChangeEffect.Compatible, $"column \"{column.Name}\" {what}, which changes no row that is there"));
        }
        return found;
    }

    private static bool AreSame(ReadOnlyMemory<byte>? left, ReadOnlyMemory<byte>? right) =>
        left is { } a && right is { } b ? a.Span.SequenceEqual(b.Span) : left is null && right is null;
}
