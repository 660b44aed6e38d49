using System.Security.Claims;
using Interstice.Kernel.Events;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Interstice.Server.Http;

/// <summary>Whom a request calls for: a user whom the application knows, or the name that a trusted caller gives.</summary>
internal static class CallerIdentity
{
    /// <summary>The header that names whom the caller speaks for.</summary>
    public const string Header = "Interstice-Caller";

    /// <summary>Who vouches for names in the header: whoever may use the API.</summary>
    public const string Issuer = "http";

    /// <summary>Whom a caller without the header speaks for.</summary>
    public const string Anonymous = "anonymous";

    private const int NameLengthMax = 256;

    /// <summary>The identity of a request.</summary>
    /// <exception cref="ProblemException">The header is no name, or stands there although the application knows the caller.</exception>
    public static Identity Of(HttpContext context)
    {
        StringValues named = context.Request.Headers[Header];
        if (context.User.Identity is { IsAuthenticated: true } known)
        {
            if (named.Count == 0) return Identity.Of(IssuerOf(context.User, known.AuthenticationType), SubjectOf(context.User));
            throw Refused($"the application knows who calls, so {Header} may not name somebody else; leave it out");
        }

        if (named.Count == 0) return Identity.Of(Issuer, Anonymous);
        string name = named.ToString();
        bool isName = named.Count == 1 && name.Length is > 0 and <= NameLengthMax && name.All(letter => letter is > ' ' and <= '~');
        return isName
            ? Identity.Of(Issuer, name)
            : throw Refused($"{Header} takes one name of 1 to {NameLengthMax} printable letters of ASCII without spaces");
    }

    private static string IssuerOf(ClaimsPrincipal user, string? authenticationType) =>
        (user.FindFirst("iss")?.Value ?? authenticationType ?? "application").Replace("\0", "", StringComparison.Ordinal);

    private static string SubjectOf(ClaimsPrincipal user) =>
        user.FindFirst("sub")?.Value ?? user.FindFirst(ClaimTypes.NameIdentifier)?.Value ?? user.Identity?.Name
        ?? throw Refused("the application knows the caller but gives no subject; add the claim sub");

    private static ProblemException Refused(string detail) => new(ProblemKind.BadRequest, detail);
}
