using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Interstice.Server.EventStoreDb;

/// <summary>Where an endpoint listens, and how what is said there is protected.</summary>
/// <param name="Address">The address; port 0 takes a free one.</param>
/// <param name="Certificate">With its private key: calls are encrypted. Null: they are not.</param>
/// <param name="IsInsecureAllowed">Lets an address that others reach go without certificate or credentials.</param>
public sealed record EndpointBinding(IPEndPoint Address, X509Certificate2? Certificate = null, bool IsInsecureAllowed = false)
{
    /// <summary>Whether others than this machine reach it.</summary>
    public bool IsPublic => !IPAddress.IsLoopback(Address.Address);

    /// <summary>What is missing for an address that others reach: null for nothing.</summary>
    /// <param name="options">The endpoint's settings.</param>
    public string? Missing(EndpointOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!IsPublic) return null;
        return (Certificate, options.Credentials) switch
        {
            (null, null) => "TLS and credentials",
            (null, _) => "TLS",
            (_, null) => "credentials",
            _ => null,
        };
    }

    /// <summary>Refuses an address that others reach without protection.</summary>
    /// <param name="options">The endpoint's settings.</param>
    /// <exception cref="InvalidOperationException">Says what is missing.</exception>
    public void ExpectProtected(EndpointOptions options)
    {
        if (Certificate is { HasPrivateKey: false })
            throw new InvalidOperationException("the certificate has no private key; name the file that holds it");
        if (Missing(options) is { } missing && !IsInsecureAllowed)
            throw new InvalidOperationException(
                $"{Address} is reached by other machines and has no {missing}; give it that, listen on 127.0.0.1, or allow it to be insecure");
    }
}
