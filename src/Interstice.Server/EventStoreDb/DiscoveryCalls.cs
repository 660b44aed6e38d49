using Interstice.EventStoreDb.Protocol;
using Interstice.EventStoreDb.Protocol.Messages;
using Microsoft.AspNetCore.Http;

namespace Interstice.Server.EventStoreDb;

/// <summary>What clients ask for before they do anything: who is there, and what it can do.</summary>
internal static class DiscoveryCalls
{
    // The version whose protocol this speaks; clients choose calls by the methods and features below.
    private const string ProtocolVersion = "23.10.0.0";

    private static readonly string InstanceId = Guid.NewGuid().ToString();

    internal static async Task AnswerFeaturesAsync(ServerCall<Empty, SupportedMethods> call)
    {
        await call.ReadOnlyOneAsync().ConfigureAwait(false);
        var methods = new SupportedMethods { EventStoreServerVersion = ProtocolVersion };
        Add(methods, ProtocolMethods.Streams, "read", "position", "events");
        Add(methods, ProtocolMethods.Streams, "append");
        Add(methods, ProtocolMethods.Streams, "batchappend", "deadline_duration");
        Add(methods, ProtocolMethods.Streams, "delete");
        Add(methods, ProtocolMethods.Streams, "tombstone");
        Add(methods, ProtocolMethods.Gossip, "read");
        Add(methods, ProtocolMethods.ServerFeatures, "getsupportedmethods");
        await call.WriteAsync(methods).ConfigureAwait(false);
    }

    /// <summary>One member, which leads, at the address that the caller came by.</summary>
    internal static async Task AnswerGossipAsync(ServerCall<Empty, ClusterInfo> call, TimeProvider time)
    {
        await call.ReadOnlyOneAsync().ConfigureAwait(false);
        HttpRequest request = call.Context.Request;
        int port = request.Host.Port ?? call.Context.Connection.LocalPort;
        await call.WriteAsync(new ClusterInfo
        {
            Members =
            {
                new MemberInfo
                {
                    InstanceId = new UUID { String = InstanceId },
                    TimeStamp = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks,
                    State = MemberInfo.Types.VNodeState.Leader,
                    IsAlive = true,
                    HttpEndPoint = new EndPoint { Address = request.Host.Host, Port = (uint)port },
                },
            },
        }).ConfigureAwait(false);
    }

    private static void Add(SupportedMethods methods, string service, string method, params ReadOnlySpan<string> features)
    {
        var supported = new SupportedMethod { ServiceName = service.ToLowerInvariant(), MethodName = method };
        foreach (string feature in features) supported.Features.Add(feature);
        methods.Methods.Add(supported);
    }
}
