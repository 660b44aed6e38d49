using System.Text.Json;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Tests.Values;

public sealed class CanonicalEncodingTests
{
    [Theory]
    [InlineData("bool", "02", ValueErrorKind.InvalidBool, "expected bool (0 or 1), found 2")]
    [InlineData("u32", "010203", ValueErrorKind.Truncated, "expected u32 (at least 4 bytes), found 3 bytes")]
    [InlineData("u8", "", ValueErrorKind.Truncated, "expected u8 (at least 1 bytes), found 0 bytes")]
    [InlineData("u8", "0102", ValueErrorKind.TrailingBytes, "expected u8, found 1 more byte after it")]
    [InlineData("f32", "0100c07f", ValueErrorKind.NonCanonicalNaN,
        "expected f32, found a NaN with bits 7fc00001; the one NaN allowed has 7fc00000")]
    [InlineData("f32", "0000c0ff", ValueErrorKind.NonCanonicalNaN,
        "expected f32, found a NaN with bits ffc00000; the one NaN allowed has 7fc00000")]
    [InlineData("f64", "010000000000f07f", ValueErrorKind.NonCanonicalNaN,
        "expected f64, found a NaN with bits 7ff0000000000001; the one NaN allowed has 7ff8000000000000")]
    [InlineData("string", "0200000061", ValueErrorKind.Truncated, "expected string, found a length of 2 with 1 bytes left")]
    [InlineData("string", "ffffffff61", ValueErrorKind.Truncated,
        "expected string, found a length of 4294967295 with 1 bytes left")]
    [InlineData("string", "02000000c080", ValueErrorKind.InvalidUtf8, "expected string, found bytes that are not UTF-8")]
    [InlineData("string", "03000000eda080", ValueErrorKind.InvalidUtf8, "expected string, found bytes that are not UTF-8")]
    [InlineData("option<u8>", "02", ValueErrorKind.InvalidOption, "expected option<u8> (tag 0 or 1), found tag 2")]
    [InlineData("list<u64>", "ffffffff0000000000000000", ValueErrorKind.Truncated,
        "expected list<u64>, found a count of 4294967295 with 8 bytes left")]
    [InlineData("list<list<u8>>", "00000040", ValueErrorKind.Truncated,
        "expected list<list<u8>>, found a count of 1073741824 with 0 bytes left")]
    [InlineData("map<u8,u8>", "0200000002000100", ValueErrorKind.MapOrder,
        "entry 1 of map<u8,u8> has a smaller key than entry 0")]
    [InlineData("map<i8,u8>", "020000000000ff00", ValueErrorKind.MapOrder,
        "entry 1 of map<i8,u8> has a smaller key than entry 0")]
    [InlineData("map<u8,u8>", "0200000001000101", ValueErrorKind.DuplicateMapKey,
        "entry 1 of map<u8,u8> has the key of entry 0")]
    public void What_is_not_canonical_is_refused_with_the_reason(string type, string bytes, ValueErrorKind kind, string problem)
    {
        CanonicalEncoding.TryValidate(DataType.Parse(type), Convert.FromHexString(bytes), out ValueError error).ShouldBeFalse();
        error.Kind.ShouldBe(kind);
        error.Problem.ShouldBe(problem);
    }

    [Fact]
    public void An_undeclared_variant_is_refused()
    {
        CanonicalEncoding.TryValidate(RandomValues.Named("Color"), [3], out ValueError error).ShouldBeFalse();
        error.Kind.ShouldBe(ValueErrorKind.InvalidVariant);
        error.Problem.ShouldBe("expected Color (variant 0 to 2), found variant 3");
    }

    [Fact]
    public void The_path_leads_through_lists_maps_structs_and_variants()
    {
        DataType type = RandomValues.Named("Shape");

        // Group { "a": Poly [ Point { x: 1, y: cut } ] }
        byte[] bytes = [3, 1, 0, 0, 0, 1, 0, 0, 0, (byte)'a', 2, 1, 0, 0, 0, 1, 0, 0, 0, 9, 9, 9, 9];
        CanonicalEncoding.TryValidate(type, bytes, out _).ShouldBeTrue();
        CanonicalEncoding.TryValidate(type, bytes.AsSpan(0, bytes.Length - 1), out ValueError error).ShouldBeFalse();
        error.Path.ShouldBe("Group[0].value.Poly");
        DataType lines = new ListType(RandomValues.Named("Line"));
        byte[] line = [1, 0, 0, 0, .. new byte[16], 1, 0, 0, 0, 0xFF];
        CanonicalEncoding.TryValidate(lines, line, out error).ShouldBeFalse();
        error.Message.ShouldBe("[0].name: expected string, found bytes that are not UTF-8");
        error.Offset.ShouldBe(20);
    }

    [Fact]
    public void Values_of_the_greatest_depth_pass_and_deeper_ones_are_refused_by_bytes_and_JSON_alike()
    {
        DataType node = RandomValues.Named("Node");
        for (int nodes = 1; nodes < 100; nodes++)
        {
            // A node is one level and the option around the next one is another; the last option counts too.
            bool fits = 2 * nodes <= ValueLimits.DepthMax;
            byte[] chain = Chain(nodes);
            CanonicalEncoding.TryValidate(node, chain, out ValueError error).ShouldBe(fits, $"{nodes} nodes");
            if (!fits) error.Kind.ShouldBe(ValueErrorKind.TooDeep);
            string json = string.Concat(Enumerable.Repeat("{\"value\":0,\"children\":[],\"next\":[", nodes - 1))
                + "{\"value\":0,\"children\":[],\"next\":null}" + string.Concat(Enumerable.Repeat("]}", nodes - 1));
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 1000 });
            var buffer = new System.Buffers.ArrayBufferWriter<byte>();
            JsonValues.TryRead(document.RootElement, node, buffer, out error).ShouldBe(fits, $"{nodes} nodes");
            if (fits) buffer.WrittenSpan.ToArray().ShouldBe(chain);
            else error.Kind.ShouldBe(ValueErrorKind.TooDeep);
        }
    }

    [Fact]
    public void The_options_for_JSON_let_the_deepest_value_through()
    {
        // The deepest JSON comes from maps in maps: a wrapper around map<u8,itself> as deep as values go.
        ModuleSchema schema = ModuleSchema.Parse("""
            {"module":{"name":"deep","version":"1.0.0","abi":1}}
            {"type":{"name":"Deep","alias":"map<u8,Deep>"}}
            """u8);
        DataType deep = schema.FindType("Deep")!;
        byte[] bytes = [.. Enumerable.Repeat<byte[]>([1, 0, 0, 0, 7], ValueLimits.DepthMax - 1).SelectMany(b => b), 0, 0, 0, 0];
        CanonicalEncoding.TryValidate(deep, bytes, out ValueError error).ShouldBeTrue(error.Message);
        var json = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json)) JsonValues.Write(writer, deep, bytes);
        using JsonDocument document = JsonDocument.Parse(json.WrittenMemory, ValueLimits.Json);
        var read = new System.Buffers.ArrayBufferWriter<byte>();
        JsonValues.TryRead(document.RootElement, deep, read, out error).ShouldBeTrue(error.Message);
        read.WrittenSpan.ToArray().ShouldBe(bytes);
    }

    [Fact]
    public void A_million_open_options_do_not_overflow_the_stack()
    {
        ModuleSchema schema = ModuleSchema.Parse("""
            {"module":{"name":"deep","version":"1.0.0","abi":1}}
            {"type":{"name":"Deep","alias":"option<Deep>"}}
            """u8);
        byte[] bytes = new byte[1_000_000];
        Array.Fill(bytes, (byte)1);
        CanonicalEncoding.TryValidate(schema.FindType("Deep")!, bytes, out ValueError error).ShouldBeFalse();
        error.Kind.ShouldBe(ValueErrorKind.TooDeep);
    }

    [Fact]
    public void A_plain_struct_counts_as_a_level_wherever_it_stands()
    {
        // A list of plain structs is skipped in one step; at the border of the depth it must be refused all the same.
        ModuleSchema schema = ModuleSchema.Parse("""
            {"module":{"name":"deep","version":"1.0.0","abi":1}}
            {"type":{"name":"Point","struct":[{"name":"x","type":"u8"}]}}
            {"type":{"name":"Tree","struct":[{"name":"points","type":"list<Point>"},{"name":"one","type":"Point"},{"name":"next","type":"option<Tree>"}]}}
            """u8);
        DataType tree = schema.FindType("Tree")!;
        byte[] Bytes(int trees, int points)
        {
            byte[] last = [(byte)points, 0, 0, 0, .. new byte[points], 5, 0];
            return [.. Enumerable.Repeat<byte[]>([0, 0, 0, 0, 5, 1], trees - 1).SelectMany(b => b), .. last];
        }

        // The tree number n is level 2n - 1; its list is one more, the points in it two more.
        CanonicalEncoding.TryValidate(tree, Bytes(31, 3), out _).ShouldBeTrue();
        CanonicalEncoding.TryValidate(tree, Bytes(32, 0), out _).ShouldBeTrue();
        CanonicalEncoding.TryValidate(tree, Bytes(32, 3), out ValueError error).ShouldBeFalse();
        error.Kind.ShouldBe(ValueErrorKind.TooDeep);
        error.Path.ShouldEndWith("points");
    }

    private static byte[] Chain(int nodes)
    {
        var bytes = new List<byte>();
        for (int i = 0; i < nodes; i++) bytes.AddRange([0, 0, 0, 0, 0, i < nodes - 1 ? (byte)1 : (byte)0]);
        return [.. bytes];
    }
}
