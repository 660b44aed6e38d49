using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Interstice.Server.Tests.EventStoreDb;

/// <summary>A connection that sends HTTP/2 frames as a test wants them, right or wrong.</summary>
internal sealed class RawConnection : IDisposable
{
    public const byte Data = 0;
    public const byte Headers = 1;
    public const byte Priority = 2;
    public const byte Reset = 3;
    public const byte Settings = 4;
    public const byte Ping = 6;
    public const byte GoAway = 7;
    public const byte WindowUpdate = 8;
    public const byte Continuation = 9;
    public const byte EndStream = 1;
    public const byte EndHeaders = 4;

    private readonly TcpClient _client = new();
    private readonly MemoryStream _out = new();
    private NetworkStream _stream = null!;

    private RawConnection()
    {
    }

    /// <summary>Connects, and says the preface.</summary>
    public static async Task<RawConnection> OpenAsync(Uri address, bool hasPreface = true)
    {
        RawConnection connection = new();
        await connection._client.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
        connection._stream = connection._client.GetStream();
        if (!hasPreface) return connection;
        connection.Bytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray());
        connection.Frame(Settings, 0, 0, []);
        return connection;
    }

    public void Bytes(byte[] bytes) => _out.Write(bytes);

    /// <summary>Adds a frame whose length is as it says.</summary>
    public void Frame(byte type, byte flags, int stream, byte[] payload, int? length = null)
    {
        Span<byte> head = stackalloc byte[9];
        BinaryPrimitives.WriteInt32BigEndian(head[1..], 0);
        int bytes = length ?? payload.Length;
        (head[0], head[1], head[2]) = ((byte)(bytes >> 16), (byte)(bytes >> 8), (byte)bytes);
        (head[3], head[4]) = (type, flags);
        BinaryPrimitives.WriteInt32BigEndian(head[5..], stream);
        _out.Write(head);
        _out.Write(payload);
    }

    /// <summary>Adds the headers of a call.</summary>
    public void Call(int stream, string path, byte flags = EndHeaders) => Frame(Headers, flags, stream, Block(
        (":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "x"), ("content-type", "application/grpc"), ("te", "trailers")));

    /// <summary>Headers as literals that are not indexed.</summary>
    public static byte[] Block(params (string Name, string Value)[] headers)
    {
        MemoryStream block = new();
        foreach ((string name, string value) in headers)
        {
            block.WriteByte(0);
            foreach (string text in new[] { name, value })
            {
                block.WriteByte((byte)text.Length);
                block.Write(Encoding.ASCII.GetBytes(text));
            }
        }

        return block.ToArray();
    }

    /// <summary>Sends what was added; a server may have closed meanwhile.</summary>
    public async Task SendAsync()
    {
        try
        {
            await _stream.WriteAsync(_out.ToArray(), TestContext.Current.CancellationToken);
        }
        catch (IOException)
        {
            // Closed: that is an answer too.
        }

        _out.SetLength(0);
    }

    /// <summary>Says that nothing more comes, and reads to the end.</summary>
    public async Task<byte[]> EndAsync()
    {
        using MemoryStream all = new();
        try
        {
            _client.Client.Shutdown(SocketShutdown.Send);
            await _stream.CopyToAsync(all, TestContext.Current.CancellationToken);
        }
        catch (Exception fault) when (fault is IOException or SocketException)
        {
            // Reset: that is an end too.
        }

        return all.ToArray();
    }

    public void Dispose() => _client.Dispose();
}
