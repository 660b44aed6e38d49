using System.Text;
using Interstice.Kernel.Expressions;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Tests.Expressions;

public sealed class LikeTests
{
    private static readonly RowCodec Texts = new([new FieldSchema("t", ScalarType.Of(ScalarKind.String))]);

    [Theory]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("%", "", true)]
    [InlineData("%", "anything", true)]
    [InlineData("%%", "x", true)]
    [InlineData("_", "", false)]
    [InlineData("_", "é", true)]
    [InlineData("_", "\U0001F600", true)]
    [InlineData("__", "\U0001F600", false)]
    [InlineData("_%_", "é", false)]
    [InlineData("_%_", "éé", true)]
    [InlineData("abc", "abc", true)]
    [InlineData("abc", "abcd", false)]
    [InlineData("abc%", "abc", true)]
    [InlineData("abc%", "ab", false)]
    [InlineData("%abc", "ababc", true)]
    [InlineData("%abc%", "xxabxabcx", true)]
    [InlineData("%abc%", "xxabxacx", false)]
    [InlineData("a%b_c", "aXXbYc", true)]
    [InlineData("a%b_c", "abbc", true)]
    [InlineData("a%b_c", "abc", false)]
    [InlineData("ABC", "abc", false)]
    [InlineData(@"50\%", "50%", true)]
    [InlineData(@"50\%", "505", false)]
    [InlineData(@"\_\\", @"_\", true)]
    [InlineData("%é", "caf\u00e9", true)]
    public void Patterns_match_whole_texts(string pattern, string text, bool expected) =>
        Matches(pattern, text).ShouldBe(expected);

    // Goal: the answer of a table of all prefixes, which is slow and plain. Method: short random texts over few characters, some of
    // several bytes, and patterns long enough for more than one word of states.
    [Fact]
    public void Random_patterns_agree_with_a_table_of_all_prefixes()
    {
        int seed = ExpressionSeed.Next();
        var random = new Random(seed);
        Rune[] letters = [new('a'), new('b'), new('é'), new(0x1F600)];
        int matched = 0;
        for (int i = 0; i < 20_000; i++)
        {
            Rune[] text = random.GetItems(letters, random.Next(i % 10 == 0 ? 120 : 8));
            Rune[] pattern = PatternFor(text, random);
            bool expected = ModelMatches(pattern, text);
            Matches(string.Concat(pattern), string.Concat(text)).ShouldBe(expected,
                $"seed {seed}: '{string.Concat(text)}' like '{string.Concat(pattern)}'");
            if (expected) matched++;
        }

        matched.ShouldBeInRange(2_000, 19_000, $"seed {seed}");
    }

    /// <summary>The text with some parts replaced by wildcards, and now and then a change.</summary>
    private static Rune[] PatternFor(Rune[] text, Random random)
    {
        var pattern = new List<Rune>();
        for (int i = 0; i < text.Length; i++)
        {
            int choice = random.Next(12);
            if (choice == 0) pattern.Add(new Rune('%'));
            if (choice is 1 or 2) i += random.Next(4);
            if (choice is 1 or 2) pattern.Add(new Rune('%'));
            else if (choice is 3 or 4) pattern.Add(new Rune('_'));
            else if (choice == 5 && random.Next(4) == 0) pattern.Add(new Rune('a'));
            else pattern.Add(text[i]);
        }

        return [.. pattern];
    }

    private static bool ModelMatches(Rune[] pattern, Rune[] text)
    {
        bool[,] table = new bool[pattern.Length + 1, text.Length + 1];
        table[0, 0] = true;
        for (int p = 1; p <= pattern.Length; p++)
        {
            for (int t = 0; t <= text.Length; t++)
            {
                bool isAny = pattern[p - 1].Value == '%';
                bool isOne = pattern[p - 1].Value == '_' || (t > 0 && pattern[p - 1] == text[t - 1]);
                table[p, t] = isAny ? table[p - 1, t] || (t > 0 && table[p, t - 1]) : t > 0 && isOne && table[p - 1, t - 1];
            }
        }

        return table[pattern.Length, text.Length];
    }

    private static bool Matches(string pattern, string text)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        buffer.WriteString(text);
        return RowExpression.Compile($"t like '{pattern}'", Texts, "the test").Matches(buffer.WrittenSpan);
    }
}
