using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using static Interstice.Kernel.Tests.Expressions.ExpressionModel;

namespace Interstice.Kernel.Tests.Expressions;

/// <summary>Random conditions on <see cref="ExpressionTable"/>, and rows that they have something to say about.</summary>
internal sealed class ExpressionGenerator(Random random)
{
    private static readonly string[] Integers =
    [
        "0", "1", "-1", "7", "-8", "127", "255", "-32768", "65535", "2147483647", "4294967295", "9007199254740993",
        "9223372036854775807", "-9223372036854775808", "18446744073709551615", "170141183460469231731687303715884105727",
        "-170141183460469231731687303715884105728", "340282366920938463463374607431768211455",
    ];

    private static readonly (string Column, int Bits, bool IsSigned)[] IntegerColumns =
    [
        ("id", 64, false), ("a8", 8, true), ("b8", 8, false), ("a16", 16, true), ("b16", 16, false), ("a32", 32, true),
        ("b32", 32, false), ("a64", 64, true), ("a128", 128, true), ("b128", 128, false), ("price", 128, true),
    ];

    // Each is an f32 too, since a decimal number beside an f32 is rounded.
    private static readonly double[] Floats =
        [0, -0.0, 1, -1, 0.5, -7.25, 9007199254740992, 73786976294838206464.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity];

    private static readonly string[] Strings = ["", "a", "ab", "b", "B", "é", "\uff5e", "\U0001F600", "it's", "%"];

    private static readonly string[] Days = ["2026-01-31", "1970-01-01", "1969-12-31"];

    private static readonly string[] Colors = ["red", "green", "Blue"];

    private static readonly string[] Comparisons = ["=", "<>", "!=", "<", "<=", ">", ">="];

    internal string Row()
    {
        var columns = new Dictionary<string, string>();
        using (JsonDocument defaults = JsonDocument.Parse(ExpressionTable.DefaultRow))
            foreach (JsonProperty property in defaults.RootElement.EnumerateObject()) columns[property.Name] = property.Value.GetRawText();
        foreach ((string column, int bits, bool isSigned) in IntegerColumns)
        {
            BigInteger min = isSigned ? -(BigInteger.One << (bits - 1)) : 0;
            BigInteger max = min + (BigInteger.One << bits) - 1;
            string value = Pick([.. Integers.Where(text => Parse(text) >= min && Parse(text) <= max)]);
            columns[column] = bits >= 64 ? $"\"{value}\"" : value;
        }

        columns["rank"] = Maybe($"\"{random.Next(3)}\"");
        columns["deep"] = Maybe(Maybe($"{random.Next(-1, 2)}"));
        columns["alive"] = Bool();
        columns["flag"] = Maybe(Bool());
        columns["f"] = JsonFloat();
        columns["g"] = JsonFloat();
        columns["weight"] = Maybe(JsonFloat());
        columns["name"] = JsonSerializer.Serialize(Pick(Strings));
        columns["nick"] = Maybe(JsonSerializer.Serialize(Pick(Strings)));
        columns["home"] = $$"""{"street":{{JsonSerializer.Serialize(Pick(Strings))}},"zip":{{Maybe($"{random.Next(3)}")}},"in":{{Bool()}}}""";
        columns["away"] = Maybe(columns["home"]);
        columns["data"] = $"\"{Convert.ToBase64String(RandomBytes())}\"";
        columns["color"] = $$"""{"{{Pick(Colors)}}":null}""";
        columns["mood"] = Maybe($$"""{"{{Pick(Colors)}}":null}""");
        columns["status"] = random.Next(2) == 0 ? """{"open":null}""" : $$"""{"closed":{{JsonSerializer.Serialize(Pick(Strings))}}}""";
        columns["born"] = $"\"{Pick(Days)}T00:00:0{random.Next(2)}.000000Z\"";
        return "{" + string.Join(',', columns.Select(column => $"\"{column.Key}\":{column.Value}")) + "}";
    }

    /// <summary>A condition, as the model sees it.</summary>
    internal Node Condition(int depth) => random.Next(depth > 0 ? 12 : 7) switch
    {
        0 => Pair(Value(depth, Family.Number), Value(depth, Family.Number)),
        1 => Pair(Value(depth, Family.String), Value(depth, Family.String)),
        2 => Pair(Value(depth, (Family)random.Next(2, 5)), null),
        3 => random.Next(2) == 0 ? new Field("alive", row => Option(row.GetProperty("alive"))) : new Field("flag", row => Option(row.GetProperty("flag"))),
        4 => Membership(depth),
        5 => new IsNull(random.Next(2) == 0 ? Value(depth, Family.Number) : Typed((Family)random.Next(5)), random.Next(2) == 0),
        6 => Range(depth),
        7 => new Not(Condition(depth - 1)),
        8 => Pair(Condition(depth - 1), Condition(depth - 1)),
        _ => new Logic(random.Next(2) == 0, [.. Enumerable.Range(0, random.Next(2, 4)).Select(_ => Condition(depth - 1))]),
    };

    /// <summary>The text of a condition, with random spaces, cases and parentheses.</summary>
    internal string Text(Node node)
    {
        string text = node switch
        {
            Literal literal => literal.Text,
            Field field => field.Path,
            Arithmetic arithmetic => $"({Text(arithmetic.Left)}{Space()}{arithmetic.Operator} {Text(arithmetic.Right)})",
            Comparison comparison => $"{Inner(comparison.Left)}{Space()}{comparison.Operator}{Space()}{Inner(comparison.Right)}",
            Between range => $"{Inner(range.Operand)} {Word(range.IsNegated ? "not between" : "between")} {Inner(range.Lower)} {Word("and")} {Inner(range.Upper)}",
            In set => $"{Inner(set.Operand)} {Word(set.IsNegated ? "not in" : "in")}{Space()}({string.Join($"{Space()},{Space()}", set.Items.Select(Inner))})",
            IsNull test => $"{Inner(test.Operand)} {Word(test.IsNegated ? "is not null" : "is null")}",
            Not not => $"{Word("not")} ({Text(not.Operand)})",
            Logic logic => "(" + string.Join($" {Word(logic.IsAnd ? "and" : "or")} ", logic.Parts.Select(Text)) + ")",
            _ => throw new InvalidOperationException(node.GetType().Name),
        };
        return random.Next(10) == 0 && node is not (Literal or Field) ? $"({Space()}{text})" : text;
    }

    private enum Family
    {
        Number,
        String,
        Bytes,
        Timestamp,
        Variant,
    }

    private Comparison Pair(Node left, Node? right)
    {
        right ??= Typed(FamilyOf(left));
        return random.Next(2) == 0 ? new Comparison(Pick(Comparisons), left, right) : new Comparison(Pick(Comparisons), right, left);
    }

    private In Membership(int depth)
    {
        var family = (Family)random.Next(5);
        Node[] items = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => Value(depth, family))];
        return new In(Typed(family), items, random.Next(3) == 0);
    }

    private Between Range(int depth)
    {
        var family = (Family)random.Next(5);
        return new Between(Typed(family), Value(depth, family), Value(depth, family), random.Next(3) == 0);
    }

    private Node Value(int depth, Family family) => family switch
    {
        Family.Number when depth > 0 && random.Next(3) == 0 =>
            new Arithmetic(Pick("+-*/%".ToCharArray()), Value(depth - 1, family), Value(depth - 1, family)),
        Family.Number when random.Next(3) == 0 => NumberLiteral(),
        Family.String when random.Next(3) == 0 => StringLiteral(Pick(Strings)),
        Family.Timestamp when random.Next(3) == 0 => TimestampLiteral(),
        Family.Bytes when random.Next(3) == 0 => BytesLiteral(),
        Family.Variant when random.Next(3) == 0 => VariantLiteral(),
        _ => Typed(family),
    };

    /// <summary>A column or field of a family, which gives literals beside it their type.</summary>
    private Field Typed(Family family)
    {
        switch (family)
        {
            case Family.Number when random.Next(3) == 0:
                return Pick<Field>(
                [
                    new("f", row => Single(row.GetProperty("f"))), new("g", row => Float(row.GetProperty("g"))),
                    new("weight", row => Inside(row.GetProperty("weight")) is { } value ? Float(value) : null),
                ]);
            case Family.Number:
                if (random.Next(3) > 0)
                {
                    string column = Pick(IntegerColumns).Column;
                    return new Field(column, row => Integer(row.GetProperty(column)));
                }

                return Pick<Field>(
                [
                    new("rank", row => Inside(row.GetProperty("rank")) is { } value ? Integer(value) : null),
                    new("deep", row => Inside(row.GetProperty("deep")) is { } one && Inside(one) is { } value ? Integer(value) : null),
                    new("home.zip", row => Inside(row.GetProperty("home").GetProperty("zip")) is { } value ? Integer(value) : null),
                    new("away.zip", row => Inside(row.GetProperty("away")) is { } away
                        && Inside(away.GetProperty("zip")) is { } value ? Integer(value) : null),
                ]);
            case Family.String:
                return Pick<Field>(
                [
                    new("name", row => row.GetProperty("name").GetString()), new("home.street", row => row.GetProperty("home").GetProperty("street").GetString()),
                    new("nick", row => Inside(row.GetProperty("nick"))?.GetString()),
                    new("away.street", row => Inside(row.GetProperty("away"))?.GetProperty("street").GetString()),
                    new("status.closed", row => row.GetProperty("status").TryGetProperty("closed", out JsonElement text) ? text.GetString() : null),
                ]);
            case Family.Bytes:
                return new Field("data", row => row.GetProperty("data").GetBytesFromBase64());
            case Family.Timestamp:
                return new Field("born", row => Microseconds(row.GetProperty("born").GetString()!));
            default:
                return Pick<Field>(
                [
                    new("color", row => ColorNumber(row.GetProperty("color"))), new("coat", row => ColorNumber(row.GetProperty("coat"))),
                    new("mood", row => Inside(row.GetProperty("mood")) is { } value ? ColorNumber(value) : null),
                ]);
        }
    }

    private static Family FamilyOf(Node node) => node switch
    {
        Field { Path: "data" } => Family.Bytes,
        Field { Path: "born" } => Family.Timestamp,
        Literal { Value: byte[] } => Family.Bytes,
        Literal { Text: ['t', ..] } => Family.Timestamp,
        _ => Family.Variant,
    };

    private Literal NumberLiteral()
    {
        if (random.Next(2) == 0)
        {
            string integer = Pick(Integers);
            return new Literal(integer, Parse(integer));
        }

        double value = Pick(Floats);
        string text = value.ToString("R", CultureInfo.InvariantCulture);
        if (!double.IsFinite(value)) return new Literal($"f64 '{text}'", value);
        return new Literal(text.Contains('E', StringComparison.Ordinal) || text.Contains('.', StringComparison.Ordinal) ? text : text + ".0", value);
    }

    private static Literal StringLiteral(string text) =>
        new($"'{text.Replace("'", "''", StringComparison.Ordinal)}'", text);

    private Literal TimestampLiteral()
    {
        string day = Pick(Days);
        return new Literal($"timestamp '{day}'", Microseconds(day + "T00:00:00Z"));
    }

    private Literal BytesLiteral()
    {
        byte[] bytes = RandomBytes();
        return new Literal($"bytes '{Convert.ToBase64String(bytes)}'", bytes);
    }

    /// <summary>A variant; green is a column too, so it stands in quotation marks.</summary>
    private Literal VariantLiteral()
    {
        int number = random.Next(Colors.Length);
        string text = number == 1 || random.Next(2) == 0 ? $"'{Colors[number]}'" : Colors[number];
        return new Literal(text, new BigInteger(number));
    }

    private string Inner(Node node) => node is Literal or Field or Arithmetic ? Text(node) : $"({Text(node)})";

    private string Space() => Pick(["", " ", "\t", "  "]) is { } space && random.Next(2) == 0 ? space : " ";

    private string Word(string word) => random.Next(4) == 0 ? word.ToUpperInvariant() : word;

    private string Maybe(string json) => random.Next(2) == 0 ? "null" : $"[{json}]";

    private string Bool() => random.Next(2) == 0 ? "true" : "false";

    private string JsonFloat()
    {
        double value = Pick(Floats);
        if (!double.IsFinite(value)) return $"\"{value.ToString("R", CultureInfo.InvariantCulture)}\"";
        return value.ToString("R", CultureInfo.InvariantCulture);
    }

    private byte[] RandomBytes() => [.. Enumerable.Range(0, random.Next(3)).Select(_ => (byte)(random.Next(2) * 255))];

    private T Pick<T>(IReadOnlyList<T> values) => values[random.Next(values.Count)];

    private static object? Option(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.Array => json[0].GetBoolean(),
        _ => json.GetBoolean(),
    };

    private static JsonElement? Inside(JsonElement json) => json.ValueKind == JsonValueKind.Null ? null : json[0];

    private static BigInteger Integer(JsonElement json) =>
        Parse(json.ValueKind == JsonValueKind.String ? json.GetString()! : json.GetRawText());

    private static double Float(JsonElement json) => json.ValueKind == JsonValueKind.String
        ? double.Parse(json.GetString()!, CultureInfo.InvariantCulture) : json.GetDouble();

    // The shortest digits of an f32 name another number as f64.
    private static double Single(JsonElement json) => json.ValueKind == JsonValueKind.String ? Float(json) : json.GetSingle();

    private static BigInteger ColorNumber(JsonElement json) =>
        new BigInteger(Array.IndexOf(Colors, json.EnumerateObject().First().Name));

    private static BigInteger Microseconds(string text) => new BigInteger(
        (DateTimeOffset.Parse(text, CultureInfo.InvariantCulture) - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);

    private static BigInteger Parse(string text) => BigInteger.Parse(text, CultureInfo.InvariantCulture);
}
