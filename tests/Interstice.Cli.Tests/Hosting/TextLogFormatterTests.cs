using System.Globalization;
using Interstice.Cli.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Interstice.Cli.Tests.Hosting;

public sealed class TextLogFormatterTests
{
    [Theory]
    [InlineData(0x00)]
    [InlineData(0x0a)]
    [InlineData(0x0d)]
    [InlineData(0x1b)]
    [InlineData(0x7f)]
    [InlineData(0x85)]
    [InlineData(0x9b)]
    [InlineData(0x9f)]
    [InlineData(0x2028)]
    [InlineData(0x2029)]
    public void A_letter_that_ends_a_line_or_steers_a_terminal_becomes_a_space(int letter) =>
        Line($"a{(char)letter}b").ShouldEndWith(" info: Category: a b\n");

    [Fact]
    public void Other_letters_stay() => Line("grün ~ 線").ShouldEndWith(" info: Category: grün ~ 線\n");

    private static string Line(string message)
    {
        var formatter = new TextLogFormatter(Options.Create(new LogFormatterOptions()));
        using var written = new StringWriter(CultureInfo.InvariantCulture);
        var entry = new LogEntry<string>(LogLevel.Information, "Category", default, message, null, (state, _) => state);
        formatter.Write(in entry, null, written);
        return written.ToString();
    }
}
