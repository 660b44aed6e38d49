using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;

namespace Interstice.EventStoreDb.Protocol.Grpc;

/// <summary>Calls to one server over HTTP/2. Thread-safe.</summary>
/// <remarks>A connection is made by the first call and again by the first one after it broke; calls in flight when it breaks end with
/// <see cref="GrpcStatusCode.Unavailable"/>.</remarks>
public sealed class GrpcConnection : IDisposable
{
    private const string UserAgent = "interstice-eventstoredb/1.0";

    private readonly HttpMessageInvoker _invoker;

    /// <summary>Makes one; nothing is sent yet.</summary>
    /// <param name="address">Scheme (http for no TLS, https), host and port.</param>
    /// <param name="handler">Sends requests; disposed with the connection.</param>
    public GrpcConnection(Uri address, HttpMessageHandler handler)
    {
        Address = address;
        _invoker = new HttpMessageInvoker(handler, disposeHandler: true);
    }

    /// <summary>Where the calls go.</summary>
    public Uri Address { get; }

    /// <summary>Calls a method with one request and one response.</summary>
    /// <param name="method">The method.</param>
    /// <param name="request">The request.</param>
    /// <param name="options">What the call carries.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="GrpcException">The call ended otherwise than with one response.</exception>
    public async Task<TResponse> CallAsync<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, TRequest request, GrpcCallOptions options, CancellationToken cancellationToken)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        using GrpcCall<TRequest, TResponse> call = Start(method, options, cancellationToken);
        await call.WriteAsync(request).ConfigureAwait(false);
        call.CompleteRequests(); // an ended call, too, is told of by reading
        return await call.ReadOnlyOneAsync().ConfigureAwait(false);
    }

    /// <summary>Starts a call with any number of requests and responses.</summary>
    /// <param name="method">The method.</param>
    /// <param name="options">What the call carries.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    public GrpcCall<TRequest, TResponse> Start<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, GrpcCallOptions options, CancellationToken cancellationToken)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(options);
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Address, method.Path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        request.Headers.TryAddWithoutValidation("user-agent", UserAgent);
        foreach ((string name, string value) in options.Headers) request.Headers.TryAddWithoutValidation(name, value);
        if (options.Timeout is { } timeout)
            request.Headers.TryAddWithoutValidation(GrpcTimeout.Header, GrpcTimeout.Format(timeout));
        return new GrpcCall<TRequest, TResponse>(_invoker, request, method, options.Timeout, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _invoker.Dispose();
}
