using System.Globalization;
using Interstice.Kernel.Schema;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Interstice.Server.Http;

/// <summary>The parameters of a URL, each at most once, none but those that are known.</summary>
internal sealed class QueryParameters
{
    private readonly IQueryCollection _given;

    /// <summary>Checks the names.</summary>
    /// <param name="given">The parameters.</param>
    /// <param name="known">Names that may stand there.</param>
    /// <exception cref="ProblemException">There is another one, or one stands there twice.</exception>
    public QueryParameters(IQueryCollection given, params string[] known)
    {
        _given = given;
        foreach ((string name, StringValues values) in given)
        {
            if (!known.Contains(name, StringComparer.Ordinal))
            {
                string hint = NearestName.Suggest(name, known);
                throw Bad($"there is no parameter \"{name}\"{(hint.Length > 0 ? hint : $"; there are {string.Join(", ", known)}")}");
            }

            if (values.Count > 1) throw Bad($"the parameter {name} stands there {values.Count} times; give it once");
        }
    }

    /// <summary>A text; null when it was not given.</summary>
    public string? Text(string name) => _given.TryGetValue(name, out StringValues values) ? values.ToString() : null;

    /// <summary>A whole number from 0 on; null when it was not given.</summary>
    /// <exception cref="ProblemException">It is none, or too large.</exception>
    public long? Number(string name, long max)
    {
        if (Text(name) is not { } text) return null;
        bool isNumber = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number);
        if (isNumber && number <= max) return number;
        throw Bad($"{name} takes a whole number, {(max == long.MaxValue ? "0 or more" : $"0 to {max}")}, not \"{text}\"");
    }

    /// <summary>Whether something is wanted; false when nothing was given.</summary>
    /// <exception cref="ProblemException">It is neither true nor false.</exception>
    public bool Flag(string name) => Text(name) switch
    {
        null or "false" => false,
        "true" => true,
        { } text => throw Bad($"{name} takes true or false, not \"{text}\""),
    };

    /// <summary>A time, in microseconds since the Unix epoch; null when it was not given.</summary>
    /// <exception cref="ProblemException">It is none.</exception>
    public long? Time(string name)
    {
        if (Text(name) is not { } text) return null;
        const DateTimeStyles Styles = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Styles, out DateTimeOffset time))
            return (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        throw Bad($"{name} takes a time such as 2026-01-31T12:00:00Z, not \"{text}\"");
    }

    /// <summary>A problem with the parameters.</summary>
    public static ProblemException Bad(string detail) => new(ProblemKind.BadRequest, detail);
}
