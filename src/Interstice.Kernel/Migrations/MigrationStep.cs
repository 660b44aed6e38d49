using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Migrations;

/// <summary>One step from the tables of a module to those of its next version, as it is declared, planned and recorded. A closed
/// family; as JSON an object with one key, the name of the step (docs/migrations.md).</summary>
/// <remarks>What a step of a log means never changes: other meanings get other names.</remarks>
public abstract record MigrationStep
{
    private protected MigrationStep()
    {
    }

    /// <summary>Reads a step.</summary>
    /// <param name="json">The step, as <see cref="ToJson"/> gives it or a person writes it.</param>
    /// <exception cref="MigrationException">It is no step.</exception>
    public static MigrationStep Parse(string json) => MigrationStepJson.Parse(json);

    /// <summary>The step as JSON without white space.</summary>
    public string ToJson() => MigrationStepJson.Write(this);

    /// <inheritdoc/>
    public sealed override string ToString() => ToJson();

    /// <summary>The steps of a declared migration follow.</summary>
    /// <param name="From">The version that it begins with.</param>
    /// <param name="To">The version that it leads to.</param>
    public sealed record Migration(string From, string To) : MigrationStep;

    /// <summary>A step that is about one table.</summary>
    /// <param name="Table">Its name at this point.</param>
    public abstract record OfTable(string Table) : MigrationStep;

    /// <summary>A table of the new declarations begins without rows.</summary>
    public sealed record CreateTable(string Table) : OfTable(Table);

    /// <summary>A table goes, with its rows.</summary>
    public sealed record DropTable(string Table) : OfTable(Table);

    /// <summary>A table gets another name.</summary>
    public sealed record RenameTable(string Table, string To) : OfTable(Table);

    /// <summary>A table that kept no rows in the log gets the kind of the new declarations, and begins without rows.</summary>
    public sealed record ChangeKind(string Table) : OfTable(Table);

    /// <summary>Rows get another column.</summary>
    /// <param name="Table">The table.</param>
    /// <param name="Column">Name of the column.</param>
    /// <param name="Type">Its type; null for that of the new declarations.</param>
    /// <param name="Value">Expression of the columns that are there; null for the default, or none of an option.</param>
    /// <param name="IfNull">JSON of what stands where the expression is null; null for nothing: then it may not be.</param>
    public sealed record AddColumn(string Table, string Column, string? Type = null, string? Value = null, string? IfNull = null)
        : OfTable(Table);

    /// <summary>A column goes, with its values.</summary>
    public sealed record DropColumn(string Table, string Column) : OfTable(Table);

    /// <summary>A column gets another name.</summary>
    public sealed record RenameColumn(string Table, string Column, string To) : OfTable(Table);

    /// <summary>A column gets another type or other values.</summary>
    /// <param name="Table">The table.</param>
    /// <param name="Column">Name of the column.</param>
    /// <param name="Type">Its type; null for that of the new declarations.</param>
    /// <param name="Value">Expression of the columns that are there; null for the column itself.</param>
    /// <param name="IfNull">JSON of what stands where the expression is null; null for nothing: then it may not be.</param>
    public sealed record ChangeColumn(string Table, string Column, string? Type = null, string? Value = null, string? IfNull = null)
        : OfTable(Table);

    /// <summary>Columns stand in the order of the new declarations.</summary>
    public sealed record ReorderColumns(string Table) : OfTable(Table);

    /// <summary>The primary key becomes that of the new declarations.</summary>
    public sealed record ChangeKey(string Table) : OfTable(Table);

    /// <summary>The counter becomes that of the new declarations, and goes on from the largest value in the rows.</summary>
    public sealed record ChangeCounter(string Table) : OfTable(Table);

    /// <summary>An index of the new declarations is built.</summary>
    public sealed record CreateIndex(string Table, string Index) : OfTable(Table);

    /// <summary>An index goes.</summary>
    public sealed record DropIndex(string Table, string Index) : OfTable(Table);

    /// <summary>The reducer of the migration whose steps follow fills its tables, out of those that are there. What it wrote is recorded
    /// beside the steps.</summary>
    /// <param name="Reducer">Name of the reducer.</param>
    /// <param name="Reads">The tables that it reads; null for none.</param>
    /// <param name="Writes">The tables that it fills.</param>
    /// <param name="Drops">The tables that go behind it; null for none.</param>
    public sealed record RunReducer(string Reducer, string? Reads, string Writes, string? Drops) : MigrationStep
    {
        /// <summary>The step of a declared migration.</summary>
        /// <param name="migration">A migration with a reducer.</param>
        public static RunReducer Of(MigrationSchema migration)
        {
            ArgumentNullException.ThrowIfNull(migration);
            return new(
                migration.Reducer!,
                Join(migration.Reads.Select(table => table.Name)),
                Join(migration.Writes.Select(table => table.Name)) ?? "",
                Join(migration.Drops));
        }

        private static string? Join(IEnumerable<string> names) => string.Join(", ", names) is { Length: > 0 } text ? text : null;
    }
}
