using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Interstice.Cli.Tests.Support;

/// <summary>Gives the same answer to every request, and keeps what it was asked.</summary>
internal sealed class AnsweringServer : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Task _answering;

    /// <summary>Starts it on a free port of the loopback.</summary>
    /// <param name="status">Status of the answers.</param>
    /// <param name="body">Their body, JSON.</param>
    /// <param name="ownerOf">Gives the header that names the owner, of the server's own URL; null for none.</param>
    public AnsweringServer(int status, string body, Func<string, string>? ownerOf = null)
    {
        int port = FreePort();
        Url = $"http://127.0.0.1:{port}/";
        // Whatever name it is called by.
        _listener.Prefixes.Add($"http://*:{port}/");
        _listener.Start();
        _answering = AnswerAsync(status, Encoding.UTF8.GetBytes(body), ownerOf?.Invoke(Url));
    }

    public string Url { get; }

    /// <summary>Path, key and body of each request.</summary>
    public ConcurrentQueue<(string Path, string? Key, string Body)> Requests { get; } = [];

    /// <summary>A port that nobody listens on.</summary>
    public static int FreePort()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        return ((IPEndPoint)free.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _answering;
    }

    private async Task AnswerAsync(int status, byte[] body, string? owner)
    {
        try
        {
            while (true)
            {
                HttpListenerContext context = await _listener.GetContextAsync();
                using var reader = new StreamReader(context.Request.InputStream);
                Requests.Enqueue((context.Request.RawUrl!, context.Request.Headers["Authorization"], await reader.ReadToEndAsync()));
                context.Response.StatusCode = status;
                if (owner is not null) context.Response.Headers["Interstice-Owner"] = owner;
                context.Response.Close(body, willBlock: true);
            }
        }
        catch (Exception fault) when (fault is HttpListenerException or ObjectDisposedException)
        {
            // Closed.
        }
    }
}
