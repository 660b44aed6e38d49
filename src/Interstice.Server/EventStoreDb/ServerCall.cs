using System.Buffers;
using System.IO.Pipelines;
using Google.Protobuf;
using Interstice.EventStoreDb.Protocol.Grpc;
using Microsoft.AspNetCore.Http;

namespace Interstice.Server.EventStoreDb;

/// <summary>The server's side of one call. One thread may read while another writes; neither side twice at a time.</summary>
/// <typeparam name="TRequest">Message of its requests.</typeparam>
/// <typeparam name="TResponse">Message of its responses.</typeparam>
/// <param name="context">The request.</param>
/// <param name="requests">Reads its messages.</param>
/// <param name="patience">Longest time between two parts of the request.</param>
/// <param name="ended">Set when nobody waits for an answer any more.</param>
internal sealed class ServerCall<TRequest, TResponse>(
    HttpContext context, MessageParser<TRequest> requests, TimeSpan patience, CancellationToken ended)
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    private const int FlushBytes = 64 * 1024;

    private readonly PipeReader _reader = context.Request.BodyReader;
    private readonly PipeWriter _writer = context.Response.BodyWriter;

    /// <summary>The request behind the call.</summary>
    internal HttpContext Context => context;

    /// <summary>Set when nobody waits for an answer any more.</summary>
    internal CancellationToken Ended => ended;

    /// <summary>The next request, or null behind the last one.</summary>
    /// <exception cref="GrpcException">What arrived is not such a message.</exception>
    internal async ValueTask<TRequest?> ReadAsync()
    {
        while (true)
        {
            ReadResult result = await ReadMoreAsync().ConfigureAwait(false);
            if (TryRead(result.Buffer, out TRequest request)) return request;
            if (!result.IsCompleted) continue;
            if (!result.Buffer.IsEmpty) throw new GrpcException(GrpcStatusCode.Internal, "the request ends within a message");
            return null;
        }
    }

    /// <summary>The one request of a call that has one.</summary>
    /// <exception cref="CallFailureException">There is none, or another follows.</exception>
    internal async ValueTask<TRequest> ReadOnlyOneAsync()
    {
        TRequest request = await ReadAsync().ConfigureAwait(false) ?? throw CallFailureException.Invalid("the call has no request");
        if (await ReadAsync().ConfigureAwait(false) is not null)
            throw CallFailureException.Invalid("the call has more than one request");
        return request;
    }

    /// <summary>Writes a response, and sends what was written once it is worth it.</summary>
    internal ValueTask WriteAsync(TResponse response)
    {
        GrpcFrames.Write(response, _writer);
        return _writer.UnflushedBytes < FlushBytes ? ValueTask.CompletedTask : FlushAsync();
    }

    /// <summary>Sends what was written, as fast as the caller takes it.</summary>
    internal async ValueTask FlushAsync()
    {
        FlushResult result = await _writer.FlushAsync(ended).ConfigureAwait(false);
        if (result.IsCompleted) throw new OperationCanceledException("the caller is gone", ended);
    }

    // A read is ended by its token and awaited, never left alone: the server gives the pipe to other requests afterwards, and what was left would
    // read from theirs.
    private async ValueTask<ReadResult> ReadMoreAsync()
    {
        if (_reader.TryRead(out ReadResult arrived)) return arrived;
        if (patience == Timeout.InfiniteTimeSpan) return await _reader.ReadAsync(ended).ConfigureAwait(false);
        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(ended);
        impatient.CancelAfter(patience);
        try
        {
            return await _reader.ReadAsync(impatient.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (impatient.IsCancellationRequested && !ended.IsCancellationRequested)
        {
            throw new CallFailureException(GrpcStatusCode.DeadlineExceeded, $"nothing of the request came for {patience}");
        }
    }

    private bool TryRead(ReadOnlySequence<byte> buffer, out TRequest request)
    {
        bool isWhole = GrpcFrames.TryRead(ref buffer, requests, out request);
        _reader.AdvanceTo(buffer.Start, isWhole ? buffer.Start : buffer.End);
        return isWhole;
    }
}
