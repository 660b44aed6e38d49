using System.Net;
using System.Net.Http.Headers;

namespace Interstice.EventStoreDb.Protocol.Grpc;

/// <summary>The body of a request that is written while the response is read already.</summary>
internal sealed class RequestBody : HttpContent
{
    private readonly TaskCompletionSource<Stream> _stream = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RequestBody() => Headers.ContentType = new MediaTypeHeaderValue(GrpcFrames.ContentType);

    /// <summary>Takes what is written; there once the request is under way.</summary>
    public Task<Stream> Stream => _stream.Task;

    /// <summary>Ends the body.</summary>
    public void Complete() => _complete.TrySetResult();

    /// <summary>Tells writers that the request has ended.</summary>
    public void Abandon()
    {
        _stream.TrySetCanceled();
        _complete.TrySetResult();
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        try
        {
            // The headers go now: a server may answer before the first request comes.
            await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            _stream.TrySetCanceled(CancellationToken.None);
            throw;
        }

        _stream.TrySetResult(stream);
        await _complete.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
