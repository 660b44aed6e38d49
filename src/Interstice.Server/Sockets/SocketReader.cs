using System.Buffers;
using System.Net.WebSockets;

namespace Interstice.Server.Sockets;

/// <summary>Reads whole messages of a socket.</summary>
/// <param name="socket">The socket; nobody else reads it.</param>
/// <param name="bytesMax">Most bytes of a message.</param>
internal sealed class SocketReader(WebSocket socket, int bytesMax)
{
    private const int PartBytes = 4 * 1024;

    private readonly ArrayBufferWriter<byte> _message = new(PartBytes);

    /// <summary>Reads the next message; what it gives is valid until the next call.</summary>
    /// <returns>The message, or why there is none.</returns>
    /// <exception cref="WebSocketException">The connection broke.</exception>
    public async Task<(ReadOnlyMemory<byte>? Message, (WebSocketCloseStatus Status, string Reason) End)> ReadAsync()
    {
        _message.ResetWrittenCount();
        while (true)
        {
            Memory<byte> room = _message.GetMemory(PartBytes);
            ValueWebSocketReceiveResult part = await socket.ReceiveAsync(room, CancellationToken.None).ConfigureAwait(false);
            if (part.MessageType == WebSocketMessageType.Close) return (null, (WebSocketCloseStatus.NormalClosure, ""));
            if (part.MessageType == WebSocketMessageType.Binary)
                return (null, (WebSocketCloseStatus.InvalidMessageType, "messages are JSON in text frames"));
            _message.Advance(part.Count);
            if (_message.WrittenCount > bytesMax)
                return (null, (WebSocketCloseStatus.MessageTooBig, $"a message has at most {bytesMax} bytes"));
            if (part.EndOfMessage) return (_message.WrittenMemory, default);
        }
    }
}
