using System.Text;
using System.Text.Json;
using Interstice.Cli.Output;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Interstice.Cli.Tests.Output;

public sealed class YamlTextTests
{
    // What a reader of YAML 1.1 or 1.2 takes for a number, a truth value, a date, a comment or structure.
    [Theory]
    [InlineData("")]
    [InlineData("yes")]
    [InlineData("NO")]
    [InlineData("on")]
    [InlineData("y")]
    [InlineData("null")]
    [InlineData("~")]
    [InlineData("true")]
    [InlineData(".inf")]
    [InlineData("NaN")]
    [InlineData("12")]
    [InlineData("-1")]
    [InlineData("1e3")]
    [InlineData("0x1f")]
    [InlineData("1:30")]
    [InlineData("2026-01-31")]
    [InlineData("a: b")]
    [InlineData("a #b")]
    [InlineData("- a")]
    [InlineData("[a]")]
    [InlineData("{a}")]
    [InlineData("*a")]
    [InlineData("&a")]
    [InlineData("!a")]
    [InlineData("%a")]
    [InlineData("@a")]
    [InlineData("'a'")]
    [InlineData("\"a\"")]
    [InlineData(" a")]
    [InlineData("a ")]
    [InlineData("a\nb")]
    [InlineData("a\tb")]
    [InlineData("\u0001\u007f\u0085\u2028")]
    [InlineData("Zoë 😀")]
    [InlineData("=")]
    [InlineData("<<")]
    public void A_string_that_could_be_mistaken_is_quoted_and_reads_back(string text)
    {
        YamlScalarNode scalar = (YamlScalarNode)RoundTrip(new { value = text })["value"];
        scalar.Value.ShouldBe(text);
        scalar.Style.ShouldBe(ScalarStyle.DoubleQuoted);
    }

    [Theory]
    [InlineData("alice")]
    [InlineData("open_account")]
    [InlineData("a b")]
    [InlineData("interstice-bank")]
    public void A_plain_word_stays_plain(string text)
    {
        YamlScalarNode scalar = (YamlScalarNode)RoundTrip(new { value = text })["value"];
        scalar.Value.ShouldBe(text);
        scalar.Style.ShouldBe(ScalarStyle.Plain);
    }

    [Fact]
    public void Keys_that_could_be_mistaken_are_quoted_too()
    {
        var odd = new Dictionary<string, int> { ["yes"] = 1, ["1"] = 2, ["a: b"] = 3 };
        var map = (YamlMappingNode)RoundTrip(odd);
        map.Children.Keys.Select(key => ((YamlScalarNode)key).Value).ShouldBe(["yes", "1", "a: b"]);
        map.Children.Keys.ShouldAllBe(key => ((YamlScalarNode)key).Style == ScalarStyle.DoubleQuoted);
    }

    [Fact]
    public void Nothing_is_folded_however_long_it_is()
    {
        string words = string.Join(' ', Enumerable.Repeat("word", 200));
        string yaml = YamlText.Render(
            Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new { value = words })),
            asItem: false);
        yaml.ShouldBe($"value: {words}\n");
    }

    [Fact]
    public void Items_one_behind_the_other_are_one_sequence()
    {
        string yaml = YamlText.Render("""{"a":[1,2],"b":[{"c":null}]}"""u8, asItem: true)
            + YamlText.Render("""{"a":[],"b":[]}"""u8, asItem: true);
        yaml.ShouldBe("- a: [1, 2]\n  b:\n    - c: null\n- a: []\n  b: []\n");
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        ((YamlSequenceNode)stream.Documents[0].RootNode).Children.Count.ShouldBe(2);
    }

    private static YamlNode RoundTrip<T>(T value)
    {
        string yaml = YamlText.Render(JsonSerializer.SerializeToUtf8Bytes(value), asItem: false);
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return stream.Documents.ShouldHaveSingleItem().RootNode;
    }
}
