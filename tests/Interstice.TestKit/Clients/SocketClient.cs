using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Interstice.TestKit.Clients;

/// <summary>A client of a host's socket (docs/formats/socket.md).</summary>
public sealed class SocketClient : IDisposable
{
    private const string Protocol = "interstice.v1";

    private readonly ClientWebSocket _socket = new();
    private readonly HttpMessageInvoker _invoker;
    private int _id;

    private SocketClient(SocketsHttpHandler handler)
    {
        _invoker = new HttpMessageInvoker(handler);
        _socket.Options.AddSubProtocol(Protocol);
        _socket.Options.KeepAliveInterval = Timeout.InfiniteTimeSpan;
    }

    public ClientWebSocket Socket => _socket;

    /// <summary>The host's first message.</summary>
    public JsonElement Welcome { get; private set; }

    /// <summary>Opens one and reads the welcome.</summary>
    /// <param name="host">Address of the host.</param>
    /// <param name="setUp">Sets options, such as headers.</param>
    /// <param name="handler">Makes the connection; null for a plain one. Disposed with the client.</param>
    public static async Task<SocketClient> OpenAsync(Uri host, Action<ClientWebSocketOptions>? setUp = null, SocketsHttpHandler? handler = null)
    {
        var client = new SocketClient(handler ?? new SocketsHttpHandler());
        setUp?.Invoke(client._socket.Options);
        var address = new UriBuilder(host) { Scheme = host.Scheme == Uri.UriSchemeHttps ? "wss" : "ws", Path = "/v1/connect" };
        await client._socket.ConnectAsync(address.Uri, client._invoker, CancellationToken.None);
        client._socket.SubProtocol.ShouldBe(Protocol);
        client.Welcome = await client.ReadAsync();
        client.Welcome.GetProperty("type").GetString().ShouldBe("welcome");
        return client;
    }

    /// <summary>Sends a text as it stands.</summary>
    public Task SendAsync(string message, WebSocketMessageType type = WebSocketMessageType.Text) =>
        _socket.SendAsync(Encoding.UTF8.GetBytes(message), type, endOfMessage: true, CancellationToken.None);

    /// <summary>Sends a request with the next id.</summary>
    /// <param name="members">Its members but the id, without braces.</param>
    /// <returns>The id.</returns>
    public async Task<int> RequestAsync(string members)
    {
        await SendAsync($"{{\"id\":{++_id},{members}}}");
        return _id;
    }

    /// <summary>Sends a request and reads the next message, which is its answer.</summary>
    public async Task<JsonElement> AskAsync(string members)
    {
        int id = await RequestAsync(members);
        JsonElement answer = await ReadAsync();
        answer.GetProperty("id").GetInt32().ShouldBe(id, answer.ToString());
        return answer;
    }

    /// <summary>Sends a request that fails.</summary>
    public async Task ShouldFailAsync(string members, string slug, params string[] parts) => ShouldBeProblem(await AskAsync(members), slug, parts);

    /// <summary>A message tells a problem.</summary>
    public static void ShouldBeProblem(JsonElement message, string slug, params string[] parts)
    {
        message.TryGetProperty("problem", out JsonElement problem).ShouldBeTrue(message.ToString());
        problem.GetProperty("type").GetString().ShouldBe($"urn:interstice:problem:{slug}", message.ToString());
        foreach (string part in parts) problem.GetProperty("detail").GetString().ShouldNotBeNull().ShouldContain(part, Case.Sensitive);
    }

    /// <summary>Connects to a module.</summary>
    public async Task ConnectAsync(string module) =>
        (await AskAsync($"\"type\":\"connect\",\"module\":\"{module}\"")).GetProperty("outcome").GetString().ShouldBe("connected");

    /// <summary>Reads the next message.</summary>
    public async Task<JsonElement> ReadAsync() =>
        await TryReadAsync() ?? throw new InvalidOperationException($"the socket ended: {_socket.CloseStatus} {_socket.CloseStatusDescription}");

    /// <summary>Reads the next message; null when the host ends the connection.</summary>
    public async Task<JsonElement?> TryReadAsync()
    {
        using var message = new MemoryStream();
        byte[] part = new byte[16 * 1024];
        while (true)
        {
            WebSocketReceiveResult read = await _socket.ReceiveAsync(part, CancellationToken.None);
            if (read.MessageType == WebSocketMessageType.Close) return null;
            message.Write(part, 0, read.Count);
            if (read.EndOfMessage) return JsonDocument.Parse(message.ToArray()).RootElement.Clone();
        }
    }

    /// <summary>Ends the connection in order.</summary>
    public Task CloseAsync() => _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None);

    public void Dispose()
    {
        _socket.Dispose();
        _invoker.Dispose();
    }
}
