using System.Text;
using Interstice.Host.Idempotency;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Interstice.Server.Http;

/// <summary>The headers of idempotent calls: the key of a request, and the mark of an answer that was given before.</summary>
/// <remarks>Source of the request's: draft-ietf-httpapi-idempotency-key-header, whose value is a quoted string; a key without quotes is
/// taken as it stands, since many clients send it so.</remarks>
internal static class IdempotencyHeader
{
    private const string Key = "Idempotency-Key";
    private const string Repeat = "Idempotent-Replayed";

    /// <summary>The key of a request; null where it has none.</summary>
    /// <exception cref="ProblemException">It is no key.</exception>
    public static string? Read(HttpRequest request)
    {
        if (!request.Headers.TryGetValue(Key, out StringValues values)) return null;
        if (values.Count != 1) throw Bad($"{Key} stands there {values.Count} times; send it once");
        string text = values.ToString();
        string? key = text.StartsWith('"') ? Unquote(text) : text;
        if (key is null) throw Bad($"{Key} begins with a quote and is no quoted string; write \"8e03978e-40d5-43dd-bc93-6894a57f9324\"");
        return CallKey.Check(key) is { } wrong ? throw Bad($"{Key}: {wrong}") : key;
    }

    /// <summary>Says in an answer that a call before had it too.</summary>
    public static void MarkRepeat(HttpResponse response) => response.Headers[Repeat] = "true";

    // RFC 8941, 3.3.3: a backslash stands before quotes and backslashes only.
    private static string? Unquote(string text)
    {
        var key = new StringBuilder(text.Length);
        for (int i = 1; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '"':
                    return i == text.Length - 1 ? key.ToString() : null;
                case '\\' when i + 1 < text.Length && (text[i + 1] is '"' or '\\'):
                    key.Append(text[++i]);
                    break;
                case '\\':
                    return null;
                default:
                    key.Append(text[i]);
                    break;
            }
        }

        return null;
    }

    private static ProblemException Bad(string detail) => new(ProblemKind.BadRequest, detail);
}
