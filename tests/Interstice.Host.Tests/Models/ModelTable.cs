using System.Numerics;

namespace Interstice.Host.Tests.Models;

internal enum ModelKind
{
    Logged,
    Ephemeral,
    Event,
}

/// <summary>A column.</summary>
/// <param name="Default">A value of its type, or null for none.</param>
internal sealed record ModelColumn(string Name, ModelType Type)
{
    public bool IsUnique { get; init; }

    public bool IsCounter { get; init; }

    public object? Default { get; init; }

    public string Declare(bool isPrimary)
    {
        string more = (isPrimary ? ",\"primaryKey\":true" : "") + (IsUnique ? ",\"unique\":true" : "")
            + (IsCounter ? ",\"autoInc\":true" : "") + (Default is null ? "" : $",\"default\":{Type.Json(Default)}");
        return $$"""{"name":"{{Name}}","type":"{{Type.Name}}"{{more}}}""";
    }
}

/// <summary>An index by the names of its columns; that of the primary key has no name.</summary>
internal sealed record ModelIndex(string Name, string[] Columns, bool IsUnique);

/// <summary>A declared table.</summary>
internal sealed record ModelTable(string Name, ModelKind Kind, ModelColumn[] Columns, string[] Primary, ModelIndex[] Declared)
{
    public bool IsPrivate { get; init; }

    public int Version { get; init; } = 1;

    /// <summary>The primary key, unique columns, declared indexes.</summary>
    public ModelIndex[] Indexes =>
    [
        new("", Primary, true), .. Columns.Where(column => column.IsUnique).Select(column => new ModelIndex(column.Name, [column.Name], true)),
        .. Declared,
    ];

    public ModelColumn? Counter => Columns.FirstOrDefault(column => column.IsCounter);

    public static ModelTable Next(Random random, ModelTypes types, string name, ModelKind kind)
    {
        List<ModelColumn> columns = [new("c0", types.Key(random))];
        for (int i = random.Next(6); i > 0; i--)
            columns.Add(new($"c{columns.Count}", random.Next(2) == 0 ? types.Key(random) : types.Any(random)));
        if (kind != ModelKind.Event && random.Next(2) == 0)
            columns.Add(new($"c{columns.Count}", ModelTypes.Counter(random)) { IsCounter = true });
        ModelColumn[] shuffled = [.. columns];
        random.Shuffle(shuffled);
        string[] keys = [.. shuffled.Where(column => column.Type.IsKey).Select(column => column.Name)];
        string[] primary = kind == ModelKind.Event ? [] : Some(random, keys, random.Next(1, 3));
        shuffled = [.. shuffled.Select(column => column with
        {
            IsUnique = kind != ModelKind.Event && column.Type.IsKey && !primary.Contains(column.Name) && random.Next(6) == 0,
            Default = random.Next(5) == 0 && kind != ModelKind.Event && !column.IsCounter ? column.Type.Next(random) : null,
        })];
        var table = new ModelTable(name, kind, shuffled, primary, []) { IsPrivate = random.Next(4) == 0 };
        if (kind == ModelKind.Event) return table;
        for (int i = random.Next(4); i > 0; i--) table = table.WithIndex(random, $"i{i}");
        return table;
    }

    public ModelTable WithIndex(Random random, string name)
    {
        bool isUnique = random.Next(4) == 0;
        string[] possible = [.. Columns.Where(column => isUnique ? column.Type.IsKey : column.Type.IsIndexable).Select(column => column.Name)];
        return this with { Declared = [.. Declared, new(name, Some(random, possible, random.Next(1, 4)), isUnique)] };
    }

    public int Position(string column) => Array.FindIndex(Columns, found => found.Name == column);

    public string Declare()
    {
        bool isSingle = Primary.Length == 1;
        string columns = string.Join(',', Columns.Select(column => column.Declare(isSingle && column.Name == Primary[0])));
        string key = Primary.Length > 1 ? $",\"primaryKey\":[{Names(Primary)}]" : "";
        string indexes = Declared.Length == 0 ? "" : $",\"indexes\":[{string.Join(',', Declared.Select(Declare))}]";
        string kind = Kind == ModelKind.Logged ? "" : $",\"kind\":\"{Kind.ToString().ToLowerInvariant()}\"";
        string visibility = IsPrivate ? ",\"visibility\":\"private\"" : "";
        return $$$"""{"table":{"name":"{{{Name}}}","columns":[{{{columns}}}]{{{key}}}{{{indexes}}}{{{kind}}}{{{visibility}}},"version":{{{Version}}}}}""";
    }

    public object[] NextRow(Random random) => [.. Columns.Select(column => column.IsCounter ? NextCount(random, column) : column.Type.Next(random))];

    /// <summary>Compares rows by some columns.</summary>
    public int Compare(string[] columns, object[] left, object[] right)
    {
        foreach (string name in columns)
        {
            int position = Position(name);
            int order = Columns[position].Type.Compare(left[position], right[position]);
            if (order != 0) return order;
        }

        return 0;
    }

    public byte[] Encode(object[] row)
    {
        List<byte> bytes = [];
        for (int i = 0; i < row.Length; i++) Columns[i].Type.Write(row[i], bytes);
        return [.. bytes];
    }

    /// <summary>A key as guests pass it: of so many leading columns of an index.</summary>
    public byte[] EncodeKey(ModelIndex index, object[] values)
    {
        List<byte> bytes = [(byte)values.Length];
        for (int i = 0; i < values.Length; i++) Columns[Position(index.Columns[i])].Type.Write(values[i], bytes);
        return [.. bytes];
    }

    /// <summary>The values of an index's columns in a row.</summary>
    public object[] KeyOf(ModelIndex index, object[] row) => [.. index.Columns.Select(column => row[Position(column)])];

    // Seldom a large one, behind which nothing more is counted.
    private static BigInteger NextCount(Random random, ModelColumn column) => random.Next(200) == 0
        ? ((ModelType.Integer)column.Type).Max - random.Next(3)
        : (BigInteger)(random.Next(4) > 0 ? 0 : random.Next(40));

    private static string Declare(ModelIndex index) =>
        $$"""{"name":"{{index.Name}}","columns":[{{Names(index.Columns)}}],"unique":{{(index.IsUnique ? "true" : "false")}}}""";

    private static string Names(string[] names) => string.Join(',', names.Select(name => $"\"{name}\""));

    private static string[] Some(Random random, string[] names, int count)
    {
        string[] shuffled = [.. names];
        random.Shuffle(shuffled);
        return shuffled[..Math.Min(count, shuffled.Length)];
    }
}
