using System.Text;
using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Tests.Tables;

/// <summary>A module with tables of random shape.</summary>
internal sealed class RandomModule
{
    private readonly List<RandomColumn[]> _columns = [];

    internal RandomModule(Random random)
    {
        var lines = new StringBuilder("""{"module":{"name":"model","version":"1.0.0","abi":1}}""");
        lines.Append('\n').Append("""{"event":{"name":"happened","type":"u64"}}""");
        int tables = random.Next(1, 4);
        for (int i = 0; i < tables; i++) lines.Append('\n').Append(Declare(random, $"t{i}", i == 0 ? 0 : random.Next(5)));
        Text = lines.ToString();
        Schema = ModuleSchema.Parse(Encoding.UTF8.GetBytes(Text));
    }

    internal string Text { get; }

    internal ModuleSchema Schema { get; }

    internal byte[] NextRow(Random random, int table)
    {
        var row = new List<byte>();
        foreach (RandomColumn column in _columns[table]) column.WriteValue(random, row);
        return [.. row];
    }

    private string Declare(Random random, string name, int kind)
    {
        RandomColumn[] columns = [.. Enumerable.Range(0, random.Next(1, 6)).Select(i => RandomColumn.Next(random, i))];
        if (!columns.Any(column => column.IsKeyType)) columns[0] = new RandomColumn("u64") { Name = "c0" };
        string[] keyTypes = [.. columns.Where(column => column.IsKeyType).Select(column => column.Name)];
        bool isEvent = kind == 4;
        string[] primary = Pick(random, keyTypes, random.Next(1, 3));
        int counter = isEvent || random.Next(2) == 0 ? -1 : Array.FindIndex(columns, column => column.IsCounterType);
        for (int i = 0; i < columns.Length; i++)
        {
            bool isUnique = !isEvent && columns[i].IsKeyType && random.Next(4) == 0 && !primary.Contains(columns[i].Name);
            columns[i] = columns[i] with { IsAutoInc = i == counter, IsUnique = isUnique };
        }

        _columns.Add(columns);
        var text = new StringBuilder($$"""{"table":{"name":"{{name}}","columns":[""");
        text.AppendJoin(',', columns.Select(Declare)).Append(']');
        if (kind == 3) text.Append(""","kind":"ephemeral" """);
        if (isEvent) return text.Append(""","kind":"event"}}""").ToString();
        text.Append($",\"primaryKey\":[{Names(primary)}],\"indexes\":[");
        text.AppendJoin(',', Enumerable.Range(0, random.Next(3)).Select(i => DeclareIndex(random, columns, keyTypes, i)));
        return text.Append("]}}").ToString();
    }

    private static string Declare(RandomColumn column)
    {
        string flags = (column.IsUnique ? ",\"unique\":true" : "") + (column.IsAutoInc ? ",\"autoInc\":true" : "");
        return $$"""{"name":"{{column.Name}}","type":"{{column.Type}}"{{flags}}}""";
    }

    private static string DeclareIndex(Random random, RandomColumn[] columns, string[] keyTypes, int number)
    {
        bool isUnique = random.Next(3) == 0;
        string[] names = isUnique ? keyTypes : [.. columns.Select(column => column.Name)];
        return $$"""{"name":"i{{number}}","columns":[{{Names(Pick(random, names, random.Next(1, 4)))}}],"unique":{{(isUnique ? "true" : "false")}}}""";
    }

    private static string Names(string[] names) => string.Join(',', names.Select(name => $"\"{name}\""));

    private static string[] Pick(Random random, string[] names, int count)
    {
        string[] shuffled = [.. names];
        random.Shuffle(shuffled);
        return shuffled[..Math.Min(count, shuffled.Length)];
    }
}
