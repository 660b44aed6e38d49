using System.Buffers;
using System.Text.Json;
using Interstice.Kernel.Migrations;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tests.Values;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Tests.Migrations;

public sealed class ValueConversionTests
{
    [Theory]
    [InlineData("u8", "u16", "255", "255")]
    [InlineData("u8", "i16", "255", "255")]
    [InlineData("i8", "i128", "-128", "\"-128\"")]
    [InlineData("u64", "u128", "\"18446744073709551615\"", "\"18446744073709551615\"")]
    [InlineData("f32", "f64", "-1.5", "-1.5")]
    [InlineData("f32", "f64", "\"NaN\"", "\"NaN\"")]
    [InlineData("string", "option<string>", "\"a\"", "[\"a\"]")]
    [InlineData("u8", "option<option<u32>>", "7", "[[7]]")]
    [InlineData("option<u8>", "option<u16>", "null", "null")]
    [InlineData("option<u8>", "option<u16>", "[3]", "[3]")]
    [InlineData("list<i8>", "list<i32>", "[-1,2]", "[-1,2]")]
    [InlineData("map<u8,list<u8>>", "map<i32,option<list<u16>>>", "[[1,[2]],[3,[]]]", "[[1,[[2]]],[3,[[]]]]")]
    public void Every_value_of_the_narrower_type_is_one_of_the_wider(string from, string to, string value, string expected) =>
        Convert(DataType.Parse(from), DataType.Parse(to), value).ShouldBe(expected);

    [Theory]
    [InlineData("u16", "u8", "not every u16 fits u8")]
    [InlineData("i16", "u64", "not every i16 fits u64")]
    [InlineData("u64", "i64", "not every u64 fits i64")]
    [InlineData("f64", "f32", "not every f64 fits f32")]
    [InlineData("u8", "f64", "u8 is no f64")]
    [InlineData("timestamp", "i64", "timestamp is no i64")]
    [InlineData("option<u8>", "u8", "option<u8> is no u8")]
    [InlineData("list<u16>", "list<u8>", "not every u16 fits u8")]
    public void What_could_lose_values_is_no_conversion(string from, string to, string problem)
    {
        ValueConversion.Find(DataType.Parse(from), DataType.Parse(to), out string found).ShouldBeNull();
        found.ShouldBe(problem);
    }

    [Fact]
    public void Declared_types_grow_by_variants_at_the_end_and_by_fields_that_are_options()
    {
        ModuleSchema before = MigrationTest.Declare("1.0.0",
            """{"type":{"name":"Kind","enum":[{"name":"a"},{"name":"b","type":"u8"}]}}""",
            """{"type":{"name":"Node","struct":[{"name":"kind","type":"Kind"},{"name":"next","type":"option<Node>"}]}}""");
        ModuleSchema after = MigrationTest.Declare("1.0.0",
            """{"type":{"name":"Kind","enum":[{"name":"a"},{"name":"b","type":"u32"},{"name":"c"}]}}""",
            """{"type":{"name":"Node","struct":[{"name":"note","type":"option<string>"},{"name":"next","type":"option<Node>"},{"name":"kind","type":"Kind"}]}}""");
        Convert(before.FindType("Node")!, after.FindType("Node")!, """{"kind":{"b":5},"next":[{"kind":{"a":null},"next":null}]}""")
            .ShouldBe("""{"note":null,"next":[{"note":null,"next":null,"kind":{"a":null}}],"kind":{"b":5}}""");
    }

    [Theory]
    [InlineData("""{"type":{"name":"T","enum":[{"name":"b"},{"name":"a"}]}}""", "variant \"a\" of T is gone or stands elsewhere; new variants come behind those that are there")]
    [InlineData("""{"type":{"name":"T","enum":[{"name":"a","type":"u8"},{"name":"b"}]}}""", "variant \"a\" of T has a payload now")]
    public void Variants_keep_their_numbers_and_payloads(string declared, string problem)
    {
        ModuleSchema before = MigrationTest.Declare("1.0.0", """{"type":{"name":"T","enum":[{"name":"a"},{"name":"b"}]}}""");
        ValueConversion.Find(before.FindType("T")!, MigrationTest.Declare("1.0.0", declared).FindType("T")!, out string found).ShouldBeNull();
        found.ShouldBe(problem);
    }

    [Fact]
    public void Converted_values_are_canonical_and_keys_keep_their_order() => Seeded.Run(300, random =>
    {
        var values = new RandomValues(random);
        DataType from = values.KeyType();
        DataType to = Wider(random, from);
        ValueConversion how = ValueConversion.Find(from, to, out string problem).ShouldNotBeNull(problem);
        (byte[] a, byte[] b) = (values.Value(from), values.Value(from));
        (byte[] c, byte[] d) = (Convert(how, a), Convert(how, b));
        CanonicalEncoding.TryValidate(to, c, out ValueError error).ShouldBeTrue(error.ToString());
        Math.Sign(KeyEncoding.Compare(to, c, d)).ShouldBe(Math.Sign(KeyEncoding.Compare(from, a, b)));
    });

    private static DataType Wider(Random random, DataType type) => type switch
    {
        ScalarType { IsInteger: true } scalar when random.Next(2) == 0 => ScalarType.Of(ScalarKind.I128) is { } widest
            && ValueConversion.Find(scalar, widest, out _) is not null ? widest : scalar,
        OptionType option => new OptionType(Wider(random, option.Value)),
        _ => random.Next(3) == 0 ? new OptionType(type) : type,
    };

    private static string Convert(DataType from, DataType to, string json)
    {
        ValueConversion how = ValueConversion.Find(from, to, out string problem).ShouldNotBeNull(problem);
        var value = new ArrayBufferWriter<byte>();
        JsonValues.TryRead(JsonElement.Parse(json), from, value, out ValueError error).ShouldBeTrue(error.ToString());
        byte[] converted = Convert(how, value.WrittenSpan.ToArray());
        CanonicalEncoding.TryValidate(to, converted, out error).ShouldBeTrue(error.ToString());
        var text = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(text)) JsonValues.Write(writer, to, converted);
        return System.Text.Encoding.UTF8.GetString(text.WrittenSpan);
    }

    private static byte[] Convert(ValueConversion how, byte[] value)
    {
        var converted = new ArrayBufferWriter<byte>();
        how.Convert(value, converted);
        return converted.WrittenSpan.ToArray();
    }
}
