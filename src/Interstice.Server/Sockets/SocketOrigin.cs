using Interstice.Server.Http;
using Microsoft.AspNetCore.Http;

namespace Interstice.Server.Sockets;

/// <summary>Which pages of the web may open sockets. A browser lets every page open one, with the user's cookies, and only says from where the page
/// is.</summary>
internal static class SocketOrigin
{
    /// <summary>Refuses a page of another origin than the host's own, unless it was named.</summary>
    /// <param name="request">The request.</param>
    /// <param name="allowed">Origins that were named, such as <c>https://shop.example</c>.</param>
    /// <exception cref="ProblemException">It is of another origin.</exception>
    public static void Expect(HttpRequest request, IReadOnlyList<string> allowed)
    {
        if (!request.Headers.TryGetValue("Origin", out Microsoft.Extensions.Primitives.StringValues values)) return;
        string origin = values.ToString();
        bool isOwn = Uri.TryCreate(origin, UriKind.Absolute, out Uri? url)
            && string.Equals(url.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase);
        if (isOwn || allowed.Contains(origin, StringComparer.OrdinalIgnoreCase)) return;
        throw new ProblemException(
            ProblemKind.OriginNotAllowed, $"a page of {origin} may not open sockets to this host; name it in the setting SocketOrigins");
    }
}
