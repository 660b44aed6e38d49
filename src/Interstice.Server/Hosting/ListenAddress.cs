using System.Globalization;
using System.Net;

namespace Interstice.Server.Hosting;

/// <summary>An address that a host listens on, and whether it may.</summary>
/// <param name="Text">As it was given.</param>
/// <param name="Host">Host name or address.</param>
/// <param name="Port">The port; 0 takes a free one.</param>
/// <param name="IsHttps">Whether it is encrypted.</param>
public sealed record ListenAddress(string Text, string Host, int Port, bool IsHttps)
{
    /// <summary>Whether only this machine can reach it.</summary>
    public bool IsLoopback => IsLoopbackHost(Host);

    /// <summary>Whether a name or address in a URL stands for this machine alone: <c>localhost</c>, 127.0.0.0/8 or ::1.</summary>
    public static bool IsLoopbackHost(string host)
    {
        ArgumentNullException.ThrowIfNull(host);
        return string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));
    }

    /// <summary>Reads an address such as <c>http://127.0.0.1:5080</c>, <c>https://0.0.0.0:5443</c> or <c>https://*:5443</c>.</summary>
    /// <exception cref="ArgumentException">It is none; the message says what is wrong.</exception>
    public static ListenAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        const string Example = "write http://127.0.0.1:5080 or https://0.0.0.0:5443";
        int scheme = text.IndexOf("://", StringComparison.Ordinal);
        string before = scheme < 0 ? "" : text[..scheme].ToLowerInvariant();
        if (before is not ("http" or "https"))
            throw new ArgumentException($"\"{text}\" is no address to listen on: it begins neither with http:// nor with https://; {Example}");
        string rest = text[(scheme + 3)..].TrimEnd('/');
        int colon = rest.LastIndexOf(':');
        bool hasPort = colon > rest.LastIndexOf(']');
        string host = hasPort ? rest[..colon] : rest;
        if (host.Length == 0 || host.AsSpan().IndexOfAny("/?#@ ") >= 0 || (host.Contains(':', StringComparison.Ordinal) && host[0] != '['))
            throw new ArgumentException($"\"{text}\" is no address to listen on: it has no host of its own; {Example}");
        if (host[0] == '[' && !(host[^1] == ']' && host.Contains(':', StringComparison.Ordinal) && IPAddress.TryParse(host[1..^1], out _)))
            throw new ArgumentException($"\"{text}\" is no address to listen on: only an IPv6 address stands in brackets; {Example}");
        int port = before == "https" ? 443 : 80;
        bool isNumber = !hasPort || int.TryParse(rest[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port);
        if (!isNumber || port > IPEndPoint.MaxPort)
            throw new ArgumentException($"\"{text}\" is no address to listen on: the port is no number from 0 to {IPEndPoint.MaxPort}; {Example}");
        return new ListenAddress(text, host, port, before == "https");
    }

    /// <summary>What protects the address from other machines and is not there; null for nothing.</summary>
    /// <param name="hasKeys">Whether there is an API key.</param>
    public string? Missing(bool hasKeys) => (IsLoopback, IsHttps, hasKeys) switch
    {
        (true, _, _) or (_, true, true) => null,
        (_, false, false) => "TLS and an API key",
        (_, false, true) => "TLS",
        _ => "an API key",
    };

    /// <summary>Why the address may not be listened on, and what to do; null when it may.</summary>
    /// <param name="hasKeys">Whether there is an API key.</param>
    /// <param name="isInsecure">Whether it was allowed all the same.</param>
    public string? Forbidden(bool hasKeys, bool isInsecure)
    {
        if (isInsecure || Missing(hasKeys) is not { } missing) return null;
        return $"{Text} can be reached from other machines and has not {missing}; listen on 127.0.0.1, or use https:// with a certificate " +
            "(--tls-certificate) and an API key (INTERSTICE_API_KEY or --api-key-file), or say --insecure where the network is to be trusted";
    }

    /// <inheritdoc/>
    public override string ToString() => Text;
}
