using System.Globalization;

namespace Interstice.Cli.Output;

/// <summary>Numbers of things, in words.</summary>
internal static class Count
{
    /// <summary><c>1 row</c>, <c>1,000 rows</c>.</summary>
    /// <param name="number">How many.</param>
    /// <param name="thing">One of them; its plural ends in <c>s</c>.</param>
    public static string Of(long number, string thing) =>
        string.Create(CultureInfo.InvariantCulture, $"{number:N0} {thing}{(number == 1 ? "" : "s")}");
}
