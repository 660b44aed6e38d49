using System.Text;
using Interstice.Kernel.Events;
using Interstice.Kernel.Events.Json;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tests.Values;

namespace Interstice.Kernel.Tests.Events;

// Goal: no transaction that may be too large as JSON escapes measuring, whatever a module declares, and ordinary ones need none. Method: the
// bound against the measured size of random values of random types, and of the shapes that grow most.
public sealed class EventJsonBoundTests
{
    private const int Limit = 512 * 1024;
    private const int Depth = 30;

    private static readonly string LongName = new('n', 63);

    [Fact]
    public void What_is_measured_is_at_most_the_bound()
    {
        int seed = Random.Shared.Next();
        var random = new RandomValues(new Random(seed));
        for (int i = 0; i < 3000; i++)
        {
            DataType type = random.Type();
            ModuleSchema schema = SchemaOf(RandomValues.Declarations, type.ToString());
            byte[] payload = PayloadOf(random.Value(schema.FindEvent("told")!.Payload));
            using var size = new EventJsonSize(schema);
            size.Add(EventTypes.EventEmitted, payload);
            new EventJsonBound(schema).MayExceed(payload.Length, 1, size.Bytes - 1)
                .ShouldBeTrue($"seed {seed}: {type} in {payload.Length} bytes is {size.Bytes} bytes of JSON");
        }
    }

    [Theory]
    [InlineData("list<T0>")]
    [InlineData("map<u16,T0>")]
    [InlineData("list<option<T0>>")]
    [InlineData("Tree")]
    public void Structs_deep_inside_each_other_are_measured_before_they_are_too_large(string type)
    {
        // A byte of such a struct has the names of all structs around it.
        string declarations = string.Join('\n', Enumerable.Range(0, Depth).Select(i =>
            $$$"""{"type":{"name":"T{{{i}}}","struct":[{"name":"{{{LongName}}}","type":"{{{(i + 1 < Depth ? $"T{i + 1}" : "u8")}}}"}]}}"""));
        ModuleSchema schema = SchemaOf(
            $$$"""
            {"module":{"name":"m","version":"1.0.0","abi":1}}
            {{{declarations}}}
            {"type":{"name":"Tree","struct":[{"name":"value","type":"T0"},{"name":"children","type":"list<Tree>"}]}}
            """,
            type);
        const int Count = 300;
        using var value = new PayloadWriter();
        if (type == "Tree") value.Byte(0);
        value.UInt32(Count);
        for (int i = 0; i < Count; i++)
        {
            if (type.StartsWith("map", StringComparison.Ordinal)) value.Raw([(byte)i, (byte)(i >> 8)]);
            if (type.Contains("option", StringComparison.Ordinal)) value.Byte(1);
            value.Byte(100);
            if (type == "Tree") value.UInt32(0);
        }

        byte[] payload = PayloadOf(value.Written.ToArray());
        using var size = new EventJsonSize(schema);
        size.Add(EventTypes.EventEmitted, payload);
        size.Bytes.ShouldBeGreaterThan(Limit, "written as JSON it is too large");
        new EventJsonBound(schema).MayExceed(payload.Length, 1, Limit).ShouldBeTrue();
    }

    [Fact]
    public void Enums_deep_inside_each_other_are_looked_at_once()
    {
        // 2^30 ways lead to the innermost.
        string declarations = string.Join('\n', Enumerable.Range(0, Depth).Select(i => i + 1 < Depth
            ? $$$"""{"type":{"name":"E{{{i}}}","enum":[{"name":"a","type":"E{{{i + 1}}}"},{"name":"b","type":"E{{{i + 1}}}"}]}}"""
            : $$$"""{"type":{"name":"E{{{i}}}","enum":[{"name":"a"}]}}"""));
        var bound = new EventJsonBound(SchemaOf("""{"module":{"name":"m","version":"1.0.0","abi":1}}""" + '\n' + declarations, "E0"));
        bound.MayExceed(Depth, 1, Limit).ShouldBeFalse();
    }

    [Fact]
    public void A_bound_beyond_all_numbers_is_a_large_one()
    {
        const int Levels = 14;
        string declarations = """{"module":{"name":"m","version":"1.0.0","abi":1}}""";
        for (int i = 0; i < Levels; i++)
        {
            string type = i + 1 < Levels ? $"E{i}" : "u8";
            string fields = string.Join(',', Enumerable.Range(0, 64).Select(f => $$"""{"name":"f{{f}}","type":"{{type}}"}"""));
            declarations += $$$"""{{{'\n'}}}{"type":{"name":"S{{{i}}}","struct":[{{{fields}}}]}}""";
            if (i + 1 < Levels)
                declarations += $$$"""{{{'\n'}}}{"type":{"name":"E{{{i}}}","enum":[{"name":"none"},{"name":"some","type":"S{{{i + 1}}}"}]}}""";
        }

        var bound = new EventJsonBound(SchemaOf(declarations, "list<S0>"));
        bound.Growth.ShouldBePositive();
        bound.MayExceed(Limit, 1000, Limit).ShouldBeTrue();
    }

    [Fact]
    public void An_ordinary_transaction_needs_no_measuring()
    {
        var bank = ModuleSchema.Parse("""
            {"module":{"name":"bank","version":"1.0.0","abi":1}}
            {"table":{"name":"accounts","columns":[{"name":"id","type":"u64","primaryKey":true},{"name":"owner","type":"string"},{"name":"balance","type":"i64"}]}}
            {"reducer":{"name":"transfer","parameters":[{"name":"from","type":"u64"},{"name":"to","type":"u64"},{"name":"amount","type":"i64"}]}}
            """u8);
        var bound = new EventJsonBound(bank);
        bound.Growth.ShouldBe(6, "nothing but text grows");
        bound.MayExceed(60_000, 200, Limit).ShouldBeFalse();
        bound.MayExceed(100_000, 200, Limit).ShouldBeTrue();
    }

    private static ModuleSchema SchemaOf(string declarations, string payload) => ModuleSchema.Parse(Encoding.UTF8.GetBytes(
        $$$"""
        {{{declarations}}}
        {"event":{"name":"told","type":"{{{payload}}}"}}
        """));

    private static byte[] PayloadOf(ReadOnlySpan<byte> value)
    {
        using var payload = new PayloadWriter();
        RowEvent.Write(payload, "told"u8, value);
        return payload.Written.ToArray();
    }
}
