using System.Buffers;
using System.Text.Json;
using Interstice.Kernel.Expressions;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Migrations;

/// <summary>The tables of a module on their way from one version to the next, step by step.</summary>
/// <remarks>Rows are not looked at: a step that cannot be taken whatever the rows are is refused here.</remarks>
internal sealed partial class SchemaDraft
{
    private readonly ModuleSchema _target;
    private readonly TypeScope _types = new();
    private readonly List<MigrationStep.Migration> _migrations = [];

    internal SchemaDraft(IEnumerable<TableSchema> tables, ModuleSchema target)
    {
        _target = target;
        Tables = [.. tables.Select(table => new TableDraft(table))];
        foreach (NamedType type in target.Types) _types.TryDeclare(type);
    }

    internal List<TableDraft> Tables { get; }

    /// <summary>The declared migrations whose steps were taken.</summary>
    internal IReadOnlyList<MigrationStep.Migration> Migrations => _migrations;

    internal TableDraft? Find(string table) => Tables.FirstOrDefault(draft => draft.Name == table);

    /// <summary>Takes a step.</summary>
    /// <exception cref="MigrationException">It contradicts what is there.</exception>
    internal void Take(MigrationStep step)
    {
        try
        {
            Dispatch(step);
        }
        catch (ExpressionException fault)
        {
            throw Contradiction(step, fault.Message, fault);
        }
        catch (SchemaException fault)
        {
            throw Contradiction(step, fault.Message, fault);
        }
    }

    private void Dispatch(MigrationStep step)
    {
        switch (step)
        {
            case MigrationStep.Migration migration:
                _migrations.Add(migration);
                break;
            case MigrationStep.RunReducer run:
                Run(run);
                break;
            case MigrationStep.CreateTable create:
                Create(create);
                break;
            case MigrationStep.DropTable:
                Tables.Remove(Table(step));
                break;
            case MigrationStep.RenameTable rename:
                TableDraft renamed = Table(step);
                if (Find(rename.To) is not null) throw Contradiction(step, $"there is a table \"{rename.To}\" already");
                renamed.Name = rename.To;
                break;
            case MigrationStep.ChangeKind:
                if (Table(step).Kind == TableKind.Logged)
                    throw Contradiction(step, "its rows are in the log and would be lost; take dropTable if that is meant");
                Table(step).Empty(Target(step));
                break;
            default:
                TakeOfColumns(step);
                break;
        }
    }

    private void TakeOfColumns(MigrationStep step)
    {
        TableDraft table = Table(step);
        switch (step)
        {
            case MigrationStep.AddColumn add:
                Add(table, add);
                break;
            case MigrationStep.DropColumn drop:
                _ = Column(table, drop.Column, step);
                if (table.Key.Contains(drop.Column)) throw Contradiction(step, "it is part of the primary key");
                table.Drop(drop.Column);
                break;
            case MigrationStep.RenameColumn rename:
                _ = Column(table, rename.Column, step);
                ExpectNew(table, rename.To, step);
                table.Rename(rename.Column, rename.To);
                break;
            case MigrationStep.ChangeColumn change:
                Change(table, change);
                break;
            case MigrationStep.ReorderColumns:
                ExpectSameColumns(table, step);
                table.Reorder(Target(step));
                break;
            case MigrationStep.ChangeKey:
                foreach (string column in TableDraft.KeyOf(Target(step))) _ = Column(table, column, step);
                table.TakeKey(Target(step));
                break;
            case MigrationStep.ChangeCounter:
                if (TableDraft.CounterOf(Target(step)) is { } counter) _ = Column(table, counter, step);
                table.TakeCounter(Target(step));
                break;
            case MigrationStep.CreateIndex create:
                Create(table, create);
                break;
            case MigrationStep.DropIndex drop:
                table.Remove(table.Indexes.FirstOrDefault(index => index.Name == drop.Index)
                    ?? throw Contradiction(step, $"table \"{table.Name}\" has no index \"{drop.Index}\""));
                break;
            default:
                throw Contradiction(step, "this version does not know it");
        }
    }

    private void Create(MigrationStep.CreateTable step)
    {
        if (Find(step.Table) is not null) throw Contradiction(step, "it is there already");
        var table = new TableDraft(Target(step));
        table.Empty(Target(step));
        Tables.Add(table);
    }

    private void Create(TableDraft table, MigrationStep.CreateIndex step)
    {
        TableSchema target = Target(step);
        IndexSchema index = target.Indexes.FirstOrDefault(index => index.Name == step.Index)
            ?? throw Contradiction(step, $"the new declarations have no index \"{step.Index}\"");
        if (table.Indexes.Any(other => other.Name == step.Index)) throw Contradiction(step, "it is there already");
        var draft = IndexDraft.Of(index, target);
        foreach (string column in draft.Columns) _ = Column(table, column, step);
        table.Add(draft);
    }

    private void Add(TableDraft table, MigrationStep.AddColumn step)
    {
        ExpectNew(table, step.Column, step);
        DataType type = TypeOf(step, step.Table, step.Column, step.Type);
        var column = new FieldSchema(step.Column, type);
        byte[]? ifNull = step.IfNull is null ? null : ValueOf(step, step.IfNull, type);
        if (step.Value is { } value)
        {
            table.Add(column, value, ifNull);
            return;
        }

        ColumnSchema? declared = _target.FindTable(step.Table)?.FindColumn(step.Column);
        byte[]? standard = ifNull;
        if (declared is { IsAutoInc: false, Default: { } known } && declared.Type.Equals(type)) standard ??= known.ToArray();
        if (type.Resolved is OptionType) standard ??= [0];
        table.Add(column, standard ?? throw Contradiction(step, "it has neither a value nor a default, and is no option"));
    }

    private void Change(TableDraft table, MigrationStep.ChangeColumn step)
    {
        FieldSchema before = Column(table, step.Column, step);
        DataType type = TypeOf(step, step.Table, step.Column, step.Type);
        if (step.Value is null && step.IfNull is null && ValueConversion.Find(before.Type, type, out _) is { } how)
        {
            table.Convert(step.Column, type, how);
            return;
        }

        byte[]? ifNull = step.IfNull is null ? null : ValueOf(step, step.IfNull, type);
        table.Change(new FieldSchema(step.Column, type), step.Value, ifNull);
    }

    private DataType TypeOf(MigrationStep step, string table, string column, string? text)
    {
        if (text is null)
        {
            return _target.FindTable(table)?.FindColumn(column)?.Type
                ?? throw Contradiction(step, $"the new declarations have no column \"{column}\" of table \"{table}\"; give its type");
        }

        DataType type = _types.Parse(text, $"migration step {step}", 0);
        _types.CheckMapKeys();
        return type;
    }

    private static byte[] ValueOf(MigrationStep step, string json, DataType type)
    {
        var value = new ArrayBufferWriter<byte>();
        if (JsonValues.TryRead(JsonElement.Parse(json), type, value, out ValueError error)) return value.WrittenSpan.ToArray();
        throw Contradiction(step, $"ifNull: {error.Message}");
    }

    private TableDraft Table(MigrationStep step)
    {
        string name = ((MigrationStep.OfTable)step).Table;
        return Find(name) ?? throw Contradiction(
            step, $"there is no table \"{name}\" at this step{NearestName.Suggest(name, Tables.Select(table => table.Name))}");
    }

    private TableSchema Target(MigrationStep step)
    {
        string name = ((MigrationStep.OfTable)step).Table;
        return _target.FindTable(name) ?? throw Contradiction(step, $"the new declarations have no table \"{name}\"");
    }

    private static FieldSchema Column(TableDraft table, string column, MigrationStep step) => table.Find(column) ?? throw Contradiction(
        step,
        $"table \"{table.Name}\" has no column \"{column}\" at this step{NearestName.Suggest(column, table.Columns.Select(field => field.Name))}");

    private static void ExpectNew(TableDraft table, string column, MigrationStep step)
    {
        if (table.Find(column) is not null) throw Contradiction(step, $"table \"{table.Name}\" has a column \"{column}\" already");
        if (table.Columns.Length == SchemaLimits.ColumnsMax) throw Contradiction(step, $"a table has at most {SchemaLimits.ColumnsMax} columns");
    }

    private void ExpectSameColumns(TableDraft table, MigrationStep step)
    {
        bool areSame = table.Columns.Select(column => column.Name).Order(StringComparer.Ordinal)
            .SequenceEqual(Target(step).Columns.Select(column => column.Name).Order(StringComparer.Ordinal));
        if (!areSame) throw Contradiction(step, "the columns are not those of the new declarations at this step");
    }

    private static MigrationException Contradiction(MigrationStep step, string problem, Exception? inner = null) =>
        new(MigrationErrorKind.ContradictoryStep, $"migration step {step}: {problem}", inner);
}
