using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Google.Protobuf;

namespace Interstice.EventStoreDb.Protocol.Grpc;

/// <summary>A call under way. One thread may write while another reads; neither side twice at a time.</summary>
/// <remarks>How a call ended is told by reading alone: a write that comes too late only says so, because the status that the
/// server sent tells more than the write that failed.</remarks>
/// <typeparam name="TRequest">Message of its requests.</typeparam>
/// <typeparam name="TResponse">Message of its responses.</typeparam>
public sealed class GrpcCall<TRequest, TResponse> : IDisposable
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    private const int ReadBufferBytes = 64 * 1024;

    private readonly GrpcMethod<TRequest, TResponse> _method;
    private readonly RequestBody _body = new();
    private readonly ArrayBufferWriter<byte> _written = new(1024);
    private readonly CancellationTokenSource _ending;
    private readonly CancellationToken _ended;
    private readonly CancellationToken _cancelled;
    private readonly Task<HttpResponseMessage> _responding;
    private HttpResponseMessage? _response;
    private PipeReader? _reader;
    private bool _isOver;
    private Exception? _failure;
    private volatile bool _isDisposed;

    internal GrpcCall(
        HttpMessageInvoker invoker,
        HttpRequestMessage request,
        GrpcMethod<TRequest, TResponse> method,
        TimeSpan? timeout,
        CancellationToken cancellationToken)
    {
        _method = method;
        _cancelled = cancellationToken;
        _ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _ended = _ending.Token;

        // Who waits longer than a timer takes is told by the server.
        if (timeout is { } limit && limit <= GrpcTimeout.TimerMax) _ending.CancelAfter(limit > TimeSpan.Zero ? limit : TimeSpan.Zero);
        request.Content = _body;
        _responding = SendAsync(invoker, request);
    }

    /// <summary>Bytes that wait for <see cref="FlushAsync"/>.</summary>
    public int AddedBytes => _written.WrittenCount;

    /// <summary>Writes a request and sends it.</summary>
    /// <param name="request">The request.</param>
    /// <returns>False if the call has ended; reading tells how.</returns>
    public ValueTask<bool> WriteAsync(TRequest request)
    {
        Add(request);
        return FlushAsync();
    }

    /// <summary>Writes a request into the buffer that <see cref="FlushAsync"/> sends.</summary>
    /// <param name="request">The request.</param>
    public void Add(TRequest request) => GrpcFrames.Write(request, _written);

    /// <summary>Makes room for a request in the buffer that <see cref="FlushAsync"/> sends.</summary>
    /// <param name="bytes">Bytes of the request.</param>
    /// <returns>The room, which the caller fills before it adds anything else.</returns>
    public Span<byte> AddMessage(int bytes) => GrpcFrames.Begin(bytes, _written);

    /// <summary>Sends what was added, as fast as the server takes it.</summary>
    /// <returns>False if the call has ended; reading tells how.</returns>
    public async ValueTask<bool> FlushAsync()
    {
        try
        {
            Stream stream = await _body.Stream.ConfigureAwait(false);
            await stream.WriteAsync(_written.WrittenMemory, _ended).ConfigureAwait(false);
            await stream.FlushAsync(_ended).ConfigureAwait(false);
            _written.ResetWrittenCount();
            return true;
        }
        catch (Exception fault) when (IsOfTransport(fault) || fault is ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Says that no request follows, once every flush has ended.</summary>
    public void CompleteRequests() => _body.Complete();

    /// <summary>The next response, or null behind the last one.</summary>
    /// <exception cref="GrpcException">The call ended otherwise than with success.</exception>
    /// <exception cref="OperationCanceledException">The caller gave the call up.</exception>
    public async ValueTask<TResponse?> ReadAsync()
    {
        if (_failure is not null) throw _failure;
        if (_isOver) return null;
        try
        {
            _cancelled.ThrowIfCancellationRequested();
            _reader ??= await OpenAsync().ConfigureAwait(false);
            if (_reader.TryRead(out ReadResult arrived) && TryRead(arrived.Buffer, out TResponse message)) return message;
            while (true)
            {
                ReadResult result = await _reader.ReadAsync(_ended).ConfigureAwait(false);
                if (TryRead(result.Buffer, out message)) return message;
                if (!result.IsCompleted) continue;
                _isOver = true;
                ThrowIfFailed(!result.Buffer.IsEmpty);
                return null;
            }
        }
        catch (GrpcException failure)
        {
            _failure = failure;
            throw;
        }
        catch (Exception fault) when (IsOfTransport(fault))
        {
            _failure = Failure(fault);
            throw _failure;
        }
    }

    /// <summary>The one response of a call that has one.</summary>
    /// <exception cref="GrpcException">The call ended otherwise.</exception>
    /// <exception cref="OperationCanceledException">The caller gave the call up.</exception>
    public async Task<TResponse> ReadOnlyOneAsync()
    {
        TResponse? response = await ReadAsync().ConfigureAwait(false);
        if (response is null) throw new GrpcException(GrpcStatusCode.Internal, $"{_method.Path} ended without a response");
        if (await ReadAsync().ConfigureAwait(false) is not null)
            throw new GrpcException(GrpcStatusCode.Internal, $"{_method.Path} gave more than one response");
        return response;
    }

    /// <summary>Ends the call, whatever is under way; a read that waits ends with <see cref="OperationCanceledException"/>.</summary>
    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        _ending.Cancel();
        _body.Abandon();
        _ = DropAsync();
        _ending.Dispose();
    }

    private static bool IsOfTransport(Exception fault) => fault is OperationCanceledException or IOException or HttpRequestException;

    private async Task<HttpResponseMessage> SendAsync(HttpMessageInvoker invoker, HttpRequestMessage request)
    {
        try
        {
            return await invoker.SendAsync(request, _ended).ConfigureAwait(false);
        }
        catch
        {
            // Writers that wait for a request which never got under way. An answer alone says nothing of that: it may come first.
            _body.Abandon();
            throw;
        }
    }

    private async Task<PipeReader> OpenAsync()
    {
        HttpResponseMessage response = _response = await _responding.ConfigureAwait(false);
        if (GrpcStatus.FailureIn(response.Headers) is { } failure) throw failure;
        string? contentType = response.Content.Headers.ContentType?.MediaType;
        bool isGrpc = contentType?.StartsWith(GrpcFrames.ContentType, StringComparison.Ordinal) == true;
        if (response.StatusCode != HttpStatusCode.OK || !isGrpc)
        {
            throw new GrpcException(
                CodeOf(response.StatusCode),
                $"{_method.Path}: the server answered with HTTP status {(int)response.StatusCode} and content type "
                    + $"{contentType ?? "(none)"}, not with gRPC; check address and port");
        }

        Stream stream = await response.Content.ReadAsStreamAsync(_ended).ConfigureAwait(false);
        return PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: ReadBufferBytes, minimumReadSize: ReadBufferBytes / 4));
    }

    private bool TryRead(ReadOnlySequence<byte> buffer, out TResponse message)
    {
        bool isWhole = GrpcFrames.TryRead(ref buffer, _method.Responses, out message);
        _reader!.AdvanceTo(buffer.Start, isWhole ? buffer.Start : buffer.End);
        return isWhole;
    }

    private void ThrowIfFailed(bool isCut)
    {
        if (GrpcStatus.FailureIn(_response!.TrailingHeaders) is { } failure) throw failure;
        if (isCut) throw new GrpcException(GrpcStatusCode.Internal, $"{_method.Path}: the response ends within a message");
        if (!GrpcStatus.TryGetCode(_response.TrailingHeaders, out _) && !GrpcStatus.TryGetCode(_response.Headers, out _))
            throw new GrpcException(GrpcStatusCode.Unavailable, $"{_method.Path}: the response ended without a status");
    }

    private Exception Failure(Exception fault)
    {
        if (_isDisposed || _cancelled.IsCancellationRequested)
            return new OperationCanceledException("the call was given up", fault, _cancelled);
        if (_ended.IsCancellationRequested)
            return new GrpcException(GrpcStatusCode.DeadlineExceeded, $"{_method.Path} was not answered in time", innerException: fault);
        GrpcStatusCode code = IsReset(fault) ? GrpcStatusCode.Cancelled : GrpcStatusCode.Unavailable;
        return new GrpcException(code, $"{_method.Path}: {fault.Message}", innerException: fault);
    }

    // A server that gives one call up, and not its connection, resets the stream with the code CANCEL.
    private static bool IsReset(Exception? fault)
    {
        const long Cancel = 8;
        for (; fault is not null; fault = fault.InnerException)
            if (fault is HttpProtocolException protocol) return protocol.ErrorCode == Cancel;
        return false;
    }

    private async Task DropAsync()
    {
        try
        {
            (await _responding.ConfigureAwait(false)).Dispose();
        }
        catch (Exception fault) when (IsOfTransport(fault))
        {
            // Nobody waits for it any more.
        }
    }

    private static GrpcStatusCode CodeOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.BadRequest => GrpcStatusCode.Internal,
        HttpStatusCode.Unauthorized => GrpcStatusCode.Unauthenticated,
        HttpStatusCode.Forbidden => GrpcStatusCode.PermissionDenied,
        HttpStatusCode.NotFound => GrpcStatusCode.Unimplemented,
        HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable
            or HttpStatusCode.GatewayTimeout => GrpcStatusCode.Unavailable,
        _ => GrpcStatusCode.Unknown,
    };
}
