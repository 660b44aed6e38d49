using Interstice.EventStoreDb.Protocol.Grpc;
using Interstice.EventStoreDb.Protocol.Messages;

namespace Interstice.EventStoreDb.Protocol;

/// <summary>The methods of EventStoreDB's services that are spoken here.</summary>
public static class ProtocolMethods
{
    /// <summary>Name of the service of streams.</summary>
    public const string Streams = "event_store.client.streams.Streams";

    /// <summary>Name of the service by which nodes tell of their cluster.</summary>
    public const string Gossip = "event_store.client.gossip.Gossip";

    /// <summary>Name of the service that tells what a server can do.</summary>
    public const string ServerFeatures = "event_store.client.server_features.ServerFeatures";

    /// <summary>Reads a stream or all, once or for ever.</summary>
    public static GrpcMethod<ReadReq, ReadResp> Read { get; } = new(Streams, "Read", ReadReq.Parser, ReadResp.Parser);

    /// <summary>Appends to one stream.</summary>
    public static GrpcMethod<AppendReq, AppendResp> Append { get; } = new(Streams, "Append", AppendReq.Parser, AppendResp.Parser);

    /// <summary>Appends many times in one call.</summary>
    public static GrpcMethod<BatchAppendReq, BatchAppendResp> BatchAppend { get; } =
        new(Streams, "BatchAppend", BatchAppendReq.Parser, BatchAppendResp.Parser);

    /// <summary>Deletes a stream, which may be written again.</summary>
    public static GrpcMethod<DeleteReq, DeleteResp> Delete { get; } = new(Streams, "Delete", DeleteReq.Parser, DeleteResp.Parser);

    /// <summary>Deletes a stream for ever.</summary>
    public static GrpcMethod<DeleteReq, DeleteResp> Tombstone { get; } =
        new(Streams, "Tombstone", DeleteReq.Parser, DeleteResp.Parser);

    /// <summary>Who is in the cluster.</summary>
    public static GrpcMethod<Empty, ClusterInfo> ReadGossip { get; } = new(Gossip, "Read", Empty.Parser, ClusterInfo.Parser);

    /// <summary>What the server can do.</summary>
    public static GrpcMethod<Empty, SupportedMethods> GetSupportedMethods { get; } =
        new(ServerFeatures, "GetSupportedMethods", Empty.Parser, SupportedMethods.Parser);
}
