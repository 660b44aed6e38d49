using System.Buffers.Binary;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Interstice.Server.Hosting;
using Interstice.Server.Tests.Http;
using Interstice.TestKit;
using Interstice.TestKit.Clients;

namespace Interstice.Server.Tests.Sockets;

/// <summary>How sockets end that nobody ends in order, and sockets over TLS.</summary>
public sealed class SocketEndTests
{
    private const string Upgrade = "GET /v1/connect HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

    private static readonly byte[] Lifecycle = File.ReadAllBytes(Path.Join(AppContext.BaseDirectory, "lifecycle.wasm"));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // The clock moves only by the test, so that the first socket has ended for no other reason than its patience.
    [Fact]
    public async Task A_socket_that_has_ended_gives_its_place_back_although_the_store_does_not_answer()
    {
        var time = new ManualTime();
        await using RunningHost host = await RunningHost.StartAsync(new IntersticeOptions { SocketsMax = 1 }, time: time);
        using var content = new ByteArrayContent(Lifecycle);
        content.Headers.ContentType = new("application/wasm");
        (await host.SendAsync(HttpMethod.Post, "/v1/modules", content)).ShouldSucceed();
        using (SocketClient client = await SocketClient.OpenAsync(host.Client.BaseAddress!))
        {
            await client.ConnectAsync("lifecycle");
            host.Store.CloseGate();
            client.Socket.Abort();
        }

        await OpenNextAsync(host, () => time.Advance(TimeSpan.FromSeconds(1)));
        host.Store.OpenGate();
        await UntilAsync(async () => await CountAsync(host, "lifecycle", "_clients") == 0, "the module to hear of it");
    }

    // The second call is not read where one may be under way. Calls have an hour, which must not be what ends the socket.
    [Theory]
    [InlineData(true, 1)]
    [InlineData(true, 2)]
    [InlineData(false, 1)]
    public async Task A_socket_that_has_ended_gives_its_place_back_although_its_calls_are_not_answered(bool breaks, int calls)
    {
        var time = new ManualTime();
        var options = new IntersticeOptions { SocketsMax = 1, SocketRequestsMax = 1, CallTimeout = TimeSpan.FromHours(1) };
        await using RunningHost host = await RunningHost.StartAsync(options, time: time);
        int appends = host.Store.AppendCount;
        host.Store.CloseGate();
        using SocketClient client = await SocketClient.OpenAsync(host.Client.BaseAddress!);
        for (int i = 0; i < calls; i++)
            await client.RequestAsync($"\"type\":\"call\",\"module\":\"bank\",\"reducer\":\"open_account\",\"arguments\":[\"ann{i}\",7]");
        await UntilAsync(() => Task.FromResult(host.Store.AppendCount > appends), "the first call to be on its way");
        Task closing = Task.CompletedTask;
        if (breaks) client.Socket.Abort();
        else closing = client.CloseAsync();

        TimeSpan waited = TimeSpan.Zero;
        await OpenNextAsync(host, () =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            waited += TimeSpan.FromSeconds(1);
            waited.ShouldBeLessThan(options.CallTimeout);
        });

        await closing;
        host.Store.OpenGate();
        await UntilAsync(async () => await CountAsync(host, "bank", "accounts") > 0, "the call to be committed");
    }

    [Theory]
    [InlineData(0x83, true, "", 1002)] // an opcode that there is none of
    [InlineData(0x81, false, "7b7d7b7d7b7d", 1002)] // not masked
    [InlineData(0xC1, true, "7b7d", 1002)] // a reserved bit
    [InlineData(0x81, true, "c328", 1007)] // not UTF-8
    public async Task A_frame_that_breaks_the_rules_ends_the_socket_and_no_other_code_is_said(int head, bool isMasked, string hex, int code)
    {
        await using RunningHost host = await RunningHost.StartAsync(new IntersticeOptions { SocketsMax = 1 });
        using var connection = new TcpClient();
        await connection.ConnectAsync(host.Client.BaseAddress!.Host, host.Client.BaseAddress.Port, Cancel);
        await using NetworkStream stream = connection.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(Upgrade), Cancel);
        string answer = "";
        while (!answer.EndsWith("\r\n\r\n", StringComparison.Ordinal)) answer += (char)(await ReadAsync(stream, 1))[0];
        answer.ShouldStartWith("HTTP/1.1 101");
        byte[] payload = Convert.FromHexString(hex);
        byte[] mask = isMasked ? [0, 0, 0, 0] : [];
        await stream.WriteAsync((byte[])[(byte)head, (byte)(payload.Length | (isMasked ? 0x80 : 0)), .. mask, .. payload], Cancel);

        // Behind the welcome.
        int? said = null;
        try
        {
            while (said is null)
            {
                (int opcode, byte[] content) = await FrameAsync(stream);
                if (opcode == 8) said = BinaryPrimitives.ReadUInt16BigEndian(content);
            }
        }
        catch (IOException)
        {
            // The server's WebSocket breaks the connection off right behind its last frame, which may be lost by that.
        }

        if (said is not null) said.ShouldBe(code);
        await OpenNextAsync(host, () => { });
    }

    [Fact]
    public async Task A_socket_over_TLS_is_like_any_other()
    {
        using var directory = new TemporaryDirectory();
        string authority = Path.Join(directory.Path, "ca.pem");
        using X509Certificate2 certificate = ServerCertificate.Make(authority);
        await using RunningHost host = await RunningHost.StartAsync(certificate: certificate);
        host.Client.BaseAddress!.Scheme.ShouldBe("https");
        await Should.ThrowAsync<WebSocketException>(() => SocketClient.OpenAsync(host.Client.BaseAddress));

        using SocketClient client = await SocketClient.OpenAsync(host.Client.BaseAddress, handler: Trusting(authority));

        (await client.AskAsync("\"type\":\"call\",\"module\":\"bank\",\"reducer\":\"open_account\",\"arguments\":[\"ann\",7]"))
            .GetProperty("outcome").GetString().ShouldBe("committed");
        await client.CloseAsync();
        client.Socket.CloseStatus.ShouldBe(WebSocketCloseStatus.NormalClosure);
    }

    private static Task<long> CountAsync(RunningHost host, string module, string table) =>
        host.Modules.ViewAsync(module, projection => projection.State!.FindTable(table)!.Count);

    private static async Task UntilAsync(Func<Task<bool>> holds, string what)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await holds())
        {
            patience.IsCancellationRequested.ShouldBeFalse($"waited in vain for {what}");
            await Task.Yield();
        }
    }

    // Where one socket is allowed at once, and another one has ended.
    private static async Task OpenNextAsync(RunningHost host, Action wait)
    {
        while (true)
        {
            try
            {
                using SocketClient next = await SocketClient.OpenAsync(host.Client.BaseAddress!);
                return;
            }
            catch (WebSocketException fault) when (fault.Message.Contains("429", StringComparison.Ordinal))
            {
                Cancel.ThrowIfCancellationRequested();
                wait();
            }
        }
    }

    private static SocketsHttpHandler Trusting(string authority)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(X509CertificateLoader.LoadCertificateFromFile(authority));
        return new SocketsHttpHandler { SslOptions = { CertificateChainPolicy = policy } };
    }

    private static async Task<(int Opcode, byte[] Payload)> FrameAsync(NetworkStream stream)
    {
        byte[] head = await ReadAsync(stream, 2);
        int length = head[1];
        if (length == 126) length = BinaryPrimitives.ReadUInt16BigEndian(await ReadAsync(stream, 2));
        return (head[0] & 0xF, await ReadAsync(stream, length));
    }

    private static async Task<byte[]> ReadAsync(NetworkStream stream, int length)
    {
        byte[] bytes = new byte[length];
        await stream.ReadExactlyAsync(bytes, Cancel);
        return bytes;
    }
}
