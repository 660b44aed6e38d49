using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using Interstice.Kernel.Schema;

namespace Interstice.Cli.Commands;

/// <summary>Options of filters, each with a sentence for whatever does not fit.</summary>
internal static class FilterOptions
{
    /// <summary>How long an expression may look at one event.</summary>
    public static readonly TimeSpan MatchTimeout = TimeSpan.FromMilliseconds(250);

    /// <summary>An option that takes one of some words.</summary>
    public static Option<string?> Word(string name, string description, IReadOnlyList<string> words) => new(name)
    {
        Description = description,
        HelpName = "WORD",
        CustomParser = result =>
        {
            string word = result.Tokens[0].Value;
            if (words.Contains(word, StringComparer.Ordinal)) return word;
            string hint = NearestName.Suggest(word, words);
            result.AddError($"{name} takes one of {string.Join(", ", words)}, not \"{word}\"{hint}");
            return null;
        },
    };

    /// <summary>An option that takes a time; gives microseconds since the Unix epoch.</summary>
    public static Option<long?> Time(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            const DateTimeStyles Styles = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
            if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Styles, out DateTimeOffset time))
                return (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
            result.AddError(
                $"{name} takes a time such as 2026-01-31T12:00:00Z (UTC unless it says otherwise), not \"{text}\"");
            return null;
        },
    };

    /// <summary>An option that takes hexadecimal digits of an identity.</summary>
    public static Option<string?> Identity(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "IDENTITY",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value.ToLowerInvariant();
            if (text.Length is > 0 and <= 64 && text.All(char.IsAsciiHexDigit)) return text;
            result.AddError($"{name} takes up to 64 hexadecimal digits of an identity, not \"{text}\"");
            return null;
        },
    };

    /// <summary>An option that takes a regular expression, of which a match takes bounded time.</summary>
    public static Option<Regex?> Expression(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "REGEX",
        CustomParser = result =>
        {
            try
            {
                return new Regex(result.Tokens[0].Value, RegexOptions.CultureInvariant, MatchTimeout);
            }
            catch (RegexParseException fault)
            {
                result.AddError($"{name} takes a regular expression: {fault.Message}");
                return null;
            }
        },
    };
}
