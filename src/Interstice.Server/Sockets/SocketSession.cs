using System.Net.WebSockets;
using System.Text.Json;
using Interstice.Kernel.Events;
using Interstice.Kernel.Values;
using Interstice.Server.Http;

namespace Interstice.Server.Sockets;

/// <summary>One socket: requests are read while earlier ones are under way, and answered as each ends.</summary>
/// <remarks>A request holds one of <see cref="SocketBounds.RequestsMax"/> places from when it is read until its answer is queued; without a free place, or
/// while too much waits to be sent, nothing is read. The modules hear of the client's going as soon as nothing more can be read.</remarks>
internal sealed class SocketSession : IDisposable
{
    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(1);

    private readonly WebSocket _socket;
    private readonly SocketCalls _calls;
    private readonly SocketClients _clients;
    private readonly SocketBounds _bounds;
    private readonly Identity _caller;
    private readonly TimeProvider _time;
    private readonly SocketSender _sender;
    private readonly SemaphoreSlim _places;
    private readonly CancellationTokenSource _ended = new();
    private readonly Lock _gate = new();
    private TaskCompletionSource? _idle;
    private int _underWay;
    private bool _isOver;
    private volatile Task _stopping = Task.CompletedTask;

    public SocketSession(WebSocket socket, SocketCalls calls, SocketBounds bounds, Identity caller, TimeProvider time)
    {
        _socket = socket;
        _calls = calls;
        _clients = calls.ClientsOf(caller);
        _bounds = bounds;
        _caller = caller;
        _time = time;
        _sender = new SocketSender(socket, time);
        _places = new SemaphoreSlim(bounds.RequestsMax, bounds.RequestsMax);
    }

    /// <summary>Serves the client until it goes, breaks off, or the host stops.</summary>
    /// <param name="stopping">The host stops.</param>
    /// <param name="broken">The connection is broken: heard of here also while nothing is read.</param>
    public async Task RunAsync(CancellationToken stopping, CancellationToken broken)
    {
        _sender.Send(SocketMessages.Welcome(Guid.NewGuid(), _bounds));
        Task sending = _sender.RunAsync();
        Task watching = WatchAsync();
        await using (stopping.UnsafeRegister(_ => _stopping = EndSoonAsync(), null).ConfigureAwait(false))
        {
            (WebSocketCloseStatus Status, string Reason) end;
            try
            {
                end = await ReadAllAsync(stopping, broken).ConfigureAwait(false);
            }
            finally
            {
                await _ended.CancelAsync().ConfigureAwait(false);

                // What was begun is answered, as far as the client still listens.
                await InPatienceAsync(Task.WhenAll(_clients.CloseAsync(), DrainAsync())).ConfigureAwait(false);
            }

            _sender.End(end.Status, end.Reason);
            await Task.WhenAll(sending, watching).ConfigureAwait(false);
            await WaitForCloseAsync().ConfigureAwait(false);
        }

        await _stopping.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            // What goes on by itself gives its place back yet: then the last does it.
            _isOver = true;
            if (_underWay > 0) return;
        }

        DisposeParts();
    }

    private void DisposeParts()
    {
        _ended.Dispose();
        _places.Dispose();
    }

    // The modules hear of it while their host is there, the client is told, and has a while to end the connection.
    private async Task EndSoonAsync()
    {
        await InPatienceAsync(_clients.CloseAsync()).ConfigureAwait(false);
        try
        {
            await DrainAsync().WaitAsync(_ended.Token).ConfigureAwait(false);
            _sender.End(WebSocketCloseStatus.EndpointUnavailable, "the host is stopping");
            await Task.Delay(SocketBounds.ClosePatience, _time, _ended.Token).ConfigureAwait(false);
            _socket.Abort();
        }
        catch (OperationCanceledException)
        {
            // It has ended.
        }
    }

    // The modules are told by what is queued then, and calls go on. While the store does not answer that takes as long as it likes, and a socket that
    // has ended must not keep its place for it: then both go on by themselves.
    private async Task InPatienceAsync(Task ending)
    {
        await ending.WaitAsync(SocketBounds.LeavePatience, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (ending.IsCompleted) await ending.ConfigureAwait(false);
    }

    // Ends when no request is under way.
    private Task DrainAsync()
    {
        lock (_gate) return _underWay == 0 ? Task.CompletedTask : (_idle ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
    }

    // Once the host stops nothing begins behind the end of what was begun: a drain looks under the same lock.
    private bool TryBegin(CancellationToken stopping)
    {
        lock (_gate)
        {
            if (stopping.IsCancellationRequested) return false;
            _underWay++;
            return true;
        }
    }

    private void Finish()
    {
        _places.Release();
        lock (_gate)
        {
            if (--_underWay > 0) return;
            _idle?.TrySetResult();
            _idle = null;
            if (!_isOver) return;
        }

        DisposeParts();
    }

    private async Task<(WebSocketCloseStatus Status, string Reason)> ReadAllAsync(CancellationToken stopping, CancellationToken broken)
    {
        var reader = new SocketReader(_socket, _bounds.MessageBytesMax);
        try
        {
            while (true)
            {
                (ReadOnlyMemory<byte>? message, (WebSocketCloseStatus, string) end) = await reader.ReadAsync().ConfigureAwait(false);
                if (message is null) return end;
                if (stopping.IsCancellationRequested) continue;
                await _places.WaitAsync(broken).ConfigureAwait(false);
                await _sender.RoomAsync().WaitAsync(broken).ConfigureAwait(false);
                if (TryBegin(stopping)) _ = HandleAsync(message.Value);
                else _places.Release();
            }
        }
        catch (Exception fault) when (fault is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            _socket.Abort();
            return (WebSocketCloseStatus.Empty, "");
        }
    }

    // Up to the first wait this runs on the reader's turn: calls are queued in the order of their messages.
    private async Task HandleAsync(ReadOnlyMemory<byte> message)
    {
        JsonElement id = default;
        try
        {
            using JsonDocument document = Parse(message);
            id = SocketRequest.IdOf(document.RootElement) is { ValueKind: not JsonValueKind.Undefined } found ? found.Clone() : default;
            Action<Utf8JsonWriter> members = await _calls
                .AnswerAsync(SocketRequest.Read(document.RootElement), _clients, _caller).ConfigureAwait(false);
            _sender.Send(SocketMessages.Answer(id, members));
        }
        catch (Exception fault)
        {
            _sender.Send(SocketMessages.Failure(id, _calls.Describe(fault, _caller)));
        }
        finally
        {
            Finish();
        }
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> message)
    {
        try
        {
            // The reader reuses its buffer while the answer is waited for.
            return JsonDocument.Parse(message.ToArray(), ValueLimits.Json);
        }
        catch (JsonException fault)
        {
            throw new ProblemException(ProblemKind.BadRequest, $"the message is no JSON ({fault.Message})", fault);
        }
    }

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(WatchInterval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_ended.Token).ConfigureAwait(false))
            {
                foreach ((string module, Problem problem) in await _clients.GiveUpForeignAsync(_ended.Token).ConfigureAwait(false))
                    _sender.Send(SocketMessages.Disconnected(module, problem));
            }
        }
        catch (OperationCanceledException)
        {
            // The socket has ended.
        }
    }

    // The side that ended first waits for the other's word, so that what was sent arrives.
    private async Task WaitForCloseAsync()
    {
        if (_socket.State != WebSocketState.CloseSent) return;
        using var patience = new CancellationTokenSource(SocketBounds.ClosePatience, _time);
        byte[] ignored = new byte[1024];
        try
        {
            while (_socket.State == WebSocketState.CloseSent)
                await _socket.ReceiveAsync(ignored.AsMemory(), patience.Token).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is WebSocketException or OperationCanceledException or IOException)
        {
            _socket.Abort();
        }
    }
}
