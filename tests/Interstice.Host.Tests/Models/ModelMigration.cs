using System.Numerics;

namespace Interstice.Host.Tests.Models;

/// <summary>A build with other tables, of changes that the host makes by itself, and what becomes of the rows.</summary>
/// <param name="Schema">The new declarations.</param>
/// <param name="Tables">The rows in them.</param>
/// <param name="Text">What changes, for people.</param>
internal sealed record ModelMigration(ModelSchema Schema, List<ModelRows> Tables, string Text)
{
    /// <summary>Whether two rows have one key of a new unique index, for which the host refuses the build.</summary>
    public bool IsRefused => Tables.Exists(rows => rows.Table.Indexes.Any(index => index.IsUnique && HasDuplicates(rows, index)));

    public static ModelMigration Next(Random random, ModelState state, ModelBug bug)
    {
        var migration = new ModelMigration(state.Schema with { Build = state.Schema.Build + 1 }, [.. state.Tables.Select(rows => rows.Copy())], "");
        for (int i = random.Next(1, 4); i > 0; i--) migration = migration.Change(random, bug);

        // An ephemeral table that is declared otherwise begins without rows.
        ModelRows[] tables = [.. migration.Tables.Select(rows => rows.Table.Kind == ModelKind.Logged || Keeps(state, rows.Table) ? rows : new(rows.Table))];
        random.Shuffle(tables);
        return migration with { Tables = [.. tables], Schema = migration.Schema with { Tables = [.. tables.Select(rows => rows.Table)] } };
    }

    private static bool Keeps(ModelState state, ModelTable table) =>
        state.Tables.Find(rows => rows.Table.Name == table.Name)?.Table is { } before
        && before.Columns.Select(column => (column.Name, column.Type)).SequenceEqual(table.Columns.Select(column => (column.Name, column.Type)))
        && before.Indexes.Select(Describe).SequenceEqual(table.Indexes.Select(Describe));

    private static string Describe(ModelIndex index) => $"{index.Name} {string.Join(',', index.Columns)} {index.IsUnique}";

    private ModelMigration Change(Random random, ModelBug bug)
    {
        int at = random.Next(Tables.Count);
        ModelRows rows = Tables[at];
        ModelTable table = rows.Table;
        string fresh = $"n{Schema.Build}x{Text.Length}";
        switch (random.Next(10))
        {
            case 0:
                ModelTable added = ModelTable.Next(random, Schema.Types, fresh, ModelSchema.NextKind(random, isFirst: false));
                return this with { Tables = [.. Tables, new(added)], Text = $"{Text} table {fresh};" };
            case 1 or 2 when table.Kind == ModelKind.Logged:
                return AddColumn(random, at, fresh, bug);
            case 3 or 4 when table.Kind == ModelKind.Logged:
                return Widen(random, at);
            case 5 or 6 when table.Kind == ModelKind.Logged:
                return With(at, table.WithIndex(random, fresh), row => row, $"index {fresh}");
            case 7 when table.Declared.Length > 0:
                return With(at, table with { Declared = table.Declared[1..] }, row => row, $"without {table.Declared[0].Name}");
            case 8 when table.Kind == ModelKind.Logged:
                return Recount(at);
            default:
                ModelColumn[] shuffled = [.. table.Columns];
                random.Shuffle(shuffled);
                ModelTable turned = table with { Columns = shuffled, IsPrivate = !table.IsPrivate, Version = table.Version + 1 };
                return With(at, turned, row => [.. shuffled.Select(column => row[table.Position(column.Name)])], "another order of columns");
        }
    }

    private ModelMigration AddColumn(Random random, int at, string name, ModelBug bug)
    {
        ModelTable table = Tables[at].Table;
        ModelType type = Schema.Types.Any(random);
        bool isOption = type is ModelType.Option;
        object? standard = isOption && random.Next(2) == 0 ? null : type.Next(random);
        object value = standard is null || (isOption && bug == ModelBug.DefaultsAreForgotten) ? Array.Empty<object>()
            : bug == ModelBug.DefaultsAreForgotten ? type.Next(random) : standard;
        int position = random.Next(table.Columns.Length + 1);
        ModelTable wider = table with
        {
            Columns = [.. table.Columns[..position], new(name, type) { Default = standard }, .. table.Columns[position..]],
        };
        return With(at, wider, row => [.. row[..position], value, .. row[position..]], $"column {name} of {type}");
    }

    private ModelMigration Widen(Random random, int at)
    {
        ModelTable table = Tables[at].Table;
        int position = random.Next(table.Columns.Length);
        ModelColumn column = table.Columns[position];
        if (column.IsCounter) return this;
        (ModelType Type, Func<object, object> Convert)? wider = column.Type switch
        {
            ModelType.Integer narrow when ModelTypes.WiderThan(narrow).ToArray() is { Length: > 0 } wide && random.Next(2) == 0 =>
                (wide[random.Next(wide.Length)], value => value),
            ModelType.Float { IsDouble: false } => (new ModelType.Float("f64", IsDouble: true), value => value),
            ModelType.Option => (new ModelType.Option(column.Type), value => InOption(column.Type, value)),
            { IsKey: true } or { IsIndexable: false } => (new ModelType.Option(column.Type), value => new[] { value }),
            _ => null,
        };
        if (wider is not { } to) return this;
        ModelColumn changed = column with { Type = to.Type, Default = column.Default is { } standard ? to.Convert(standard) : null };
        ModelTable next = table with { Columns = [.. table.Columns[..position], changed, .. table.Columns[(position + 1)..]] };
        return With(
            at, next, row => [.. row[..position], to.Convert(row[position]), .. row[(position + 1)..]], $"{column.Name} from {column.Type} to {to.Type}");
    }

    // None stays none, however deep it lies, and does not become some none: what is in an option is converted, and that is one, too.
    private static object InOption(ModelType type, object value) =>
        type is not ModelType.Option option ? new[] { value }
        : value is object[] { Length: > 0 } content ? new[] { InOption(option.Of, content[0]) }
        : value;

    // A counter goes, or comes and goes on from the largest value.
    private ModelMigration Recount(int at)
    {
        ModelTable table = Tables[at].Table;
        int position = Array.FindIndex(table.Columns, column => ModelTypes.IsCounter(column.Type));
        if (table.Counter is { } old) position = table.Position(old.Name);
        if (position < 0) return this;
        ModelColumn changed = table.Columns[position] with { IsCounter = table.Counter is null, Default = null };
        ModelMigration next = With(
            at, table with { Columns = [.. table.Columns[..position], changed, .. table.Columns[(position + 1)..]] }, row => row,
            $"{changed.Name} counts: {changed.IsCounter}");
        next.Tables[at].Counter = next.Tables[at].Rows.Select(row => (BigInteger)row.Values[position]).Append(0).Max();
        return next;
    }

    private ModelMigration With(int at, ModelTable table, Func<object[], object[]> convert, string text)
    {
        var rows = new ModelRows(table) { Counter = Tables[at].Counter };
        foreach (ModelRow row in Tables[at].Rows)
        {
            object[] values = convert(row.Values);
            rows.Rows.Add(new(values, table.Encode(values)));
        }

        return this with { Tables = [.. Tables[..at], rows, .. Tables[(at + 1)..]], Text = $"{Text} {table.Name}: {text};" };
    }

    private static bool HasDuplicates(ModelRows rows, ModelIndex index)
    {
        ModelRow[] ordered = [.. rows.Ordered(index)];
        return ordered.Skip(1).Where((row, i) => rows.Table.Compare(index.Columns, ordered[i].Values, row.Values) == 0).Any();
    }
}
