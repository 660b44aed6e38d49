using System.Buffers;
using System.Text;
using System.Text.Json;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tests.Values;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Tests.Schema;

public sealed class RowDefaultsTests
{
    // Goal: a row is completed where it ends between two columns and all that are missing have defaults, and nowhere else.
    // Method: tables of random types with random defaults, rows of random values, cut at every byte.
    [Fact]
    public void A_row_cut_at_any_byte_is_completed_only_where_columns_with_defaults_begin() => Seeded.Run(1_000, random =>
    {
        var source = new RandomValues(random);
        DataType[] types = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => source.Type())];
        int first = random.Next(types.Length + 1);
        byte[][] defaults = [.. types.Select(source.Value)];
        TableSchema table = Table(types, i => i >= first ? Json(types[i], defaults[i]) : null);
        table.Defaults.First.ShouldBe(first + 1);
        table.Defaults.HasAny.ShouldBe(first < types.Length);
        byte[][] row = [[7], .. types.Select(source.Value)];
        byte[] whole = Join(row);
        for (int length = 0; length < whole.Length; length++)
        {
            int given = Enumerable.Range(0, row.Length).FirstOrDefault(count => Join(row[..count]).Length == length, -1);
            bool isExpected = given > first;
            table.Defaults.TryFindMissing(whole.AsSpan(0, length), out ReadOnlySpan<byte> missing).ShouldBe(isExpected, $"{length} of {whole.Length} bytes");
            if (!isExpected) continue;
            byte[] completed = [.. whole[..length], .. missing];
            completed.ShouldBe([.. Join(row[..given]), .. Join(defaults[(given - 1)..])]);
            table.Row.TryValidate(completed, out ValueError error).ShouldBeTrue(error.Message);
        }
    });

    [Fact]
    public void Columns_before_one_without_a_default_cannot_be_left_out()
    {
        TableSchema table = Table([DataType.Parse("u8"), DataType.Parse("string")], i => i == 0 ? "5" : null);

        table.Defaults.HasAny.ShouldBeFalse();
        table.Defaults.TryFindMissing([7], out _).ShouldBeFalse();
    }

    [Fact]
    public void Bytes_that_are_no_values_of_the_leading_columns_are_not_completed()
    {
        TableSchema table = Table([DataType.Parse("bool"), DataType.Parse("u8")], i => i == 1 ? "5" : null);

        table.Defaults.TryFindMissing([7, 1], out ReadOnlySpan<byte> missing).ShouldBeTrue();
        missing.ToArray().ShouldBe([5]);
        table.Defaults.TryFindMissing([7, 2], out _).ShouldBeFalse();
        table.Defaults.TryFindMissing([7, 1, 9], out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("bool", "1", "expected bool (true or false), found 1")]
    [InlineData("i8", "128", "expected i8 (-128 to 127), found 128")]
    [InlineData("u16", "-1", "expected u16 (0 to 65535), found -1")]
    [InlineData("i32", "1.5", "expected i32 (-2147483648 to 2147483647), found 1.5")]
    [InlineData("u64", "\"18446744073709551616\"", "expected u64, found \"18446744073709551616\"")]
    [InlineData("i128", "\"x\"", "expected i128, found \"x\"")]
    [InlineData("f32", "\"much\"", "f32")]
    [InlineData("string", "5", "expected string, found 5")]
    [InlineData("string", "null", "expected string, found null")]
    [InlineData("bytes", "\"*\"", "bytes")]
    [InlineData("uuid", "\"12\"", "uuid")]
    [InlineData("timestamp", "\"yesterday\"", "timestamp")]
    [InlineData("duration", "\"1h\"", "duration")]
    [InlineData("identity", "\"ann\"", "identity")]
    [InlineData("option<u8>", "5", "option<u8>")]
    [InlineData("list<u8>", "[1,256]", "[1]")]
    [InlineData("map<string,u8>", "[[\"a\",1],[\"a\",2]]", "[1].key: the key of entry 0 stands twice")]
    [InlineData("Point", "{\"x\":1}", "y")]
    [InlineData("Color", "{\"pink\":null}", "pink")]
    [InlineData("Amount", "\"-1\"", "-1")]
    public void A_default_that_is_no_value_of_its_column_refuses_the_declarations(string type, string json, string told)
    {
        SchemaException refusal = Should.Throw<SchemaException>(() => Table([RandomValues.Named(type) ?? DataType.Parse(type)], _ => json));

        refusal.Kind.ShouldBe(SchemaErrorKind.InvalidDefault);
        refusal.Message.ShouldStartWith("table \"t\" column \"c0\": default");
        refusal.Message.ShouldContain(told);
    }

    // A table of a key and columns c0, c1 and so on.
    private static TableSchema Table(DataType[] types, Func<int, string?> standard)
    {
        IEnumerable<string> columns = types.Select((type, i) => standard(i) is { } json
            ? $$"""{"name":"c{{i}}","type":"{{type}}","default":{{json}}}"""
            : $$"""{"name":"c{{i}}","type":"{{type}}"}""");
        string line = $$$"""{"table":{"name":"t","columns":[{"name":"id","type":"u8","primaryKey":true},{{{string.Join(',', columns)}}}]}}""";
        return ModuleSchema.Parse(Encoding.UTF8.GetBytes(RandomValues.Declarations + "\n" + line)).FindTable("t")!;
    }

    private static string Json(DataType type, byte[] value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer)) JsonValues.Write(json, type, value);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static byte[] Join(byte[][] values) => [.. values.SelectMany(value => value)];
}
