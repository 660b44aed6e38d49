using System.Net;
using Interstice.Server.Hosting;

namespace Interstice.Cli.Remote;

/// <summary>Whether the address that a host gives for the owner of a module may be asked in its place.</summary>
internal static class OwnerAddress
{
    /// <summary>An address that is not encrypted is not followed from one that is. One that stands for the caller's own machine is followed
    /// only from such a one: a host behind a proxy may announce what it listens on, and at the caller's that is another program.</summary>
    /// <param name="first">The host that was asked.</param>
    /// <param name="owner">What it says of the owner.</param>
    public static bool MayBeFollowed(Uri first, Uri owner) =>
        (first.Scheme != Uri.UriSchemeHttps || owner.Scheme == Uri.UriSchemeHttps) && (IsHere(first) || !IsHere(owner));

    // 0.0.0.0 and [::] are no addresses of anybody, but a connection to them is one to this machine.
    private static bool IsHere(Uri address)
    {
        string host = address.IdnHost.TrimEnd('.');
        if (ListenAddress.IsLoopbackHost(host) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)) return true;
        if (!IPAddress.TryParse(host, out IPAddress? number)) return false;
        if (number.IsIPv4MappedToIPv6) number = number.MapToIPv4();
        return IPAddress.IsLoopback(number) || number.Equals(IPAddress.Any) || number.Equals(IPAddress.IPv6Any);
    }
}
