using System.Globalization;
using System.Numerics;

namespace Interstice.Host.Tests.Models;

/// <summary>A random condition on rows, in the language of docs/expressions.md, and what it is for a row: true, false or unknown.</summary>
/// <param name="Text">The condition.</param>
/// <param name="Of">Its value.</param>
internal sealed record ModelExpression(string Text, Func<object[], bool?> Of)
{
    private static readonly (string Text, Func<int, bool> Holds)[] Comparisons =
    [
        ("=", order => order == 0), ("<>", order => order != 0), ("<", order => order < 0), ("<=", order => order <= 0),
        (">", order => order > 0), (">=", order => order >= 0),
    ];

    public static ModelExpression Next(Random random, ModelTable table, int depth = 3)
    {
        if (depth == 0) return Predicate(random, table);
        ModelExpression left = Next(random, table, random.Next(depth));
        ModelExpression right = Next(random, table, random.Next(depth));
        return random.Next(4) switch
        {
            0 => new($"({left.Text}) and ({right.Text})", row => And(left.Of(row), right.Of(row))),
            1 => new($"({left.Text}) or ({right.Text})", row => !And(!left.Of(row), !right.Of(row))),
            2 => new($"not ({left.Text})", row => !left.Of(row)),
            _ => left,
        };
    }

    private static bool? And(bool? left, bool? right) =>
        left == false || right == false ? false : left is null || right is null ? null : true;

    private static ModelExpression Predicate(Random random, ModelTable table)
    {
        int position = random.Next(table.Columns.Length);
        (string name, ModelType type) = (table.Columns[position].Name, table.Columns[position].Type);
        ModelType plain = Plain(type);
        if (random.Next(6) == 0 || Literal(plain, plain.Next(random)) is null)
        {
            bool isNot = random.Next(2) == 0;
            return new($"{name} is {(isNot ? "not " : "")}null", row => (Value(type, row[position]) is null) != isNot);
        }

        object a = plain.Next(random);
        object b = plain.Next(random);
        switch (random.Next(6))
        {
            case 0:
                return new(
                    $"{name} in ({Literal(plain, a)}, {Literal(plain, b)})",
                    row => Value(type, row[position]) is { } value ? plain.Compare(value, a) == 0 || plain.Compare(value, b) == 0 : null);
            case 1:
                return new(
                    $"{name} between {Literal(plain, a)} and {Literal(plain, b)}",
                    row => Value(type, row[position]) is { } value ? plain.Compare(value, a) >= 0 && plain.Compare(value, b) <= 0 : null);
            case 2 when plain is ModelType.Integer { Name: not ("timestamp" or "duration") }:
                return Computed(random, name, row => (BigInteger?)Value(type, row[position]), (BigInteger)a, (BigInteger)b);
            default:
                (string sign, Func<int, bool> holds) = Comparisons[random.Next(Comparisons.Length)];
                return new(
                    $"{name} {sign} {Literal(plain, a)}",
                    row => Value(type, row[position]) is { } value ? holds(plain.Compare(value, a)) : null);
        }
    }

    private static ModelExpression Computed(Random random, string name, Func<object[], BigInteger?> value, BigInteger by, BigInteger with)
    {
        char sign = "+-*/%"[random.Next(5)];
        (string comparison, Func<int, bool> holds) = Comparisons[random.Next(Comparisons.Length)];
        return new($"{name} {sign} {Digits(by)} {comparison} {Digits(with)}", row =>
        {
            if (value(row) is not { } left || (sign is '/' or '%' && by.IsZero)) return null;
            BigInteger result = sign switch
            {
                '+' => left + by,
                '-' => left - by,
                '*' => left * by,
                '/' => BigInteger.Divide(left, by),
                _ => BigInteger.Remainder(left, by),
            };
            return BigInteger.Abs(result) >= BigInteger.One << 128 ? null : holds(result.CompareTo(with));
        });
    }

    // What stands in options and wrappers.
    private static ModelType Plain(ModelType type) => type switch
    {
        ModelType.Option option => Plain(option.Of),
        ModelType.Alias alias => Plain(alias.Of),
        _ => type,
    };

    private static object? Value(ModelType type, object value) => type switch
    {
        ModelType.Option option => ((object[])value).Length == 0 ? null : Value(option.Of, ((object[])value)[0]),
        ModelType.Alias alias => Value(alias.Of, value),
        _ => value,
    };

    private static string? Literal(ModelType type, object value) => type switch
    {
        ModelType.Bool => (bool)value ? "true" : "false",
        ModelType.Integer { Name: "timestamp" } => null,
        ModelType.Integer { Name: "duration" } => $"'{((BigInteger)value).ToString(CultureInfo.InvariantCulture)}us'",
        ModelType.Integer => Digits((BigInteger)value),
        ModelType.Float => double.IsFinite((double)value)
            ? ((double)value).ToString("0.0###", CultureInfo.InvariantCulture)
            : $"'{((double)value).ToString(CultureInfo.InvariantCulture)}'",
        ModelType.Text => $"'{((string)value).Replace("'", "''", StringComparison.Ordinal)}'",
        ModelType.Blob => type.Json(value).Replace('"', '\''),
        ModelType.Choice { IsKey: true } => $"v{(((int, object?))value).Item1}",
        _ => null,
    };

    private static string Digits(BigInteger value) => value.ToString(CultureInfo.InvariantCulture);
}
