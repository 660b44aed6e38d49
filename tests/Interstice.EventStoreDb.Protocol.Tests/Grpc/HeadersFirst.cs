using System.Net;
using Interstice.EventStoreDb.Protocol.Grpc;

namespace Interstice.EventStoreDb.Protocol.Tests.Grpc;

/// <summary>A server that answers with headers before the body of the request gets under way.</summary>
internal sealed class HeadersFirst : HttpMessageHandler
{
    private readonly GatedStream _body = new();

    /// <summary>What the request's body has so far.</summary>
    internal byte[] Received => _body.ToArray();

    /// <summary>Lets the body get under way.</summary>
    internal void TakeBody() => _body.Gate.SetResult();

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        _ = request.Content!.CopyToAsync(_body, cancellationToken);
        var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent([]) };
        response.Content.Headers.ContentType = new(GrpcFrames.ContentType);
        return Task.FromResult(response);
    }

    private sealed class GatedStream : MemoryStream
    {
        internal TaskCompletionSource Gate { get; } = new();

        public override Task FlushAsync(CancellationToken cancellationToken) => Gate.Task.WaitAsync(cancellationToken);
    }
}
