using System.Buffers;
using System.Text.Json;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Tests.Values;

public sealed class JsonValuesTests
{
    private static readonly RowCodec Transfer = new(
        [new FieldSchema("from", U64), new FieldSchema("to", U64), new FieldSchema("amount", DataType.Parse("i64"))]);

    private static DataType U64 => ScalarType.Of(ScalarKind.U64);

    [Theory]
    [InlineData("u64", "12", "\"12\"")]
    [InlineData("u64", "18446744073709551615", "\"18446744073709551615\"")]
    [InlineData("u64", "999999999999999999", "\"999999999999999999\"")]
    [InlineData("u64", "1000000000000000000", "\"1000000000000000000\"")]
    [InlineData("u64", "1e3", "\"1000\"")]
    [InlineData("i128", "-7", "\"-7\"")]
    [InlineData("u8", "255", "255")]
    [InlineData("i16", "32767", "32767")]
    [InlineData("u64", "10.0", "\"10\"")]
    [InlineData("u64", "1.5e1", "\"15\"")]
    [InlineData("u64", "0.0e-999999999999", "\"0\"")]
    [InlineData("u64", "0e999999999999", "\"0\"")]
    [InlineData("i64", "-9223372036854775808", "\"-9223372036854775808\"")]
    [InlineData("i64", "\"-0\"", "\"0\"")]
    [InlineData("u128", "340282366920938463463374607431768211455", "\"340282366920938463463374607431768211455\"")]
    [InlineData("i128", "-1.70141183460469231731687303715884105728e38", "\"-170141183460469231731687303715884105728\"")]
    [InlineData("i8", "-128", "-128")]
    [InlineData("u32", "4.294967295e9", "4294967295")]
    [InlineData("duration", "-5", "\"-5\"")]
    [InlineData("f64", "-0", "-0.0")]
    [InlineData("f64", "1e0", "1")]
    [InlineData("f64", "1e-400", "0")]
    [InlineData("f32", "0.1", "0.1")]
    [InlineData("f32", "16777217", "16777216")]
    [InlineData("f32", "\"-Infinity\"", "\"-Infinity\"")]
    [InlineData("timestamp", "\"2026-01-31T12:00:00Z\"", "\"2026-01-31T12:00:00.000000Z\"")]
    [InlineData("timestamp", "\"2024-02-29T23:59:59.5Z\"", "\"2024-02-29T23:59:59.500000Z\"")]
    [InlineData("timestamp", "1000000", "\"1970-01-01T00:00:01.000000Z\"")]
    [InlineData("timestamp", "\"-1\"", "\"1969-12-31T23:59:59.999999Z\"")]
    [InlineData("uuid", "\"00112233-4455-6677-8899-AABBCCDDEEFF\"", "\"00112233-4455-6677-8899-aabbccddeeff\"")]
    [InlineData("bytes", "\"\"", "\"\"")]
    [InlineData("option<option<u8>>", "null", "null")]
    [InlineData("option<option<u8>>", "[[1]]", "[[1]]")]
    [InlineData("map<string,u8>", "[[\"b\",2],[\"a\",1]]", "[[\"a\",1],[\"b\",2]]")]
    [InlineData("map<i8,u8>", "[[1,2],[-1,1]]", "[[-1,1],[1,2]]")]
    [InlineData("Color", "\"green\"", "{\"green\":null}")]
    [InlineData("Point", "{\"y\":2,\"x\":1}", "{\"x\":1,\"y\":2}")]
    public void Input_may_be_written_in_other_ways_where_it_is_exact(string type, string json, string canonical) =>
        Rewrite(type, json, out ValueError error).ShouldBe(canonical, error.Message);

    [Theory]
    [InlineData("bool", "1", "expected bool (true or false), found 1")]
    [InlineData("u64", "\"abc\"", "expected u64, found \"abc\"")]
    [InlineData("u64", "-1", "expected u64 (0 to 18446744073709551615), found -1")]
    [InlineData("u64", "0.5", "expected u64 (0 to 18446744073709551615), found 0.5")]
    [InlineData("u64", "1e999999999999", "expected u64 (0 to 18446744073709551615), found 1e999999999999")]
    [InlineData("u64", "\" 1\"", "expected u64, found \" 1\"")]
    [InlineData("u64", "\"+1\"", "expected u64, found \"+1\"")]
    [InlineData("u64", "\"\"", "expected u64, found \"\"")]
    [InlineData("u64", "null", "expected u64, found null")]
    [InlineData("u64", "{}", "expected u64, found an object")]
    [InlineData("i8", "128", "expected i8 (-128 to 127), found 128")]
    [InlineData("i8", "-129", "expected i8 (-128 to 127), found -129")]
    [InlineData("u8", "-1", "expected u8 (0 to 255), found -1")]
    [InlineData("u128", "-1", "expected u128 (0 to 340282366920938463463374607431768211455), found -1")]
    [InlineData("i32", "2147483648", "expected i32 (-2147483648 to 2147483647), found 2147483648")]
    [InlineData("u16", "\"1\"", "expected u16, found \"1\"")]
    [InlineData("i128", "170141183460469231731687303715884105728",
        "expected i128 (-170141183460469231731687303715884105728 to 170141183460469231731687303715884105727), "
        + "found 170141183460469231731687303715884105728")]
    [InlineData("u128", "1e39", "expected u128 (0 to 340282366920938463463374607431768211455), found 1e39")]
    [InlineData("f64", "1e400", "expected f64, found 1e400")]
    [InlineData("f32", "1e39", "expected f32, found 1e39")]
    [InlineData("f64", "\"1\"", "expected f64, found \"1\"")]
    [InlineData("f64", "\"nan\"", "expected f64, found \"nan\"")]
    [InlineData("string", "5", "expected string, found 5")]
    [InlineData("string", "\"\\ud800\"", "expected string, found text with an unpaired surrogate")]
    [InlineData("bytes", "\"AP8\"", "expected bytes (base64 with padding), found \"AP8\"")]
    [InlineData("uuid", "\"00112233445566778899aabbccddeeff\"",
        "expected uuid (as 01234567-89ab-cdef-0123-456789abcdef), found \"00112233445566778899aabbccddeeff\"")]
    [InlineData("identity", "\"00\"", "expected identity (64 hexadecimal digits), found \"00\"")]
    [InlineData("timestamp", "\"2026-02-29T00:00:00Z\"",
        "expected timestamp (as 2026-01-31T12:00:00.000000Z, or microseconds), found \"2026-02-29T00:00:00Z\"")]
    [InlineData("timestamp", "\"2026-01-31T12:00:00+01:00\"",
        "expected timestamp (as 2026-01-31T12:00:00.000000Z, or microseconds), found \"2026-01-31T12:00:00+01:00\"")]
    [InlineData("timestamp", "\"2026-01-31T12:00:00.1234567Z\"",
        "expected timestamp (as 2026-01-31T12:00:00.000000Z, or microseconds), found \"2026-01-31T12:00:00.1234567Z\"")]
    [InlineData("duration", "\"1s\"", "expected duration (microseconds), found \"1s\"")]
    [InlineData("option<u8>", "5", "expected option<u8> (null or an array of one value), found 5")]
    [InlineData("option<u8>", "[]", "expected option<u8> (null or an array of one value), found an array of 0")]
    [InlineData("list<u8>", "{}", "expected list<u8> (an array), found an object")]
    [InlineData("list<u8>", "[1,256]", "[1]: expected u8 (0 to 255), found 256")]
    [InlineData("map<u8,u8>", "{}", "expected map<u8,u8> (an array of pairs), found an object")]
    [InlineData("map<u8,u8>", "[[1]]", "[0]: expected a pair of key and value, found an array of 1")]
    [InlineData("map<u8,u8>", "[[1,2],[2,\"x\"]]", "[1].value: expected u8, found \"x\"")]
    [InlineData("map<u8,u8>", "[[1,2],[2,3],[1,4]]", "[2].key: the key of entry 0 stands twice")]
    [InlineData("Point", "[1,2]", "expected Point (an object with its fields), found an array of 2")]
    [InlineData("Point", "{\"x\":1}", "field \"y\" of type i32 is missing")]
    [InlineData("Point", "{\"x\":1,\"x\":1}", "field \"x\" stands twice")]
    [InlineData("Line", "{\"a\":{\"x\":1,\"y\":2},\"b\":{\"x\":1,\"y\":2},\"nmae\":\"\"}",
        "unknown field \"nmae\"; did you mean \"name\"?")]
    [InlineData("Line", "{\"a\":{\"x\":1,\"y\":2},\"b\":{\"x\":1,\"y\":null},\"name\":\"\"}", "b.y: expected i32, found null")]
    [InlineData("Point", "{\"\\ud800\":1}", "unknown field \"\"")]
    [InlineData("Color", "{\"grene\":null}", "Color has no variant \"grene\"; did you mean \"green\"?")]
    [InlineData("Color", "{\"green\":1}", "green: expected null, since this variant has no payload, found 1")]
    [InlineData("Color", "{}", "expected Color (an object with one variant), found an object")]
    [InlineData("Shape", "\"Circle\"", "Circle: expected f64, found nothing")]
    [InlineData("Shape", "{\"Poly\":[{\"x\":1,\"y\":\"2\"}]}", "Poly[0].y: expected i32, found \"2\"")]
    public void Wrong_input_is_refused_with_path_expectation_and_finding(string type, string json, string message)
    {
        Rewrite(type, json, out ValueError error).ShouldBeNull();
        error.Message.ShouldBe(message);
    }

    [Theory]
    [InlineData("""["1", "abc", "5"]""", "argument 2 \"to\": expected u64, found \"abc\"")]
    [InlineData("""["1", "2"]""", "expected 3 arguments (from: u64, to: u64, amount: i64), found 2")]
    [InlineData("""["1", "2", "3", "4"]""", "expected 3 arguments (from: u64, to: u64, amount: i64), found 4")]
    [InlineData("""{"from":1,"to":2}""", "argument \"amount\" of type i64 is missing")]
    [InlineData("""{"from":1,"to":2,"amuont":3}""", "unknown argument \"amuont\"; did you mean \"amount\"?")]
    [InlineData("""{"from":1,"to":2,"to":3}""", "argument \"to\" stands twice")]
    [InlineData("""{"from":1,"to":2,"amount":"x"}""", "argument 3 \"amount\": expected i64, found \"x\"")]
    [InlineData("5", "expected an array or object of arguments, found 5")]
    public void Wrong_arguments_are_named(string json, string message)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        var buffer = new ArrayBufferWriter<byte>();
        JsonValues.TryReadArguments(document.RootElement, Transfer, buffer, out ValueError error).ShouldBeFalse();
        error.Message.ShouldBe(message);
    }

    [Fact]
    public void Arguments_may_be_given_in_order_or_by_name()
    {
        byte[] expected = [1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
        foreach (string json in new[] { """["1",2,-1]""", """{"amount":-1,"to":"2","from":1}""" })
        {
            using JsonDocument document = JsonDocument.Parse(json);
            var buffer = new ArrayBufferWriter<byte>();
            JsonValues.TryReadArguments(document.RootElement, Transfer, buffer, out ValueError error).ShouldBeTrue(error.Message);
            buffer.WrittenSpan.ToArray().ShouldBe(expected);
        }
    }

    [Fact]
    public void A_call_without_parameters_takes_an_empty_list_or_object()
    {
        var none = new RowCodec([]);
        foreach (string json in new[] { "[]", "{}" })
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonValues.TryReadArguments(document.RootElement, none, new ArrayBufferWriter<byte>(), out _).ShouldBeTrue();
        }

        using JsonDocument one = JsonDocument.Parse("[1]");
        JsonValues.TryReadArguments(one.RootElement, none, new ArrayBufferWriter<byte>(), out ValueError error).ShouldBeFalse();
        error.Message.ShouldBe("expected 0 arguments, found 1");
    }

    [Fact]
    public void Long_input_is_shortened_in_messages_and_pairs_of_surrogates_stay_whole()
    {
        Rewrite("u64", $"\"{new string('x', 38)}😀{new string('y', 1000)}\"", out ValueError error).ShouldBeNull();
        error.Message.ShouldBe($"expected u64, found \"{new string('x', 38)}... (1042 characters)");
    }

    [Fact]
    public void Every_microsecond_near_the_borders_of_ISO_8601_comes_back()
    {
        foreach (long border in new[] { -62_135_596_800_000_000, 0, 253_402_300_800_000_000, long.MinValue + 3, long.MaxValue - 3 })
        {
            for (int step = -3; step <= 3; step++)
            {
                long us = border + step;
                string text = TimestampText.Format(us);
                bool isIso = us is >= -62_135_596_800_000_000 and < 253_402_300_800_000_000;
                text.EndsWith('Z').ShouldBe(isIso, text);
                TimestampText.TryParse(text, out long read).ShouldBe(isIso, text);
                if (isIso) read.ShouldBe(us);
            }
        }
    }

    private static string? Rewrite(string typeName, string json, out ValueError error)
    {
        DataType type = char.IsAsciiLetterUpper(typeName[0]) ? RandomValues.Named(typeName) : DataType.Parse(typeName);
        using JsonDocument document = JsonDocument.Parse(json);
        var buffer = new ArrayBufferWriter<byte>();
        if (!JsonValues.TryRead(document.RootElement, type, buffer, out error)) return null;
        CanonicalEncoding.TryValidate(type, buffer.WrittenSpan, out error).ShouldBeTrue(error.Message);
        var text = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(text)) JsonValues.Write(writer, type, buffer.WrittenSpan);
        return System.Text.Encoding.UTF8.GetString(text.WrittenSpan);
    }
}
