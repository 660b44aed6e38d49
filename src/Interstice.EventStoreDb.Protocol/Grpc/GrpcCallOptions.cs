namespace Interstice.EventStoreDb.Protocol.Grpc;

/// <summary>What a call carries besides messages.</summary>
/// <param name="Headers">Headers of the request, by name in lower case.</param>
/// <param name="Timeout">How long the call may take in all; null for ever.</param>
public sealed record GrpcCallOptions(IReadOnlyDictionary<string, string> Headers, TimeSpan? Timeout = null)
{
    /// <summary>Nothing.</summary>
    public static GrpcCallOptions None { get; } = new(new Dictionary<string, string>());
}
