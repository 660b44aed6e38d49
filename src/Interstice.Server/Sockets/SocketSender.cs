using System.Net.WebSockets;
using System.Threading.Channels;

namespace Interstice.Server.Sockets;

/// <summary>Sends messages over a socket, one after the other, from a queue whose bytes are bounded. Thread-safe.</summary>
/// <param name="socket">The socket; nobody else sends on it.</param>
/// <param name="time">Measures patience.</param>
internal sealed class SocketSender(WebSocket socket, TimeProvider time)
{
    private readonly Channel<byte[]> _queue = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Lock _gate = new();
    private TaskCompletionSource? _room;
    private (WebSocketCloseStatus Status, string Reason) _close = (WebSocketCloseStatus.NormalClosure, "");
    private long _unsent;

    /// <summary>Queues a message. Where too many bytes wait already, the socket ends.</summary>
    public void Send(byte[] message)
    {
        lock (_gate)
        {
            if (_unsent > 0 && _unsent + message.Length > SocketBounds.UnsentBytesMax)
            {
                // A client that does not read what it asked for: nothing more is kept for it.
                socket.Abort();
                _queue.Writer.TryComplete();
                return;
            }

            if (_queue.Writer.TryWrite(message)) _unsent += message.Length;
        }
    }

    /// <summary>Ends when so little waits that another request may be read.</summary>
    public Task RoomAsync()
    {
        lock (_gate)
        {
            if (_unsent <= SocketBounds.UnsentBytesSoft) return Task.CompletedTask;
            return (_room ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Takes no more messages, and ends the connection behind those that wait. The first reason counts.</summary>
    public void End(WebSocketCloseStatus status, string reason)
    {
        lock (_gate)
        {
            if (!_queue.Writer.TryComplete()) return;
            _close = (status, reason);
        }
    }

    /// <summary>Sends until it was told to end, and then says so; or until the connection breaks.</summary>
    public async Task RunAsync()
    {
        try
        {
            await foreach (byte[] message in _queue.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                // A cancelled send breaks the connection, which is what is wanted of one that nobody reads.
                using var patience = new CancellationTokenSource(SocketBounds.SendPatience, time);
                await socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, patience.Token).ConfigureAwait(false);
                Sent(message.Length);
            }

            using var closing = new CancellationTokenSource(SocketBounds.ClosePatience, time);
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await socket.CloseOutputAsync(_close.Status, _close.Reason, closing.Token).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            socket.Abort();
        }
        finally
        {
            _queue.Writer.TryComplete();
            lock (_gate) _unsent = 0;
            _room?.TrySetResult();
        }
    }

    private void Sent(int bytes)
    {
        TaskCompletionSource? room = null;
        lock (_gate)
        {
            _unsent -= bytes;
            if (_unsent <= SocketBounds.UnsentBytesSoft) (room, _room) = (_room, null);
        }

        room?.TrySetResult();
    }
}
