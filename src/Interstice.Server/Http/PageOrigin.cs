using Microsoft.AspNetCore.Http;

namespace Interstice.Server.Http;

/// <summary>Which pages of the web may open sockets and change anything. A browser lets every page send such requests, with the user's cookies, and
/// asks the server first only where the request has a body of an unusual type; otherwise it only says from where the page is.</summary>
internal static class PageOrigin
{
    /// <summary>Whether a request may do more than read. What a page reads of another origin, the browser does not show it.</summary>
    public static bool Matters(HttpRequest request) => !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method);

    /// <summary>Refuses a page of another origin than the host's own, unless it was named.</summary>
    /// <param name="request">The request.</param>
    /// <param name="allowed">Origins that were named, such as <c>https://shop.example</c>.</param>
    /// <exception cref="ProblemException">It is of another origin.</exception>
    public static void Expect(HttpRequest request, IReadOnlyList<string> allowed)
    {
        if (!request.Headers.TryGetValue("Origin", out Microsoft.Extensions.Primitives.StringValues values)) return;
        string origin = values.ToString();
        if (IsOwn(request, origin) || allowed.Contains(origin, StringComparer.OrdinalIgnoreCase)) return;
        throw new ProblemException(
            ProblemKind.OriginNotAllowed,
            $"a page of {origin} may neither open sockets to this host nor change anything on it; name it in the setting SocketOrigins");
    }

    // Behind a proxy that speaks TLS the request comes without, so a page with TLS is the host's own either way. One without is not, where the
    // host has TLS: whoever sits in the network can put it there.
    private static bool IsOwn(HttpRequest request, string origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out Uri? page)
        && (page.Scheme == Uri.UriSchemeHttps || (page.Scheme == Uri.UriSchemeHttp && !request.IsHttps))
        && string.Equals(page.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase);
}
