using System.Net;
using Interstice.Server.Hosting;
using Microsoft.AspNetCore.Http;

namespace Interstice.Server.Http;

/// <summary>Reads from a request what decides whether it is let in.</summary>
internal static class RequestAccess
{
    private const string Scheme = "Bearer ";

    /// <summary>Why a request is not let in; null when it is.</summary>
    public static Problem? Refusal(HttpContext context, IntersticeOptions options)
    {
        AccessFacts facts = Read(context, options);
        return AccessRules.Refusal(facts) is { } refusal
            ? new Problem(refusal, AccessRules.Describe(refusal, facts.Credential))
            : null;
    }

    private static AccessFacts Read(HttpContext context, IntersticeOptions options)
    {
        // A server in memory has no addresses, and nobody else reaches it. A Unix socket neither.
        IPAddress? local = context.Connection.LocalIpAddress;
        return new AccessFacts(
            local is null || IPAddress.IsLoopback(local) || (local.IsIPv4MappedToIPv6 && IPAddress.IsLoopback(local.MapToIPv4())),
            context.Request.IsHttps,
            ListenAddress.IsLoopbackHost(context.Request.Host.Host),
            options.ApiKeys.Any,
            options.Insecure,
            CredentialOf(context, options.ApiKeys));
    }

    private static Credential CredentialOf(HttpContext context, ApiKeys keys)
    {
        if (context.User.Identity?.IsAuthenticated == true) return Credential.Application;
        string given = context.Request.Headers.Authorization.ToString();
        if (given.Length == 0) return Credential.None;
        bool isKey = given.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && keys.Accept(given[Scheme.Length..].Trim());
        return isKey ? Credential.Key : Credential.Wrong;
    }
}
