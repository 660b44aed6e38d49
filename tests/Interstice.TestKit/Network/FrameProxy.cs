using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Interstice.TestKit.Network;

/// <summary>A proxy between a client and a server of HTTP/2 without TLS on loopback, which knows where frames end and lets faults happen
/// there.</summary>
/// <remarks>A fault is decided for each frame in the order in which frames arrive, one at a time.</remarks>
public sealed class FrameProxy : IAsyncDisposable
{
    private const int PrefaceBytes = 24;
    private const int HeaderBytes = 9;
    private const int FrameBytesMax = 1 << 20;
    private const int ConnectionsMax = 4096;
    private const byte ResetFrame = 3;
    private const byte CancelCode = 8;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _serverPort;
    private readonly Func<ProxyFrame, ProxyFault> _decide;
    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _lock = new();
    private readonly List<Task> _connections = [];
    private readonly Task _accepting;
    private int _frames;

    /// <summary>Starts listening.</summary>
    /// <param name="serverPort">Where the server listens.</param>
    /// <param name="decide">The fault for each frame.</param>
    public FrameProxy(int serverPort, Func<ProxyFrame, ProxyFault> decide)
    {
        (_serverPort, _decide) = (serverPort, decide);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>How many frames it has seen, of both directions.</summary>
    public int FrameCount => Volatile.Read(ref _frames);

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections);
        _closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (_connections.Count < ConnectionsMax)
                _connections.Add(ServeAsync(await _listener.AcceptSocketAsync(_closing.Token)));
        }
        catch (Exception fault) when (fault is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The proxy is disposed of.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
        (client.NoDelay, server.NoDelay) = (true, true);
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _serverPort, ended.Token);
            using var up = new Side(client, server);
            using var down = new Side(server, client);
            await Task.WhenAll(PumpAsync(up, down, isFromServer: false, ended), PumpAsync(down, up, isFromServer: true, ended));
        }
        catch (Exception fault) when (fault is SocketException or OperationCanceledException)
        {
            // The server is not there: the client is told by the end of its connection.
        }
        finally
        {
            client.Close(0); // a reset, as when a network breaks
            server.Close(0);
        }
    }

    // Ends both directions when it ends.
    private async Task PumpAsync(Side from, Side back, bool isFromServer, CancellationTokenSource ended)
    {
        byte[] buffer = new byte[FrameBytesMax];
        try
        {
            if (!isFromServer)
            {
                if (!await from.ReadAsync(buffer.AsMemory(0, PrefaceBytes), ended.Token)) return;
                await from.WriteAsync(buffer.AsMemory(0, PrefaceBytes), ended.Token);
            }

            while (await from.ReadAsync(buffer.AsMemory(0, HeaderBytes), ended.Token))
            {
                int length = (buffer[0] << 16) | (buffer[1] << 8) | buffer[2];
                int stream = BinaryPrimitives.ReadInt32BigEndian(buffer.AsSpan(5)) & int.MaxValue;
                if (length > FrameBytesMax - HeaderBytes) throw new InvalidDataException($"a frame of {length} bytes");
                if (!await from.ReadAsync(buffer.AsMemory(HeaderBytes, length), ended.Token)) return;
                if (!await PassAsync(from, back, Decide(isFromServer, buffer[3], stream), buffer.AsMemory(0, HeaderBytes + length), stream, ended.Token))
                    return;
            }
        }
        catch (Exception fault) when (fault is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The connection is over.
        }
        finally
        {
            await ended.CancelAsync();
        }
    }

    private ProxyFault Decide(bool isFromServer, byte type, int stream)
    {
        lock (_lock) return _decide(new ProxyFrame(_frames++, isFromServer, type, stream));
    }

    // False when the connection is over.
    private static async Task<bool> PassAsync(
        Side from, Side back, ProxyFault fault, ReadOnlyMemory<byte> frame, int stream, CancellationToken ended)
    {
        switch (fault)
        {
            case ProxyFault.CutBefore:
                return false;
            case ProxyFault.CutAfter:
                await from.WriteAsync(frame, ended);
                return false;
            case ProxyFault.Silence:
                await Task.Delay(Pause, ended);
                return false;
            case ProxyFault.ResetStream when stream > 0:
                byte[] reset = [0, 0, 4, ResetFrame, 0, 0, 0, 0, 0, 0, 0, 0, CancelCode];
                BinaryPrimitives.WriteInt32BigEndian(reset.AsSpan(5), stream);
                await from.WriteAsync(reset, ended);
                await back.WriteAsync(reset, ended);
                return true;
            case ProxyFault.Delay:
                await Task.Delay(Pause, ended);
                goto default;
            default:
                await from.WriteAsync(frame, ended);
                return true;
        }
    }

    /// <summary>One direction: reads whole pieces, and writes them one at a time.</summary>
    private sealed class Side(Socket from, Socket to) : IDisposable
    {
        private readonly SemaphoreSlim _writing = new(1);

        public void Dispose() => _writing.Dispose();

        internal async Task<bool> ReadAsync(Memory<byte> piece, CancellationToken ended)
        {
            for (int read = 0; read < piece.Length;)
            {
                int bytes = await from.ReceiveAsync(piece[read..], ended);
                if (bytes == 0) return false;
                read += bytes;
            }

            return true;
        }

        internal async Task WriteAsync(ReadOnlyMemory<byte> piece, CancellationToken ended)
        {
            await _writing.WaitAsync(ended);
            try
            {
                while (piece.Length > 0) piece = piece[await to.SendAsync(piece, ended)..];
            }
            finally
            {
                _writing.Release();
            }
        }
    }
}
