using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Interstice.Cli.Commands;

/// <summary>Options that take a number, with a sentence for whatever is none.</summary>
internal static class NumberOptions
{
    /// <summary>An option that takes 0 or more.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it does.</param>
    /// <param name="helpName">What its value is called.</param>
    /// <param name="min">The least value.</param>
    /// <param name="max">The greatest value.</param>
    public static Option<long?> Count(
        string name,
        string description,
        string helpName = "N",
        long min = 0,
        long max = long.MaxValue) => new(name)
        {
            Description = description,
            HelpName = helpName,
            CustomParser = result => Parse(result, name, min, max),
        };

    private static long? Parse(ArgumentResult result, string name, long min, long max)
    {
        string text = result.Tokens[0].Value;
        bool isNumber = long.TryParse(
            text,
            NumberStyles.AllowLeadingSign,
            CultureInfo.InvariantCulture,
            out long number);
        if (isNumber && number >= min && number <= max) return number;
        result.AddError(max == long.MaxValue
            ? $"{name} takes a whole number, {min} or more, not \"{text}\""
            : $"{name} takes a whole number, {min} to {max}, not \"{text}\"");
        return null;
    }
}
