using Google.Protobuf;

namespace Interstice.EventStoreDb.Protocol.Grpc;

/// <summary>A method of a service.</summary>
/// <typeparam name="TRequest">Message of its requests.</typeparam>
/// <typeparam name="TResponse">Message of its responses.</typeparam>
/// <param name="Service">Full name of the service.</param>
/// <param name="Name">Name of the method.</param>
/// <param name="Requests">Reads requests.</param>
/// <param name="Responses">Reads responses.</param>
public sealed record GrpcMethod<TRequest, TResponse>(
    string Service, string Name, MessageParser<TRequest> Requests, MessageParser<TResponse> Responses)
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    /// <summary>Path of its requests.</summary>
    public string Path { get; } = $"/{Service}/{Name}";
}
