namespace Interstice.TestKit.Engines;

/// <summary>Values of every type, as JSON in the form in which it is written, in the order of keys.</summary>
/// <param name="Type">The type as a schema names it.</param>
/// <param name="Values">Its values at the edges and between, ascending.</param>
public sealed record ValueSamples(string Type, params string[] Values)
{
    private const string LeastI128 = "\"-170141183460469231731687303715884105728\"";
    private const string MostI128 = "\"170141183460469231731687303715884105727\"";
    private const string MostU128 = "\"340282366920938463463374607431768211455\"";
    private const string LeastIdentity = "\"0000000000000000000000000000000000000000000000000000000000000000\"";
    private const string OneIdentity = "\"0000000000000000000000000000000000000000000000000000000000000001\"";
    private const string MostIdentity = "\"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\"";

    /// <summary>Declarations of the types that samples name.</summary>
    public static IReadOnlyList<string> Types { get; } =
    [
        """{"type":{"name":"Point","struct":[{"name":"x","type":"i32"},{"name":"label","type":"option<string>"}]}}""",
        """{"type":{"name":"Shape","enum":[{"name":"none"},{"name":"circle","type":"f64"},{"name":"path","type":"list<Point>"},{"name":"named","type":"map<string,Shape>"}]}}""",
        """{"type":{"name":"Color","enum":[{"name":"red"},{"name":"green"},{"name":"blue"}]}}""",
        """{"type":{"name":"Meters","alias":"f32"}}""",
        """{"type":{"name":"Login","alias":"string"}}""",
        """{"type":{"name":"Shade","alias":"Color"}}""",
    ];

    /// <summary>Types that may be keys.</summary>
    public static IReadOnlyList<ValueSamples> Keys { get; } =
    [
        new("bool", "false", "true"),
        new("i8", "-128", "-1", "0", "1", "127"),
        new("i16", "-32768", "-1", "0", "255", "256", "32767"),
        new("i32", "-2147483648", "-256", "-1", "0", "1", "2147483647"),
        new("i64", "\"-9223372036854775808\"", "\"-1\"", "\"0\"", "\"1\"", "\"9007199254740993\"", "\"9223372036854775807\""),
        new("i128", LeastI128, "\"-18446744073709551616\"", "\"-1\"", "\"0\"", "\"18446744073709551616\"", MostI128),
        new("u8", "0", "1", "128", "255"),
        new("u16", "0", "255", "256", "65535"),
        new("u32", "0", "1", "2147483648", "4294967295"),
        new("u64", "\"0\"", "\"1\"", "\"9223372036854775808\"", "\"18446744073709551615\""),
        new("u128", "\"0\"", "\"1\"", "\"18446744073709551616\"", MostU128),
        new("string", "\"\"", "\"\\u0000\"", "\"\\u0000\\u0000\"", "\"\\u0000a\"", "\"a\"", "\"a\\u0000\"", "\"aa\"", "\"é\"", "\"\uFFFD\"", "\"𝄞\""),
        new("bytes", "\"\"", "\"AA==\"", "\"AAA=\"", "\"AAE=\"", "\"AP8=\"", "\"AQ==\"", "\"/w==\"", "\"/wA=\"", "\"//8=\""),
        new("uuid", "\"00000000-0000-0000-0000-000000000000\"", "\"00112233-4455-6677-8899-aabbccddeeff\"", "\"ffffffff-ffff-ffff-ffff-ffffffffffff\""),
        new(
            "timestamp", "\"-9223372036854775808\"", "\"0001-01-01T00:00:00.000000Z\"", "\"1969-12-31T23:59:59.999999Z\"",
            "\"1970-01-01T00:00:00.000000Z\"", "\"9999-12-31T23:59:59.999999Z\"", "\"9223372036854775807\""),
        new("duration", "\"-9223372036854775808\"", "\"-1\"", "\"0\"", "\"9223372036854775807\""),
        new("identity", LeastIdentity, OneIdentity, MostIdentity),
        new("Color", """{"red":null}""", """{"green":null}""", """{"blue":null}"""),
        new("Shade", """{"red":null}""", """{"blue":null}"""),
        new("Login", "\"\"", "\"ann\"", "\"bob\""),
        new("option<i16>", "null", "[-32768]", "[0]", "[32767]"),
        new("option<string>", "null", "[\"\"]", "[\"\\u0000\"]", "[\"a\"]"),
        new("option<Color>", "null", """[{"red":null}]""", """[{"blue":null}]"""),
        new("option<option<bool>>", "null", "[null]", "[[false]]", "[[true]]"),
    ];

    /// <summary>Types that may stand in indexes that are not unique.</summary>
    public static IReadOnlyList<ValueSamples> Floats { get; } =
    [
        new("f32", "\"-Infinity\"", "-3.4028235E+38", "-1E-45", "0", "1E-45", "1", "3.4028235E+38", "\"Infinity\"", "\"NaN\""),
        new("f64", "\"-Infinity\"", "-1.7976931348623157E+308", "-5E-324", "0", "5E-324", "0.1", "1.7976931348623157E+308", "\"Infinity\"", "\"NaN\""),
        new("Meters", "-1.5", "0", "2.5"),
    ];

    /// <summary>Types that may be no key; in no order.</summary>
    public static IReadOnlyList<ValueSamples> Others { get; } =
    [
        new("f32", "-0.0", "16777216"),
        new("f64", "-0.0", "9007199254740992"),
        new("Point", """{"x":-2147483648,"label":null}""", """{"x":7,"label":[""]}""", """{"x":0,"label":["é"]}"""),
        new(
            "Shape", """{"none":null}""", """{"circle":"NaN"}""", """{"circle":-0.0}""", """{"path":[]}""", """{"path":[{"x":1,"label":null},{"x":2,"label":["b"]}]}""",
            """{"named":[["",{"none":null}],["a",{"named":[["b",{"circle":0.5}]]}]]}"""),
        new("list<u8>", "[]", "[0]", "[255,0]"),
        new("list<option<string>>", "[]", "[null]", """[["a"],null,[""]]"""),
        new("list<list<f32>>", "[]", "[[]]", "[[-0.0,1.5],[]]"),
        new("map<string,i64>", "[]", """[["","-1"]]""", """[["a","1"],["b","2"],["é","3"]]"""),
        new("map<i8,Point>", "[]", """[[-128,{"x":1,"label":null}],[0,{"x":2,"label":["z"]}],[127,{"x":3,"label":null}]]"""),
        new("map<option<Color>,list<bool>>", "[]", """[[null,[true]],[[{"red":null}],[]],[[{"blue":null}],[false,true]]]"""),
        new("option<Point>", "null", """[{"x":1,"label":[""]}]"""),
        new("option<option<f64>>", "null", "[null]", "[[-0.0]]"),
        new("option<list<map<u8,bytes>>>", "null", "[[]]", """[[[[0,"AA=="],[255,""]],[]]]"""),
    ];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ValueSamples> All { get; } = [.. Keys, .. Floats, .. Others];

    /// <summary>How many rows show every value at least once.</summary>
    public static int RowCount { get; } = All.Max(samples => samples.Values.Length);

    /// <summary>A table <c>everything</c> with a column of every type, a struct of the same fields, an event of it, and a reducer and a
    /// query that give it back.</summary>
    public static IReadOnlyList<string> Everything { get; } =
    [
        .. Types,
        $$$"""{"type":{"name":"Everything","struct":[{{{string.Join(',', Fields())}}}]}}""",
        $$$"""{"table":{"name":"everything","columns":[{"name":"id","type":"u32","primaryKey":true},{{{string.Join(',', Fields())}}}]}}""",
        """{"event":{"name":"happened","type":"Everything"}}""",
        """{"reducer":{"name":"echo","parameters":[{"name":"value","type":"Everything"}],"result":"Everything"}}""",
        """{"query":{"name":"echoed","parameters":[{"name":"value","type":"Everything"}],"result":"Everything"}}""",
    ];

    /// <summary>A value of the struct <c>Everything</c>.</summary>
    /// <param name="number">Which one: 0 to <see cref="RowCount"/> - 1 show every value.</param>
    public static string Value(int number) => $"{{{Content(number)}}}";

    /// <summary>A row of the table <c>everything</c>.</summary>
    /// <param name="id">Its key.</param>
    /// <param name="number">As for <see cref="Value"/>.</param>
    public static string Row(int id, int number) => $"{{\"id\":{id},{Content(number)}}}";

    private static IEnumerable<string> Fields() => All.Select((samples, i) => $$"""{"name":"c{{i}}","type":"{{samples.Type}}"}""");

    private static string Content(int number) =>
        string.Join(',', All.Select((samples, i) => $"\"c{i}\":{samples.Values[number % samples.Values.Length]}"));
}
