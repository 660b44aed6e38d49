using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;

namespace Interstice.Kernel.Tests.Migrations;

/// <summary>Random changes of a random table, by the host alone and by declared steps, over random rows, against rows that are JSON.</summary>
public sealed class MigrationModelTests
{
    private static readonly string[] Integers = ["u8", "u16", "u32", "u64", "u128"];
    private static readonly string[] Signed = ["i8", "i16", "i32", "i64", "i128"];

    // What a column is in the model: JSON of its values stays what it is when its type gets wider.
    private sealed record Column(string Name, string Type, string? Default);

    [Fact]
    public void Rows_are_what_a_naive_model_says_after_any_number_of_versions() => Seeded.Run(250, random =>
    {
        List<Column> columns = [new("id", random.Next(2) == 0 ? "u16" : "string", null)];
        for (int i = random.Next(5); i > 0; i--) columns.Add(Next(random, $"c{i}"));
        string table = "t0";
        (HashSet<string> unique, HashSet<string> indexed) = ([], []);
        ModuleSchema current = Declare(random, 0, table, columns, unique, indexed, []);
        ModuleState state = new(current);
        List<JsonObject> model = [];
        for (int version = 1; version < 6; version++)
        {
            for (int i = random.Next(20); i > 0; i--) TryInsert(random, state, table, columns, model);
            List<string> steps = [];
            Change(random, version, ref table, columns, unique, indexed, steps, model);
            ModuleSchema next = Declare(random, version, table, columns, unique, indexed, steps);
            state = MigrationTest.Migrate(state, next, current);
            current = next;
            Rows(state.FindTable(table)!).ShouldBe(model.Select(Text).Order(StringComparer.Ordinal));
        }
    });

    private static void Change(
        Random random, int version, ref string table, List<Column> columns, HashSet<string> unique, HashSet<string> indexed, List<string> steps,
        List<JsonObject> model)
    {
        if (random.Next(4) == 0)
        {
            steps.Add($$$"""{"renameTable":{"table":"{{{table}}}","to":"t{{{version}}}"}}""");
            table = $"t{version}";
        }

        for (int i = random.Next(4); i > 0; i--)
        {
            int at = random.Next(columns.Count);
            Column column = columns[at];

            // Declared steps come first: they know no column that the declarations alone bring.
            bool isDeclarable = column.Name != "id" && !column.Name.StartsWith($"n{version}_", StringComparison.Ordinal);
            switch (random.Next(7))
            {
                case 0:
                    Column added = Next(random, $"n{version}_{i}") with { Default = "11" };
                    if (!IsInteger(added.Type)) added = added with { Type = "option<string>", Default = null };
                    columns.Insert(random.Next(columns.Count + 1), added);
                    foreach (JsonObject row in model) row[added.Name] = added.Default is null ? null : 11;
                    break;
                case 1:
                    columns[at] = column with { Type = Wider(random, column.Type) };
                    if (column.Type == "string" && columns[at].Type != column.Type)
                        foreach (JsonObject row in model) row[column.Name] = new JsonArray(row[column.Name]?.DeepClone());
                    break;
                case 2 when isDeclarable:
                    string name = $"r{version}_{i}";
                    steps.Add($$$"""{"renameColumn":{"table":"{{{table}}}","column":"{{{column.Name}}}","to":"{{{name}}}"}}""");
                    columns[at] = column with { Name = name };
                    foreach (HashSet<string> names in new[] { unique, indexed })
                        if (names.Remove(column.Name)) names.Add(name);
                    foreach (JsonObject row in model)
                    {
                        JsonNode? value = row[column.Name]?.DeepClone();
                        row.Remove(column.Name);
                        row[name] = value;
                    }

                    break;
                case 3 when isDeclarable:
                    steps.Add($$$"""{"dropColumn":{"table":"{{{table}}}","column":"{{{column.Name}}}"}}""");
                    columns.RemoveAt(at);
                    unique.Remove(column.Name);
                    indexed.Remove(column.Name);
                    foreach (JsonObject row in model) row.Remove(column.Name);
                    break;
                case 4:
                    columns.RemoveAt(at);
                    columns.Insert(random.Next(columns.Count + 1), column);
                    break;
                case 5:
                    if (!indexed.Add(column.Name)) indexed.Remove(column.Name);
                    break;
                default:
                    bool isDistinct = model.Select(row => Text(row[column.Name])).Distinct().Count() == model.Count;
                    if (column.Name != "id" && isDistinct && column.Type != "f32" && column.Type != "f64") unique.Add(column.Name);
                    break;
            }
        }
    }

    private static ModuleSchema Declare(
        Random random, int version, string table, List<Column> columns, HashSet<string> unique, HashSet<string> indexed, List<string> steps)
    {
        string text = string.Join(',', columns.Select(column => $$"""{"name":"{{column.Name}}","type":"{{column.Type}}"{{Rest(column)}}}"""));
        string indexes = string.Join(',', indexed.Select(name => $$"""{"name":"by_{{name}}","columns":["{{name}}"]}"""));
        List<string> lines = [MigrationTest.Table(table, text, $",\"indexes\":[{indexes}]")];
        if (steps.Count > 0) lines.Add(MigrationTest.Migration($"{version}.0.0", $"{version + 1}.0.0", [.. steps]));
        if (random.Next(3) == 0) lines.Insert(0, MigrationTest.Table("another", MigrationTest.Id));
        else lines.Add(MigrationTest.Table("another", MigrationTest.Id));
        return MigrationTest.Declare($"{version + 1}.0.0", [.. lines]);

        string Rest(Column column) =>
            (column.Name == "id" ? ",\"primaryKey\":true" : "")
            + (unique.Contains(column.Name) ? ",\"unique\":true" : "")
            + (column.Default is null ? "" : $",\"default\":{(Json(column.Type, column.Default))}");
    }

    private static Column Next(Random random, string name) => new(name, random.Next(6) switch
    {
        0 => Signed[random.Next(5)],
        1 => "string",
        2 => "f32",
        3 => "option<u8>",
        _ => Integers[random.Next(5)],
    }, null);

    private static bool IsInteger(string type) => Integers.Contains(type) || Signed.Contains(type);

    private static string Wider(Random random, string type)
    {
        if (type == "f32") return "f64";
        if (type == "option<u8>") return "option<u32>";
        int at = Array.IndexOf(Integers, type);
        if (at >= 0) return Integers[random.Next(at, 5)];
        at = Array.IndexOf(Signed, type);
        if (at >= 0) return Signed[random.Next(at, 5)];
        return type == "string" && random.Next(2) == 0 ? "option<string>" : type;
    }

    private static void TryInsert(Random random, ModuleState state, string table, List<Column> columns, List<JsonObject> model)
    {
        Table target = state.FindTable(table)!;
        var row = new JsonObject();
        foreach (Column column in columns) row[column.Name] = Value(random, column.Type);
        bool isTaken = model.Any(other => Text(other["id"]) == Text(row["id"])) || target.Schema.Columns.Where(column => column.IsUnique)
            .Any(column => model.Any(other => Text(other[column.Name]) == Text(row[column.Name])));
        if (isTaken) return;
        MigrationTest.Insert(target, "[" + string.Join(',', columns.Select(column => row[column.Name]?.ToJsonString() ?? "null")) + "]");
        model.Add(row);
    }

    private static JsonNode? Value(Random random, string type) => type switch
    {
        "string" => $"s{random.Next(300)}",
        "option<string>" => random.Next(2) == 0 ? null : new JsonArray($"s{random.Next(300)}"),
        "option<u8>" or "option<u32>" => random.Next(2) == 0 ? null : new JsonArray(random.Next(200)),
        "f32" or "f64" => random.Next(-100, 100) / 4.0,
        _ => JsonNode.Parse(Json(type, (Signed.Contains(type) ? random.Next(-128, 128) : random.Next(256)).ToString(CultureInfo.InvariantCulture))),
    };

    private static string Json(string type, string number) => type.EndsWith("64", StringComparison.Ordinal) || type.EndsWith("128", StringComparison.Ordinal)
        ? $"\"{number}\"" : number;

    private static IEnumerable<string> Rows(Table table) =>
        MigrationTest.Rows(table).Select(row => Text(JsonNode.Parse(row))).Order(StringComparer.Ordinal);

    // Numbers stand as texts or not, by the width of their type, and columns in any order: neither is what the model is about.
    private static string Text(JsonNode? node) => node switch
    {
        null => "null",
        JsonObject row => "{" + string.Join(',', row.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Key + ":" + Text(pair.Value))) + "}",
        JsonArray items => "[" + string.Join(',', items.Select(Text)) + "]",
        _ when node.GetValueKind() == JsonValueKind.Number => double.Parse(node.ToJsonString(), CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture),
        _ => node.GetValue<string>(),
    };
}
