using System.Net;

namespace EventStore.Client;

/// <summary>The node is not the leader, and the call needs it.</summary>
public class NotLeaderException : Exception
{
    /// <summary>Makes one.</summary>
    public NotLeaderException(string host, int port, Exception? exception = null)
        : base($"Not leader. New leader at {host}:{port}.", exception) => LeaderEndpoint = new DnsEndPoint(host, port);

    /// <summary>Where the leader is.</summary>
    public DnsEndPoint LeaderEndpoint { get; }
}
