using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace EventStore.Client;

/// <summary>Where the servers are and how to reach them.</summary>
public class EventStoreClientConnectivitySettings
{
    /// <summary>One node on this machine, with TLS.</summary>
    public static EventStoreClientConnectivitySettings Default => new();

    /// <summary>The single node, where there is no cluster. Default localhost:2113 with TLS.</summary>
    public Uri Address { get; set; } = new("https://localhost:2113");

    /// <summary>How often a node is looked for. Default 10.</summary>
    public int MaxDiscoverAttempts { get; set; } = 10;

    /// <summary>Where to ask for the cluster.</summary>
    public EndPoint[] GossipSeeds => DnsGossipSeeds is { Length: > 0 } names ? names : IpGossipSeeds ?? [];

    /// <summary>Where to ask for the cluster, by name.</summary>
    public DnsEndPoint[] DnsGossipSeeds { get; set; } = [];

    /// <summary>Where to ask for the cluster, by address.</summary>
    public IPEndPoint[]? IpGossipSeeds { get; set; }

    /// <summary>How long a node may take to tell of the cluster. Default 5 seconds.</summary>
    public TimeSpan GossipTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether the cluster is asked with TLS. Default true.</summary>
    public bool GossipOverHttps { get; set; } = true;

    /// <summary>Time between attempts to find a node. Default 100 ms.</summary>
    public TimeSpan DiscoveryInterval { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Which node to talk to. Default the leader.</summary>
    public NodePreference NodePreference { get; set; } = NodePreference.Leader;

    /// <summary>Time after which a silent connection is tried. Default 10 seconds; infinite for never.</summary>
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the trial may take. Default 10 seconds.</summary>
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether there is one node, at <see cref="Address"/>.</summary>
    public bool IsSingleNode => GossipSeeds.Length == 0;

    /// <summary>Whether there is no TLS. Default false.</summary>
    public bool Insecure { get; set; }

    /// <summary>Whether the server's certificate is verified. Default true.</summary>
    public bool TlsVerifyCert { get; set; } = true;

    /// <summary>The authority that the server's certificate is verified with; null for those of the system.</summary>
    public X509Certificate2? TlsCaFile { get; set; }
}
