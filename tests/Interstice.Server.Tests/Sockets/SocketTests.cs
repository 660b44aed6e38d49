using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using Interstice.Kernel.Events;
using Interstice.Server.Hosting;
using Interstice.Server.Tests.Http;
using Interstice.TestKit.Clients;

namespace Interstice.Server.Tests.Sockets;

/// <summary>Clients over sockets: what modules hear of them, and what they are answered.</summary>
public sealed class SocketTests
{
    private const string Module = "lifecycle";
    private const int Came = 3;
    private const int Went = 4;

    private static readonly byte[] Lifecycle = File.ReadAllBytes(Path.Join(AppContext.BaseDirectory, "lifecycle.wasm"));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_connects_calls_and_queries_and_the_module_hears_of_it_coming_and_going()
    {
        await using RunningHost host = await StartAsync();
        using (SocketClient ann = await SocketClient.OpenAsync(Address(host), options => options.SetRequestHeader("Interstice-Caller", "ann")))
        {
            ann.Welcome.GetProperty("protocol").GetString().ShouldBe("interstice.v1");
            ann.Welcome.GetProperty("requestsMax").GetInt32().ShouldBe(64);
            JsonElement connected = await ann.AskAsync("\"type\":\"connect\",\"module\":\"lifecycle\"");
            Guid connection = connected.GetProperty("connection").GetGuid();
            (await host.GetAsync("/v1/modules/lifecycle/tables/_clients/rows")).ShouldSucceed().Json.GetProperty("rows")[0]
                .GetProperty("connection").GetGuid().ShouldBe(connection);
            JsonElement call = await ann.AskAsync("\"type\":\"call\",\"module\":\"bank\",\"reducer\":\"open_account\",\"arguments\":[\"ann\",7]");
            (call.GetProperty("type").GetString(), call.GetProperty("outcome").GetString(), call.GetProperty("value").GetString())
                .ShouldBe(("answer", "committed", "1"));
            JsonElement query = await ann.AskAsync("\"type\":\"query\",\"module\":\"bank\",\"query\":\"balance\",\"arguments\":{\"account\":1}");
            (query.GetProperty("outcome").GetString(), query.GetProperty("value").GetString()).ShouldBe(("answered", "7"));
            await ann.CloseAsync();
            ann.Socket.CloseStatus.ShouldBe(WebSocketCloseStatus.NormalClosure);
        }

        await UntilAsync(host, calls => calls.Contains(Went));
        string caller = Identity.Of("http", "ann").ToString();
        JsonElement[] rows = await RowsAsync(host);
        rows.Where(row => row.GetProperty("what").GetInt32() >= Came).Select(row => row.GetProperty("caller").GetString()).ShouldBe([caller, caller]);
        (await ClientsAsync(host)).ShouldBe(0);
    }

    [Fact]
    public async Task Requests_that_are_sent_without_waiting_take_effect_in_their_order()
    {
        await using RunningHost host = await StartAsync(new IntersticeOptions { SocketRequestsMax = 8 });
        using SocketClient client = await SocketClient.OpenAsync(Address(host));
        const int count = 200;
        await client.RequestAsync("\"type\":\"connect\",\"module\":\"lifecycle\"");
        for (int i = 0; i < count; i++) await client.RequestAsync($"\"type\":\"call\",\"module\":\"lifecycle\",\"reducer\":\"note\",\"arguments\":[{10 + i}]");
        HashSet<int> answered = [];
        while (answered.Count <= count)
        {
            JsonElement answer = await client.ReadAsync();
            answer.GetProperty("type").GetString().ShouldBe("answer", answer.ToString());
            answered.Add(answer.GetProperty("id").GetInt32()).ShouldBeTrue();
        }

        (await CallsAsync(host)).Skip(1).ShouldBe([Came, .. Enumerable.Range(10, count)]);
    }

    [Fact]
    public async Task A_disconnect_behind_a_connect_that_is_under_way_disconnects()
    {
        await using RunningHost host = await StartAsync();
        using SocketClient client = await SocketClient.OpenAsync(Address(host));
        host.Store.CloseGate();
        await client.RequestAsync("\"type\":\"connect\",\"module\":\"lifecycle\"");
        await client.RequestAsync("\"type\":\"disconnect\",\"module\":\"lifecycle\"");
        await client.ShouldFailAsync("\"type\":\"disconnect\",\"module\":\"lifecycle\"", "not-connected");
        host.Store.OpenGate();
        string?[] outcomes = [(await client.ReadAsync()).GetProperty("outcome").GetString(), (await client.ReadAsync()).GetProperty("outcome").GetString()];
        outcomes.ShouldBe(["connected", "disconnected"], ignoreOrder: true);
        (await CallsAsync(host)).Skip(1).ShouldBe([Came, Went]);
        (await ClientsAsync(host)).ShouldBe(0);
        await client.ConnectAsync(Module);
    }

    [Fact]
    public async Task A_connect_that_the_store_does_not_answer_gives_its_place_back_and_goes_on()
    {
        await using RunningHost host = await StartAsync(new IntersticeOptions { CallTimeout = TimeSpan.FromSeconds(1), SocketRequestsMax = 1 });
        using SocketClient client = await SocketClient.OpenAsync(Address(host));
        host.Store.CloseGate();
        await client.ShouldFailAsync("\"type\":\"connect\",\"module\":\"lifecycle\"", "unknown-outcome", "the connect of module lifecycle");
        await client.ShouldFailAsync("\"type\":\"connect\",\"module\":\"lifecycle\"", "already-connected");
        await client.ShouldFailAsync("\"type\":\"disconnect\",\"module\":\"lifecycle\"", "unknown-outcome", "the disconnect of module lifecycle");
        host.Store.OpenGate();
        await UntilAsync(host, calls => calls.Contains(Went));
        (await ClientsAsync(host)).ShouldBe(0);
    }

    [Fact]
    public async Task A_client_that_breaks_off_is_gone()
    {
        await using RunningHost host = await StartAsync();
        using SocketClient client = await SocketClient.OpenAsync(Address(host));
        await client.ConnectAsync(Module);
        client.Socket.Abort();
        await UntilAsync(host, calls => calls.Contains(Went));
        (await ClientsAsync(host)).ShouldBe(0);
    }

    // A client answers pings while it reads only; this one reads no more. Before that it may not read for a while, as others run beside it.
    [Fact]
    public async Task A_client_that_answers_no_ping_is_gone()
    {
        await using RunningHost host = await StartAsync(new IntersticeOptions { SocketPing = TimeSpan.FromSeconds(2) });
        using SocketClient client = await SocketClient.OpenAsync(Address(host));
        await client.ConnectAsync(Module);
        await UntilAsync(host, calls => calls.Contains(Went));
    }

    [Fact]
    public async Task A_host_that_stops_says_so_and_its_modules_hear_of_the_going()
    {
        await using RunningHost host = await StartAsync();
        using SocketClient client = await SocketClient.OpenAsync(Address(host));
        await client.ConnectAsync(Module);
        Task stopping = host.StopAsync();
        (await client.TryReadAsync()).ShouldBeNull();
        (client.Socket.CloseStatus, client.Socket.CloseStatusDescription).ShouldBe((WebSocketCloseStatus.EndpointUnavailable, "the host is stopping"));
        await client.CloseAsync();
        await stopping;
        (await host.Modules.ViewAsync(Module, projection => projection.State!.FindTable("_clients")!.Count)).ShouldBe(0);
        (await host.Modules.ViewAsync(Module, projection => projection.State!.FindTable("calls")!.Count)).ShouldBe(3, "init, connected and disconnected");
    }

    [Fact]
    public async Task A_client_whose_module_another_host_takes_over_is_told_and_disconnected_there()
    {
        await using RunningHost first = await StartAsync();
        using SocketClient client = await SocketClient.OpenAsync(Address(first));
        await client.ConnectAsync(Module);
        await using RunningHost second = await RunningHost.StartAsync(beside: first);
        (await second.SendAsync(HttpMethod.Post, "/v1/modules/lifecycle/reducers/note", Json("[9]"))).ShouldSucceed();

        // It finds out by the append that the store refuses.
        await first.SendAsync(HttpMethod.Post, "/v1/modules/lifecycle/reducers/note", Json("[8]"));
        JsonElement told = await client.ReadAsync();
        (told.GetProperty("type").GetString(), told.GetProperty("module").GetString()).ShouldBe(("disconnected", Module));
        SocketClient.ShouldBeProblem(told, "not-owner", "another host owns module lifecycle");
        await UntilAsync(second, calls => calls.Contains(Went));
        await client.ShouldFailAsync("\"type\":\"connect\",\"module\":\"lifecycle\"", "not-owner");
    }

    [Fact]
    public async Task What_is_wrong_is_told_by_the_id_of_its_message()
    {
        await using RunningHost host = await StartAsync();
        using SocketClient client = await SocketClient.OpenAsync(Address(host));
        foreach ((string message, string part) in new[]
        {
            ("{", "the message is no JSON"),
            ("[1]", "a message is a JSON object"),
            ("{\"type\":\"call\"}", "a message has an id"),
            ("{\"id\":\"\",\"type\":\"call\"}", "a message has an id"),
            ("{\"id\":1.5,\"type\":\"call\"}", "a message has an id"),
            ("{\"id\":\"\\ud800\",\"type\":\"call\"}", "half of a surrogate pair"),
            ("{\"id\":1,\"type\":\"connect\",\"module\":\"bank\",\"\\ud800\":1}", "half of a surrogate pair"),
        })
        {
            await client.SendAsync(message);
            JsonElement answer = await client.ReadAsync();
            answer.GetProperty("id").ValueKind.ShouldBe(JsonValueKind.Null, message);
            SocketClient.ShouldBeProblem(answer, "bad-request", part);
        }

        await client.ShouldFailAsync("\"module\":\"bank\"", "bad-request", "the message has no type; there are connect, disconnect, call, query");
        await client.ShouldFailAsync("\"type\":\"cal\"", "bad-request", "there is no type \"cal\"; did you mean \"call\"?");
        await client.ShouldFailAsync("\"type\":\"subscribe\"", "bad-request", "there is no type \"subscribe\"");
        await client.ShouldFailAsync("\"type\":\"call\",\"reducer\":\"open_account\"", "bad-request", "a call names a module");
        await client.ShouldFailAsync("\"type\":\"query\",\"module\":\"bank\"", "bad-request", "a query names a query");
        await client.ShouldFailAsync("\"type\":\"call\",\"module\":7", "bad-request", "module is a text, not 7");
        foreach (string message in new[]
        {
            "\"type\":\"\\udc00\"", "\"type\":\"connect\",\"module\":\"\\ud800x\"",
            "\"type\":\"call\",\"module\":\"bank\",\"reducer\":\"open_account\",\"key\":\"\\ud800\"",
        })
            await client.ShouldFailAsync(message, "bad-request", "half of a surrogate pair");
        await client.ShouldFailAsync("\"type\":\"connect\",\"module\":\"bank\",\"modle\":1", "bad-request", "a connect has no member \"modle\"; did you mean \"module\"?");
        await client.ShouldFailAsync("\"type\":\"connect\",\"module\":\"bank\",\"module\":\"bank\"", "bad-request", "the member module stands there twice");
        await client.ShouldFailAsync("\"type\":\"connect\",\"module\":\"bnk\"", "unknown-module", "did you mean \"bank\"?");
        await client.ShouldFailAsync("\"type\":\"disconnect\",\"module\":\"bank\"", "not-connected", "not connected to module bank");
        await client.ShouldFailAsync("\"type\":\"call\",\"module\":\"bank\",\"reducer\":\"tranfer\"", "unknown-member", "did you mean \"transfer\"?");
        await client.ShouldFailAsync("\"type\":\"call\",\"module\":\"bank\",\"reducer\":\"transfer\"", "bad-arguments");
        await client.ShouldFailAsync("\"type\":\"call\",\"module\":\"bank\",\"reducer\":\"transfer\",\"arguments\":[1,2,3]", "rejected", "account 1");
        await client.ShouldFailAsync("\"type\":\"call\",\"module\":\"lifecycle\",\"reducer\":\"go\"", "private");
        await client.SendAsync("{\"id\":\"mine\",\"type\":\"connect\",\"module\":\"lifecycle\"}");
        (await client.ReadAsync()).GetProperty("id").GetString().ShouldBe("mine");
        await client.ShouldFailAsync("\"type\":\"connect\",\"module\":\"lifecycle\"", "already-connected");
        (await client.AskAsync("\"type\":\"disconnect\",\"module\":\"lifecycle\"")).GetProperty("outcome").GetString().ShouldBe("disconnected");
        (await client.AskAsync("\"type\":\"call\",\"module\":\"lifecycle\",\"reducer\":\"lock\"")).GetProperty("outcome").GetString().ShouldBe("committed");
        await client.ShouldFailAsync("\"type\":\"connect\",\"module\":\"lifecycle\"", "rejected", "locked");
        (await ClientsAsync(host)).ShouldBe(0);
    }

    [Fact]
    public async Task A_call_with_a_key_takes_effect_once()
    {
        await using RunningHost host = await StartAsync();
        using SocketClient client = await SocketClient.OpenAsync(Address(host));
        const string call = "\"type\":\"call\",\"module\":\"bank\",\"reducer\":\"open_account\",\"arguments\":[\"ann\",7],\"key\":\"k1\"";
        JsonElement first = await client.AskAsync(call);
        first.TryGetProperty("replayed", out _).ShouldBeFalse();
        JsonElement second = await client.AskAsync(call);
        second.GetProperty("replayed").GetBoolean().ShouldBeTrue();
        second.GetProperty("revision").GetInt64().ShouldBe(first.GetProperty("revision").GetInt64());
        await client.ShouldFailAsync(call.Replace("ann", "bob", StringComparison.Ordinal), "idempotency-key-reused");
        await client.ShouldFailAsync(call.Replace("k1", "", StringComparison.Ordinal), "bad-request", "key:");
    }

    [Theory]
    [InlineData(WebSocketMessageType.Text, 2_000, WebSocketCloseStatus.MessageTooBig, "a message has at most 1024 bytes")]
    [InlineData(WebSocketMessageType.Binary, 2, WebSocketCloseStatus.InvalidMessageType, "messages are JSON in text frames")]
    public async Task A_message_that_no_host_reads_ends_the_socket(WebSocketMessageType type, int bytes, WebSocketCloseStatus status, string reason)
    {
        await using RunningHost host = await StartAsync(new IntersticeOptions { RequestBytesMax = 1_024 }, publishes: false);
        using SocketClient client = await SocketClient.OpenAsync(Address(host));
        await client.SendAsync(new string(' ', bytes), type);
        (await client.TryReadAsync()).ShouldBeNull();
        (client.Socket.CloseStatus, client.Socket.CloseStatusDescription).ShouldBe((status, reason));
    }

    [Fact]
    public async Task Sockets_are_counted_by_themselves_and_one_too_many_is_refused()
    {
        await using RunningHost host = await StartAsync(new IntersticeOptions { SocketsMax = 1, RequestsMax = 1 }, publishes: false);
        using (SocketClient client = await SocketClient.OpenAsync(Address(host)))
        {
            (await host.GetAsync("/v1/modules")).ShouldSucceed();
            using var second = new ClientWebSocket();
            (await Should.ThrowAsync<WebSocketException>(() => OpenAsync(host, second))).Message.ShouldContain("429");
            await client.CloseAsync();
        }

        // The place is free when the host has seen the end.
        while (true)
        {
            using var third = new ClientWebSocket();
            try
            {
                await OpenAsync(host, third);
                break;
            }
            catch (WebSocketException fault) when (fault.Message.Contains("429", StringComparison.Ordinal))
            {
                Cancel.ThrowIfCancellationRequested();
            }
        }
    }

    [Theory]
    [InlineData("https://evil.example", "none", 403)]
    [InlineData("null", "none", 403)]
    [InlineData("http://localhost:1", "none", 403)]
    [InlineData("own", "none", 101)]
    [InlineData("https://shop.example", "https://shop.example", 101)]
    [InlineData("https://shop.example:444", "https://shop.example", 403)]
    [InlineData(null, "none", 101)]
    public async Task Pages_of_other_origins_open_no_sockets_unless_they_are_named(string? origin, string named, int status)
    {
        await using RunningHost host = await StartAsync(new IntersticeOptions { SocketOrigins = named == "none" ? [] : [named] }, publishes: false);
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        if (origin is not null) socket.Options.SetRequestHeader("Origin", origin == "own" ? Address(host).GetLeftPart(UriPartial.Authority) : origin);
        if (status == 101) await OpenAsync(host, socket);
        else await Should.ThrowAsync<WebSocketException>(() => OpenAsync(host, socket));
        ((int)socket.HttpStatusCode).ShouldBe(status);
    }

    [Fact]
    public async Task What_is_no_socket_is_told_how_to_open_one()
    {
        await using RunningHost host = await StartAsync(publishes: false);
        (await host.GetAsync("/v1/connect")).ShouldBeProblem(400, "bad-request", "this route is for WebSockets", "interstice.v1");
        using var other = new ClientWebSocket();
        other.Options.CollectHttpResponseDetails = true;
        other.Options.AddSubProtocol("chat");
        await Should.ThrowAsync<WebSocketException>(() => OpenAsync(host, other));
        other.HttpStatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_socket_over_http_2_is_like_any_other()
    {
        await using RunningHost host = await RunningHost.StartAsync(http2: true);
        using SocketClient client = await SocketClient.OpenAsync(Address(host), options =>
        {
            options.HttpVersion = HttpVersion.Version20;
            options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        });
        (await client.AskAsync("\"type\":\"call\",\"module\":\"bank\",\"reducer\":\"open_account\",\"arguments\":[\"ann\",7]"))
            .GetProperty("outcome").GetString().ShouldBe("committed");
        await client.CloseAsync();
    }

    private static async Task<RunningHost> StartAsync(IntersticeOptions? options = null, bool publishes = true)
    {
        RunningHost host = await RunningHost.StartAsync(options);
        if (!publishes) return host;
        using var content = new ByteArrayContent(Lifecycle);
        content.Headers.ContentType = new("application/wasm");
        (await host.SendAsync(HttpMethod.Post, "/v1/modules", content)).ShouldSucceed();
        return host;
    }

    private static Task OpenAsync(RunningHost host, ClientWebSocket socket) =>
        socket.ConnectAsync(new UriBuilder(Address(host)) { Scheme = "ws", Path = "/v1/connect" }.Uri, Cancel);

    private static Uri Address(RunningHost host) => host.Client.BaseAddress!;

    private static StringContent Json(string json) => new(json, System.Text.Encoding.UTF8, "application/json");

    private static async Task<JsonElement[]> RowsAsync(RunningHost host) =>
        [.. (await host.GetAsync("/v1/modules/lifecycle/tables/calls/rows")).ShouldSucceed().Json.GetProperty("rows").EnumerateArray()];

    private static async Task<int[]> CallsAsync(RunningHost host) => [.. (await RowsAsync(host)).Select(row => row.GetProperty("what").GetInt32())];

    private static async Task<int> ClientsAsync(RunningHost host) =>
        (await host.GetAsync("/v1/modules/lifecycle/tables/_clients/rows")).ShouldSucceed().Json.GetProperty("rows").GetArrayLength();

    private static async Task UntilAsync(RunningHost host, Func<int[], bool> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await CallsAsync(host) is var calls && !holds(calls))
        {
            patience.IsCancellationRequested.ShouldBeFalse($"waited in vain; the calls are {string.Join(", ", calls)}");
            await Task.Yield();
        }
    }
}
