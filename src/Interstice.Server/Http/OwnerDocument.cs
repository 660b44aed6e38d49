using System.Text;
using System.Text.Json;
using Interstice.Host.Ownership;

namespace Interstice.Server.Http;

/// <summary>The host that owns a module, in answers of one that follows it (docs/http-api.md).</summary>
internal static class OwnerDocument
{
    /// <summary>The header that says where the owner takes calls.</summary>
    public const string Header = "Interstice-Owner";

    private const string Member = "owner";

    /// <summary>Writes it as a member; null where it is not known.</summary>
    public static void Write(Utf8JsonWriter json, ModuleOwner? owner)
    {
        if (owner is null)
        {
            json.WriteNull(Member);
            return;
        }

        json.WriteStartObject(Member);
        json.WriteString("host", owner.Host);
        json.WriteString("name", owner.Name);
        json.WriteString("url", UrlOf(owner));
        json.WriteNumber("epoch", owner.Epoch);
        json.WriteEndObject();
    }

    /// <summary>Where it takes calls, in ASCII; null where it does not say, or says what is no address: it comes out of the store, and goes
    /// into a header.</summary>
    public static string? UrlOf(ModuleOwner? owner) =>
        owner is not null && Uri.TryCreate(owner.Url, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https"
            && url.UserInfo.Length == 0
            ? AsciiOf(url)
            : null;

    // The web server refuses headers of other letters, and the answer with them.
    private static string? AsciiOf(Uri url)
    {
        if (Ascii.IsValid(url.AbsoluteUri)) return url.AbsoluteUri;
        try
        {
            string text = new UriBuilder(url) { Host = url.IdnHost }.Uri.AbsoluteUri;
            return Ascii.IsValid(text) ? text : null;
        }
        catch (UriFormatException)
        {
            return null;
        }
    }
}
