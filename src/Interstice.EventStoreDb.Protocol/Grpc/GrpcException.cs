namespace Interstice.EventStoreDb.Protocol.Grpc;

/// <summary>A call that did not end with <see cref="GrpcStatusCode.Ok"/>.</summary>
public sealed class GrpcException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="code">How the call ended; not <see cref="GrpcStatusCode.Ok"/>.</param>
    /// <param name="message">What the server, or the transport, says of it.</param>
    /// <param name="trailers">What the server sent with the status; null for nothing.</param>
    /// <param name="innerException">What the transport ended with, or null.</param>
    public GrpcException(
        GrpcStatusCode code, string message, IReadOnlyDictionary<string, string>? trailers = null, Exception? innerException = null)
        : base(message, innerException)
    {
        Code = code;
        Trailers = trailers ?? new Dictionary<string, string>();
    }

    /// <summary>How the call ended.</summary>
    public GrpcStatusCode Code { get; }

    /// <summary>What the server sent with the status, by name in lower case.</summary>
    public IReadOnlyDictionary<string, string> Trailers { get; }

    /// <summary>The value of a trailer, or null.</summary>
    /// <param name="name">Its name in lower case.</param>
    public string? Trailer(string name) => Trailers.GetValueOrDefault(name);
}
