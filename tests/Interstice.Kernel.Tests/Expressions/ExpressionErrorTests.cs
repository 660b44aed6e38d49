using Interstice.Kernel.Expressions;
using static Interstice.Kernel.Tests.Expressions.ExpressionTable;

namespace Interstice.Kernel.Tests.Expressions;

public sealed class ExpressionErrorTests
{
    [Theory]
    [InlineData("", ExpressionErrorKind.Empty, 0, 0)]
    [InlineData("  \t\n", ExpressionErrorKind.Empty, 4, 0)]
    [InlineData("id = 1 ; id", ExpressionErrorKind.UnexpectedCharacter, 7, 1)]
    [InlineData("id == 1", ExpressionErrorKind.UnexpectedCharacter, 3, 2, "write = instead of ==")]
    [InlineData("alive && alive", ExpressionErrorKind.UnexpectedCharacter, 6, 2, "and")]
    [InlineData("!alive", ExpressionErrorKind.UnexpectedCharacter, 0, 1, "not")]
    [InlineData("id = \U0001F600", ExpressionErrorKind.UnexpectedCharacter, 5, 2)]
    [InlineData("name = 'rex", ExpressionErrorKind.Unterminated, 7, 4)]
    [InlineData("\"name", ExpressionErrorKind.Unterminated, 0, 5)]
    [InlineData("id = 1.", ExpressionErrorKind.InvalidNumber, 5, 2)]
    [InlineData("id = 1e", ExpressionErrorKind.InvalidNumber, 5, 2)]
    [InlineData("id = 5x", ExpressionErrorKind.InvalidNumber, 6, 1)]
    [InlineData("id = 340282366920938463463374607431768211456", ExpressionErrorKind.InvalidNumber, 5, 39)]
    [InlineData("g = 1e400", ExpressionErrorKind.InvalidNumber, 4, 5)]
    [InlineData("f = 1e39", ExpressionErrorKind.InvalidNumber, 4, 4, "too large for f32")]
    [InlineData("id =", ExpressionErrorKind.UnexpectedWord, 4, 0, "found the end")]
    [InlineData("id = 1 id", ExpressionErrorKind.UnexpectedWord, 7, 2)]
    [InlineData("(id = 1", ExpressionErrorKind.UnexpectedWord, 7, 0)]
    [InlineData("id = 1)", ExpressionErrorKind.UnexpectedWord, 6, 1)]
    [InlineData("1 < id < 5", ExpressionErrorKind.UnexpectedWord, 7, 1, "do not chain")]
    [InlineData("id in 1", ExpressionErrorKind.UnexpectedWord, 6, 1)]
    [InlineData("id in ()", ExpressionErrorKind.UnexpectedWord, 7, 1)]
    [InlineData("id not 5", ExpressionErrorKind.UnexpectedWord, 7, 1)]
    [InlineData("id is 5", ExpressionErrorKind.UnexpectedWord, 6, 1, "expected null")]
    [InlineData("id between 1 or 2", ExpressionErrorKind.UnexpectedWord, 13, 2)]
    [InlineData("name like name", ExpressionErrorKind.UnexpectedWord, 10, 4)]
    [InlineData("home. = 1", ExpressionErrorKind.UnexpectedWord, 6, 1)]
    [InlineData("born > timestmp '2026-01-01'", ExpressionErrorKind.UnexpectedWord, 7, 8, "did you mean \"timestamp\"?")]
    [InlineData("nmae = 'rex'", ExpressionErrorKind.UnknownColumn, 0, 4, "table \"animals\" has no column \"nmae\"; did you mean \"name\"?")]
    [InlineData("name = rexx", ExpressionErrorKind.UnknownColumn, 7, 4, "'single'")]
    [InlineData("red = 1", ExpressionErrorKind.UnknownColumn, 0, 3)]
    [InlineData("home.strete = 'Elm'", ExpressionErrorKind.UnknownField, 5, 6, "did you mean \"street\"?")]
    [InlineData("name.first = 'Elm'", ExpressionErrorKind.UnknownField, 5, 5, "name is string, which has no fields")]
    [InlineData("status.open = 1", ExpressionErrorKind.UnknownField, 7, 4, "no payload")]
    [InlineData("status.clsed = 1", ExpressionErrorKind.UnknownVariant, 7, 5, "did you mean \"closed\"?")]
    [InlineData("color = blue", ExpressionErrorKind.UnknownVariant, 8, 4, "did you mean \"Blue\"?")]
    [InlineData("color in (red, 'pink')", ExpressionErrorKind.UnknownVariant, 15, 6)]
    [InlineData("color = green", ExpressionErrorKind.AmbiguousName, 8, 5, "write 'green' for the variant")]
    [InlineData("born > '2026-13-01'", ExpressionErrorKind.InvalidLiteral, 7, 12, "no timestamp")]
    [InlineData("born > '2026-01-01T00:00:00'", ExpressionErrorKind.InvalidLiteral, 7, 21)]
    [InlineData("age > '5 s'", ExpressionErrorKind.InvalidLiteral, 6, 5)]
    [InlineData("age > '5y'", ExpressionErrorKind.InvalidLiteral, 6, 4)]
    [InlineData("age > '300000000d'", ExpressionErrorKind.InvalidLiteral, 6, 12)]
    [InlineData("age > ''", ExpressionErrorKind.InvalidLiteral, 6, 2)]
    [InlineData("key = '0123'", ExpressionErrorKind.InvalidLiteral, 6, 6)]
    [InlineData("key = ' 1234567-89ab-cdef-0123-456789abcdef '", ExpressionErrorKind.InvalidLiteral, 6, 39)]
    [InlineData("owner = 'ff'", ExpressionErrorKind.InvalidLiteral, 8, 4, "64 hexadecimal digits")]
    [InlineData("data = 'AQI'", ExpressionErrorKind.InvalidLiteral, 7, 5)]
    [InlineData("data = 'AQ ID'", ExpressionErrorKind.InvalidLiteral, 7, 7)]
    [InlineData("id = 'rex'", ExpressionErrorKind.InvalidLiteral, 5, 5, "no integer")]
    [InlineData("id = ''", ExpressionErrorKind.InvalidLiteral, 5, 2)]
    [InlineData("g = 'nan'", ExpressionErrorKind.InvalidLiteral, 4, 5)]
    [InlineData("u8 '256' = id", ExpressionErrorKind.InvalidLiteral, 3, 5)]
    [InlineData("alive = 'yes'", ExpressionErrorKind.InvalidLiteral, 8, 5)]
    [InlineData("name like 'a\\'", ExpressionErrorKind.InvalidPattern, 10, 4)]
    [InlineData("name like 'a\\b'", ExpressionErrorKind.InvalidPattern, 10, 5)]
    [InlineData("name = 5", ExpressionErrorKind.TypeMismatch, 7, 1, "name, which is string, does not compare with 5")]
    [InlineData("born > 5", ExpressionErrorKind.TypeMismatch, 7, 1, "as a text")]
    [InlineData("born > age", ExpressionErrorKind.TypeMismatch, 7, 3)]
    [InlineData("tags = 'x'", ExpressionErrorKind.TypeMismatch, 7, 3, "list<string>")]
    [InlineData("home = away", ExpressionErrorKind.TypeMismatch, 7, 4)]
    [InlineData("status > open", ExpressionErrorKind.TypeMismatch, 0, 6, "no order")]
    [InlineData("status = status", ExpressionErrorKind.TypeMismatch, 9, 6)]
    [InlineData("status = color", ExpressionErrorKind.TypeMismatch, 9, 5)]
    [InlineData("id like '7'", ExpressionErrorKind.TypeMismatch, 0, 2)]
    [InlineData("name + 1 = 2", ExpressionErrorKind.TypeMismatch, 5, 1)]
    [InlineData("born + '1h' > born", ExpressionErrorKind.TypeMismatch, 5, 1, "duration '90s'")]
    [InlineData("born + born > born", ExpressionErrorKind.TypeMismatch, 5, 1)]
    [InlineData("-name = 'x'", ExpressionErrorKind.TypeMismatch, 0, 5)]
    [InlineData("id in (1, name)", ExpressionErrorKind.TypeMismatch, 10, 4)]
    [InlineData("rank = null", ExpressionErrorKind.NullLiteral, 7, 4, "is null")]
    [InlineData("id", ExpressionErrorKind.NotACondition, 0, 2)]
    [InlineData("alive and id + 1", ExpressionErrorKind.NotACondition, 10, 6)]
    [InlineData("not name", ExpressionErrorKind.NotACondition, 4, 4)]
    public void A_wrong_text_is_refused_with_kind_and_place(
        string text, ExpressionErrorKind kind, int offset, int length, string part = "")
    {
        ExpressionException error = Should.Throw<ExpressionException>(() => RowExpression.Compile(text, Animals));
        error.Kind.ShouldBe(kind, error.Message);
        (error.Offset, error.Length).ShouldBe((offset, length), error.Message);
        error.Message.ShouldContain(part, Case.Sensitive);
        error.Message.ShouldStartWith($"expression, offset {offset}: ");
        error.Text.ShouldBe(text);
    }

    [Fact]
    public void The_pointer_stands_under_the_words_to_blame()
    {
        ExpressionException error = Should.Throw<ExpressionException>(() => RowExpression.Compile("id = 1 and\tnmae = 'x'", Animals));
        error.Pointer().ShouldBe("id = 1 and nmae = 'x'\n           ^^^^");
        error = Should.Throw<ExpressionException>(() => RowExpression.Compile("id =", Animals));
        error.Pointer().ShouldBe("id =\n    ^");
        string far = new string(' ', 500) + "nmae = 1" + new string(' ', 500);
        string[] lines = Should.Throw<ExpressionException>(() => RowExpression.Compile(far, Animals)).Pointer().Split('\n');
        lines[0].Length.ShouldBe(100);
        lines[0].Substring(lines[1].IndexOf('^', StringComparison.Ordinal), 4).ShouldBe("nmae");
    }

    [Fact]
    public void Length_is_bounded()
    {
        string text = "id = 1" + new string(' ', ExpressionLimits.LengthMax - 6);
        RowExpression.Compile(text, Animals).Columns.ShouldBe([0]);
        Kind(text + " ").ShouldBe(ExpressionErrorKind.TooLong);
        string pattern = new('é', ExpressionLimits.PatternBytesMax / 2);
        RowExpression.Compile($"name like '{pattern}'", Animals).Columns.ShouldHaveSingleItem();
        Kind($"name like '{pattern}x'").ShouldBe(ExpressionErrorKind.InvalidPattern);
    }

    // Goal: no text may overflow the stack. Method: every way to nest, up to the bound and one beyond.
    [Theory]
    [InlineData("(", "alive", ")", ExpressionLimits.DepthMax)]
    [InlineData("not ", "alive", "", ExpressionLimits.DepthMax)]
    [InlineData("- ", "id", "", ExpressionLimits.DepthMax)]
    [InlineData("", "id", "+1", ExpressionLimits.DepthMax)]
    [InlineData("", "id", "*1", ExpressionLimits.DepthMax)]
    public void Depth_is_bounded(string before, string middle, string after, int depthMax)
    {
        bool isCondition = middle == "alive";
        string Nested(int depth) => string.Concat(Enumerable.Repeat(before, depth)) + middle
            + string.Concat(Enumerable.Repeat(after, depth)) + (isCondition ? "" : " = id");
        RowExpression.Compile(Nested(isCondition ? depthMax : depthMax - 1), Animals).ShouldNotBeNull();
        Kind(Nested(depthMax + 1)).ShouldBe(ExpressionErrorKind.TooDeep);
        Kind(Nested(1000)).ShouldBe(ExpressionErrorKind.TooDeep);
    }

    [Fact]
    public void A_long_chain_of_alternatives_is_not_deep()
    {
        string text = string.Join(" or ", Enumerable.Range(0, 400).Select(i => $"a8={i % 100}"));
        RowExpression.Compile(text, Animals).Matches(Row(("a8", "99"))).ShouldBeTrue();
    }

    // Goal: whatever a person types ends in an expression or a typed error. Method: random words of the language, seeded.
    [Fact]
    public void Random_words_are_compiled_or_refused_with_a_place_inside_the_text()
    {
        int seed = ExpressionSeed.Next();
        var random = new Random(seed);
        string[] words =
        [
            "id", "name", "alive", "rank", "color", "red", "green", "home", ".", "zip", "in", "like", "between", "and", "or",
            "not", "is", "null", "true", "(", ")", ",", "+", "-", "*", "/", "%", "=", "<>", "<", ">=", "!", "1", "1.5", "'rex'",
            "'%'", "timestamp", "duration", "'1h'", "\"in\"", "'", "\"", "é", "\ud800", " ", "1e", "status", "closed", "born",
        ];
        int compiled = 0;
        for (int i = 0; i < 20_000; i++)
        {
            string text = string.Join(random.Next(4) == 0 ? "" : " ", random.GetItems(words, random.Next(1, 9)));
            try
            {
                RowExpression.Compile(text, Animals).Evaluate(Row0);
                compiled++;
            }
            catch (ExpressionException error)
            {
                error.Offset.ShouldBeInRange(0, text.Length, $"seed {seed}: {text}");
                (error.Offset + error.Length).ShouldBeInRange(0, text.Length, $"seed {seed}: {text}");
                error.Pointer().ShouldContain('^', customMessage: $"seed {seed}: {text}");
            }
        }

        compiled.ShouldBeGreaterThan(20, $"seed {seed}");
    }

    private static readonly byte[] Row0 = Row();

    private static ExpressionErrorKind Kind(string text) =>
        Should.Throw<ExpressionException>(() => RowExpression.Compile(text, Animals)).Kind;
}
