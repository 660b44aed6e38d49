using System.Buffers.Binary;
using System.Text;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;

namespace Interstice.Kernel.Tests.Tables;

/// <summary>Schemas and rows that tests write out by hand.</summary>
internal static class TestTable
{
    /// <summary>Tables: people (id u64, email unique, name, index by_name), notes (id u64 autoInc, text), edges (a u64, b u32,
    /// key of both), presence (ephemeral), pings (event).</summary>
    internal static ModuleState NewState() => new(Parse(
        """{"table":{"name":"people","columns":[{"name":"id","type":"u64","primaryKey":true},{"name":"email","type":"string","unique":true},{"name":"name","type":"string"}],"indexes":[{"name":"by_name","columns":["name"]}]}}""",
        """{"table":{"name":"notes","columns":[{"name":"id","type":"u64","primaryKey":true,"autoInc":true},{"name":"text","type":"string"}]}}""",
        """{"table":{"name":"edges","primaryKey":["a","b"],"columns":[{"name":"a","type":"u64"},{"name":"b","type":"u32"}]}}""",
        """{"table":{"name":"presence","kind":"ephemeral","columns":[{"name":"id","type":"u64","primaryKey":true,"autoInc":true},{"name":"text","type":"string"}]}}""",
        """{"table":{"name":"pings","kind":"event","columns":[{"name":"id","type":"u64"},{"name":"text","type":"string"}]}}""",
        """{"event":{"name":"happened","type":"u64"}}"""));

    internal const int People = 0;
    internal const int Notes = 1;
    internal const int Edges = 2;
    internal const int Presence = 3;
    internal const int Pings = 4;
    internal const int ByEmail = 1;
    internal const int ByName = 2;

    internal static ModuleSchema Parse(params string[] lines) => ModuleSchema.Parse(
        Encoding.UTF8.GetBytes("""{"module":{"name":"test","version":"1.0.0","abi":1}}""" + "\n" + string.Join('\n', lines)));

    internal static byte[] Person(ulong id, string email, string name) => [.. Little(id), .. Text(email), .. Text(name)];

    internal static byte[] Note(ulong id, string text) => [.. Little(id), .. Text(text)];

    internal static byte[] Edge(ulong a, uint b) => [.. Little(a), .. Little(b).AsSpan(0, 4)];

    internal static byte[] Little(ulong value)
    {
        byte[] bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return bytes;
    }

    /// <summary>The comparable key of a u64.</summary>
    internal static byte[] Key(ulong value)
    {
        byte[] bytes = Little(value);
        Array.Reverse(bytes);
        return bytes;
    }

    /// <summary>The comparable key of a string.</summary>
    internal static byte[] Key(string value) =>
        [.. Encoding.UTF8.GetBytes(value).SelectMany(item => item == 0 ? [0, 255] : new[] { item }), 0, 0];

    internal static List<string> Rows(Table table, int index = 0, bool descending = false)
    {
        var rows = new List<string>();
        foreach (ReadOnlySpan<byte> row in table.Scan(index, KeyRange.All, descending)) rows.Add(Convert.ToHexString(row));
        return rows;
    }

    private static byte[] Text(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return [.. Little((ulong)bytes.Length).AsSpan(0, 4), .. bytes];
    }
}
