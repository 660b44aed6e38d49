using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Interstice.EventStoreDb.Protocol;
using Interstice.EventStoreDb.Protocol.Grpc;
using Interstice.EventStoreDb.Protocol.Messages;
using EndPoint = System.Net.EndPoint;

namespace EventStore.Client;

/// <summary>The node that calls go to: the single one, or one of a cluster that gossip tells of. Thread-safe.</summary>
/// <remarks>A node is looked for by the first call, and again after one failed in a way that says so. One connection is kept for each
/// node that was ever used; it is made again by itself.</remarks>
internal sealed class Cluster : IDisposable
{
    private readonly EventStoreClientSettings _settings;
    private readonly Dictionary<Uri, GrpcConnection> _connections = [];
    private readonly Lock _lock = new();
    private Task<Node>? _node;
    private bool _isDisposed;

    internal Cluster(EventStoreClientSettings settings) => _settings = settings;

    /// <summary>A node, with what it can do.</summary>
    internal sealed record Node(GrpcConnection Connection, IReadOnlyDictionary<string, string[]> Methods)
    {
        internal bool CanBatch => Methods.ContainsKey("/event_store.client.streams.streams/batchappend");

        internal bool TakesDuration =>
            Methods.TryGetValue("/event_store.client.streams.streams/batchappend", out string[]? features)
            && features.Contains("deadline_duration");
    }

    private EventStoreClientConnectivitySettings Connectivity => _settings.ConnectivitySettings;

    /// <summary>The node to talk to.</summary>
    /// <exception cref="DiscoveryException">None was found.</exception>
    /// <exception cref="GrpcException">It does not answer.</exception>
    internal Task<Node> GetAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_node is null || _node.IsFaulted || _node.IsCanceled) _node = Task.Run(() => FindAsync(null));
            return _node.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Takes note of how a call failed: the next one may go elsewhere.</summary>
    internal void Note(Node node, Exception failure)
    {
        Uri? leader = failure is NotLeaderException elsewhere
            ? NodeAddress.Of(elsewhere.LeaderEndpoint, isSecure: !IsInsecure)
            : null;
        bool isGone = failure is GrpcException { Code: GrpcStatusCode.Unavailable or GrpcStatusCode.Cancelled };
        if (leader is null && !isGone) return;
        lock (_lock)
        {
            if (_isDisposed || _node is not { IsCompletedSuccessfully: true } || _node.Result != node) return;
            _node = leader is null ? null : Task.Run(() => FindAsync(leader));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            foreach (GrpcConnection connection in _connections.Values) connection.Dispose();
            _connections.Clear();
        }
    }

    private bool IsInsecure => Connectivity.IsSingleNode ? Connectivity.Address.Scheme == Uri.UriSchemeHttp : !Connectivity.GossipOverHttps;

    private async Task<Node> FindAsync(Uri? leader)
    {
        Uri address = leader ?? (Connectivity.IsSingleNode ? Connectivity.Address : await DiscoverAsync().ConfigureAwait(false));
        GrpcConnection connection = Connect(address);
        return new Node(connection, await MethodsAsync(connection).ConfigureAwait(false));
    }

    private GrpcConnection Connect(Uri address)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (!_connections.TryGetValue(address, out GrpcConnection? connection))
                _connections.Add(address, connection = new GrpcConnection(address, _settings.CreateHttpMessageHandler?.Invoke() ?? Handler()));
            return connection;
        }
    }

    private SocketsHttpHandler Handler()
    {
        var handler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true };
        if (Connectivity.KeepAliveInterval > TimeSpan.Zero)
        {
            handler.KeepAlivePingDelay = Connectivity.KeepAliveInterval;
            if (Connectivity.KeepAliveTimeout > TimeSpan.Zero) handler.KeepAlivePingTimeout = Connectivity.KeepAliveTimeout;
        }

        handler.SslOptions.RemoteCertificateValidationCallback = (Connectivity.TlsVerifyCert, Connectivity.TlsCaFile) switch
        {
#pragma warning disable CA5359 // Asked for by name: tlsVerifyCert=false.
            (false, _) => (_, _, _, _) => true,
#pragma warning restore CA5359
            (true, { } authority) => (_, certificate, _, errors) => IsIssuedBy(authority, certificate, errors),
            _ => null,
        };
        return handler;
    }

    private static bool IsIssuedBy(X509Certificate2 authority, X509Certificate? certificate, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 shown || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != 0) return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(shown);
    }

    private static async Task<Dictionary<string, string[]>> MethodsAsync(GrpcConnection connection)
    {
        GrpcCallOptions options = GrpcCallOptions.None with { Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            SupportedMethods supported = await connection
                .CallAsync(ProtocolMethods.GetSupportedMethods, new Empty(), options, CancellationToken.None).ConfigureAwait(false);
            return supported.Methods.ToDictionary(
                method => $"/{method.ServiceName}/{method.MethodName}".ToLowerInvariant(), method => method.Features.ToArray());
        }
        catch (GrpcException failure) when (failure.Code == GrpcStatusCode.Unimplemented)
        {
            return []; // a server older than this question
        }
        catch (GrpcException failure)
        {
            throw Failures.Of(failure);
        }
    }

    private async Task<Uri> DiscoverAsync()
    {
        for (int attempt = 1; ; attempt++)
        {
            foreach (EndPoint seed in Connectivity.GossipSeeds)
                if (await AskAsync(seed).ConfigureAwait(false) is { } found) return found;
            if (attempt >= Connectivity.MaxDiscoverAttempts) throw new DiscoveryException(Connectivity.MaxDiscoverAttempts);
            await Task.Delay(Connectivity.DiscoveryInterval).ConfigureAwait(false);
        }
    }

    private async Task<Uri?> AskAsync(EndPoint seed)
    {
        GrpcConnection connection = Connect(NodeAddress.Of(seed, Connectivity.GossipOverHttps));
        try
        {
            ClusterInfo told = await connection.CallAsync(
                ProtocolMethods.ReadGossip,
                new Empty(),
                GrpcCallOptions.None with { Timeout = Connectivity.GossipTimeout },
                CancellationToken.None).ConfigureAwait(false);
            MemberInfo? member = NodeChoice.Choose(told.Members, Connectivity.NodePreference, Random.Shared);
            if (member is null) return null;
            var node = new DnsEndPoint(member.HttpEndPoint.Address, (int)member.HttpEndPoint.Port);
            return NodeAddress.Of(node, Connectivity.GossipOverHttps);
        }
        catch (GrpcException)
        {
            return null; // the next seed may answer
        }
    }
}
