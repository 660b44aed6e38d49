namespace Interstice.Server.Http;

/// <summary>What decides whether a request is let in.</summary>
/// <param name="IsLoopback">Whether it came by an address that only this machine reaches.</param>
/// <param name="IsHttps">Whether it is encrypted.</param>
/// <param name="IsLocalName">Whether it names the host as this machine: a page of the web that was led here names another.</param>
/// <param name="HasKeys">Whether there are API keys.</param>
/// <param name="IsInsecure">Whether callers from elsewhere are let in all the same.</param>
/// <param name="Credential">What the caller shows.</param>
internal readonly record struct AccessFacts(
    bool IsLoopback, bool IsHttps, bool IsLocalName, bool HasKeys, bool IsInsecure, Credential Credential);

/// <summary>What a caller proves itself with.</summary>
internal enum Credential
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Something that is no key of this host.</summary>
    Wrong,

    /// <summary>An API key.</summary>
    Key,

    /// <summary>The application around the host knows the caller.</summary>
    Application,
}

/// <summary>Who is let in.</summary>
internal static class AccessRules
{
    /// <summary>Decides.</summary>
    /// <returns>Why not; null when the request is let in.</returns>
    public static ProblemKind? Refusal(in AccessFacts facts)
    {
        if (facts.Credential == Credential.Application) return null;
        if (!facts.IsLoopback && !facts.IsInsecure && !(facts.IsHttps && facts.HasKeys)) return ProblemKind.NotSecured;
        if (facts.HasKeys) return facts.Credential == Credential.Key ? null : ProblemKind.Unauthenticated;
        return facts.IsLocalName || (facts.IsInsecure && !facts.IsLoopback) ? null : ProblemKind.HostNotAllowed;
    }

    /// <summary>A sentence for a refusal.</summary>
    public static string Describe(ProblemKind refusal, Credential credential)
    {
        if (refusal == ProblemKind.HostNotAllowed)
            return "without an API key only requests to localhost or a loopback address are answered; name the host so, or set a key";
        if (refusal == ProblemKind.NotSecured)
            return "this address can be reached from other machines and needs TLS and an API key; call by the secured address";
        return credential == Credential.Wrong
            ? "the API key is not one of this host; check INTERSTICE_API_KEY, or the file of the key"
            : "this host wants an API key; send it as Authorization: Bearer KEY";
    }
}
