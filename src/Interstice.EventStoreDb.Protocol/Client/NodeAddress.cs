using System.Net;

namespace EventStore.Client;

/// <summary>The address of a node as a URI.</summary>
internal static class NodeAddress
{
    internal static Uri Of(EndPoint node, bool isSecure)
    {
        (string host, int port) = node switch
        {
            DnsEndPoint name => (name.Host, name.Port),
            IPEndPoint address => (address.Address.ToString(), address.Port),
            _ => throw new ArgumentException($"a node is at a name or an address, not at {node}", nameof(node)),
        };
        return new UriBuilder(isSecure ? Uri.UriSchemeHttps : Uri.UriSchemeHttp, host, port).Uri;
    }
}
