using System.Runtime.CompilerServices;
using Interstice.Kernel.Expressions;
using static Interstice.Kernel.Tests.Expressions.ExpressionTable;

namespace Interstice.Kernel.Tests.Expressions;

public sealed class RowExpressionTests
{
    [Theory]
    [InlineData("id = 7 and alive")]
    [InlineData("ID_IS_NO_COLUMN is null or true", false)]
    [InlineData("a8 = -8 and b8 = 8 and a16 = -16 and b16 = 16 and a32 = -32 and b32 = 32 and a64 = -64")]
    [InlineData("a128 = -128 AND b128 = 128 And price = 5")]
    [InlineData("name = 'rex' and name <> 'Rex' and name < 'rey' and name > 're'")]
    [InlineData("'rex' = name and 7 = id")]
    [InlineData("f = 1.5 and g = 2.5 and f < g and f * 2 = 3 and g - f = 1")]
    [InlineData("data = 'AQID' and data > bytes 'AQI='")]
    [InlineData("key = '01234567-89AB-cdef-0123-456789abcdef'")]
    [InlineData("born = '2026-01-31T12:00:00Z' and born > '2026-01-31' and born = '1769860800000000'")]
    [InlineData("age = '90s' and age = '1m30s' and age < '0.5h'", false)]
    [InlineData("age between '1m' and '2m' and age = duration '45s' * 2 and -age = '-90s' and age / 2 = '45s'")]
    [InlineData("born - timestamp '2026-01-31' = '12h' and born + age > born and age + born - age = born")]
    [InlineData("owner = '00000000000000000000000000000000000000000000000000000000000000FF'")]
    [InlineData("color = 'green' and color <> red and red <> color and color > red and color in (Blue, 'green')")]
    [InlineData("coat <> color and coat = red and coat < Blue")]
    [InlineData("status = closed and status <> open and status.closed = 'rain' and status.held is null")]
    [InlineData("home.street like 'E%' and home.zip = 123 and home.in and home is not null")]
    [InlineData("\"in\" = 4 and \"green\" = 3 and green + 1 = 4")]
    [InlineData("tags is not null and notes is not null and fur is null")]
    [InlineData("chain.value = 1 and chain.next.value = 2 and chain.next.next.value is null and chain.next.next is null")]
    [InlineData("not id = 8 and not (id = 8 or id = 9) and not not alive")]
    [InlineData("id in (1, 3, 7) and id not in (1, 2) and name in ('a', 'rex') and g in (1, 2.5)")]
    [InlineData("a64 between -64 and -60 and a64 not between 0 and 5 and id between a8 and b128")]
    [InlineData("(id > 1) = (name like 'r%') and (id > 1) <> (id < 1)")]
    [InlineData("7 / 2 = 3 and -7 / 2 = -3 and -7 % 2 = -1 and 7 % -2 = 1 and 2 + 3 * 4 = 14 and 10 - 3 - 2 = 5 and --id = 7")]
    [InlineData("7.0 / 2 = 3.5 and 1e3 = 1000 and 7 = 7.0 and 2.5E-1 = 0.25")]
    [InlineData("alive = true and (id = 8) = false and alive > (id = 8)")]
    [InlineData("id=7and alive", false)]
    public void A_condition_that_holds_for_the_row_matches(string text, bool isValid = true)
    {
        if (isValid) Evaluate(text).ShouldBe(Truth.True, text);
        else Should.Throw<ExpressionException>(() => Evaluate(text));
    }

    [Theory]
    [InlineData("rank > 5")]
    [InlineData("not rank > 5")]
    [InlineData("rank = rank")]
    [InlineData("rank <> 5")]
    [InlineData("rank in (1, 2)")]
    [InlineData("rank not in (1, 2)")]
    [InlineData("id in (1, rank)")]
    [InlineData("rank between 1 and 2")]
    [InlineData("nick like '%'")]
    [InlineData("nick not like '%'")]
    [InlineData("flag")]
    [InlineData("not flag")]
    [InlineData("flag and alive")]
    [InlineData("flag or not alive")]
    [InlineData("rank + 1 > 0")]
    [InlineData("away.street = 'x'")]
    [InlineData("away.zip = 1")]
    [InlineData("status.held.zip = 1")]
    [InlineData("mood = red")]
    [InlineData("id / 0 = 0")]
    [InlineData("id % 0 = 0")]
    [InlineData("b128 * 340282366920938463463374607431768211455 > 0")]
    [InlineData("340282366920938463463374607431768211455 + id > 0")]
    [InlineData("-340282366920938463463374607431768211455 - id < 0")]
    [InlineData("duration '9223372036854775807' + age > age")]
    [InlineData("age * 9223372036854775807 > age")]
    [InlineData("age / 0 = age")]
    [InlineData("-duration '-9223372036854775808' > age")]
    [InlineData("timestamp '-9223372036854775808' - age < born")]
    public void What_depends_on_null_is_unknown_and_does_not_match(string text)
    {
        Evaluate(text).ShouldBe(Truth.Unknown, text);
        Matches(text).ShouldBeFalse();
    }

    [Theory]
    [InlineData("flag and not alive", Truth.False)]
    [InlineData("not alive and flag", Truth.False)]
    [InlineData("flag or alive", Truth.True)]
    [InlineData("alive or flag", Truth.True)]
    [InlineData("id in (rank, 7)", Truth.True)]
    [InlineData("rank is null", Truth.True)]
    [InlineData("rank is not null", Truth.False)]
    [InlineData("(rank > 5) is null", Truth.True)]
    [InlineData("id + 1 is null", Truth.False)]
    [InlineData("id / 0 is null", Truth.True)]
    [InlineData("rank between 1 and 2 or alive", Truth.True)]
    public void What_null_cannot_change_is_known(string text, Truth expected) => Evaluate(text).ShouldBe(expected, text);

    [Fact]
    public void Between_is_false_when_one_bound_alone_decides()
    {
        Evaluate("id between rank and 5").ShouldBe(Truth.False);
        Evaluate("id not between rank and 5").ShouldBe(Truth.True);
        Evaluate("id between rank and 9").ShouldBe(Truth.Unknown);
    }

    [Fact]
    public void An_option_in_an_option_is_null_at_either_level()
    {
        Evaluate("deep is null", ("deep", "null")).ShouldBe(Truth.True);
        Evaluate("deep is null", ("deep", "[null]")).ShouldBe(Truth.True);
        Evaluate("deep = 4", ("deep", "[[4]]")).ShouldBe(Truth.True);
    }

    // Goal: no pair of widths may wrap or round. Method: the borders of each type against their neighbours.
    [Theory]
    [InlineData("a64 < id", "a64", "\"-1\"", "id", "\"18446744073709551615\"")]
    [InlineData("a64 + 1 = id and a64 < id", "a64", "\"9223372036854775807\"", "id", "\"9223372036854775808\"")]
    [InlineData("id + 1 = b128 and id < b128", "id", "\"18446744073709551615\"", "b128", "\"18446744073709551616\"")]
    [InlineData("a128 < b128 and a128 < 0", "a128", "\"-1\"", "b128", "\"340282366920938463463374607431768211455\"")]
    [InlineData("a128 + 1 = b128", "a128", "\"170141183460469231731687303715884105727\"", "b128", "\"170141183460469231731687303715884105728\"")]
    [InlineData("a128 = -170141183460469231731687303715884105728 and -a128 = b128", "a128", "\"-170141183460469231731687303715884105728\"", "b128", "\"170141183460469231731687303715884105728\"")]
    [InlineData("id > 9007199254740992.0 and id = 9007199254740993", "id", "\"9007199254740993\"", "a8", "0")]
    [InlineData("g < id and id > g and id <> g", "id", "\"9007199254740993\"", "g", "9007199254740992")]
    [InlineData("b128 < g and g > b128", "b128", "\"340282366920938463463374607431768211455\"", "g", "3.402823669209385e38")]
    [InlineData("a8 > g and g < a8", "a8", "-1", "g", "-1.5")]
    [InlineData("a8 < g and g not in (a8)", "a8", "-1", "g", "\"NaN\"")]
    [InlineData("a8 < g", "a8", "1", "g", "\"Infinity\"")]
    [InlineData("a8 > g", "a8", "-1", "g", "\"-Infinity\"")]
    [InlineData("a64 * a64 = b128", "a64", "\"-9223372036854775808\"", "b128", "\"85070591730234615865843651857942052864\"")]
    public void Integers_of_all_widths_and_floats_compare_exactly(string text, string column, string json, string other, string otherJson) =>
        Evaluate(text, (column, json), (other, otherJson)).ShouldBe(Truth.True, text);

    [Fact]
    public void Floats_order_as_in_indexes()
    {
        Evaluate("g = 'NaN' and g > 'Infinity' and g = g and not g < 0", ("g", "\"NaN\"")).ShouldBe(Truth.True);
        Evaluate("g = 0.0 and g = 0 and not g < 0.0 and g >= 0", ("g", "-0.0")).ShouldBe(Truth.True);
        Evaluate("g < -1e308 and g = f64 '-Infinity'", ("g", "\"-Infinity\"")).ShouldBe(Truth.True);
        Evaluate("g / 0 > 1e308 and g % 0 = 'NaN'").ShouldBe(Truth.True);
    }

    [Fact]
    public void A_decimal_beside_an_f32_has_the_precision_of_an_f32()
    {
        Evaluate("f = 0.1 and 0.1 = f and f in (0.1) and f between 0.1 and 0.1 and f = (0.1)", ("f", "0.1")).ShouldBe(Truth.True);
        Evaluate("f = 0.1 and f <> f64 '0.1'", ("f", "0.1")).ShouldBe(Truth.True);
        Evaluate("f = g", ("f", "0.1"), ("g", "0.1")).ShouldBe(Truth.False);
    }

    [Fact]
    public void Strings_order_by_code_point_and_no_culture_makes_two_equal()
    {
        // U+FF5E comes before U+1F600, though its UTF-16 code unit is greater; é in two forms stays two strings.
        Evaluate("name < '\U0001F600'", ("name", "\"\uff5e\"")).ShouldBe(Truth.True);
        Evaluate("name <> 'e\u0301' and name = '\u00e9'", ("name", "\"\u00e9\"")).ShouldBe(Truth.True);
        Evaluate("name > 'Z'", ("name", "\"a\"")).ShouldBe(Truth.True);
        Evaluate("name = 'it''s'", ("name", "\"it's\"")).ShouldBe(Truth.True);
        Evaluate("name < ''").ShouldBe(Truth.False);
    }

    [Fact]
    public void The_columns_of_an_expression_are_those_it_reads()
    {
        RowExpression expression = RowExpression.Compile("home.zip > 1 and (alive or id in (a8, id))", Animals);
        string[] names = [.. expression.Columns.Select(column => Animals.Columns[column].Name)];
        names.ShouldBe(["id", "alive", "a8", "home"]);
        expression.ToString().ShouldBe("home.zip > 1 and (alive or id in (a8, id))");
    }

    [Fact]
    public void Evaluation_allocates_nothing()
    {
        byte[] row = Row();
        string[] texts =
        [
            "id = 7 and b128 > -5 and g <> id and name = 'rex'",
            "name like '%e_' and name not like 'a%b' and name in ('a', 'b') and id in (1, 2, a8)",
            "color = red or mood = red or status = open or born + age > born or age * id = age / a8",
            "home.zip between 1 and 5 or chain.next.next.value is null or not alive or flag or -g * f / 2 % 3 = a128 * price",
            $"name like '{new string('_', 200)}%x' or key = '01234567-89ab-cdef-0123-456789abcdef'",
        ];
        RowExpression[] expressions = [.. texts.Select(text => RowExpression.Compile(text, Animals))];
        Run(expressions, row, 3);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(expressions, row, 1000);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Run(RowExpression[] expressions, byte[] row, int times)
    {
        for (int i = 0; i < times; i++)
            foreach (RowExpression expression in expressions) expression.Evaluate(row);
    }
}
