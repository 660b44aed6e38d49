using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Interstice.Cli.Errors;
using Interstice.Cli.Output;
using Interstice.Cli.Remote;
using Interstice.Cli.Tests.Support;

namespace Interstice.Cli.Tests.Remote;

/// <summary>A host that does not own a module, and what becomes of the call then.</summary>
public sealed class ServerClientTests
{
    private const string Key = "a-key-of-sixteen-or-more-letters";
    private const string Committed = """{"outcome":"committed"}""";
    private const string NotOwner =
        """{"type":"urn:interstice:problem:not-owner","title":"Not owner","status":503,"detail":"another host owns the module","outcome":"retry"}""";

    private const string Unauthenticated =
        """{"type":"urn:interstice:problem:unauthenticated","title":"Unauthenticated","status":401,"detail":"this host wants an API key"}""";

    [Fact]
    public async Task The_owner_gets_the_same_call_with_the_key_and_its_answer_holds()
    {
        await using var owner = new AnsweringServer(200, Committed);
        await using var first = new AnsweringServer(503, NotOwner, _ => owner.Url);
        Outcome(await PostAsync(first.Url)).ShouldBe("committed");
        first.Requests.ShouldBe([("/v1/call", "Bearer " + Key, "[1]")]);
        owner.Requests.ShouldBe(first.Requests);
    }

    [Fact]
    public async Task Hosts_that_name_each_other_or_themselves_are_asked_once_more_and_no_longer()
    {
        await using var self = new AnsweringServer(503, NotOwner, url => url);
        Outcome(await PostAsync(self.Url)).ShouldBe("retry");
        self.Requests.Count.ShouldBe(2);
        await using var other = new AnsweringServer(503, NotOwner, _ => self.Url);
        Outcome(await PostAsync(other.Url)).ShouldBe("retry");
        other.Requests.Count.ShouldBe(1);
        self.Requests.Count.ShouldBe(3);
    }

    [Fact]
    public async Task The_first_answer_holds_where_nobody_listens_at_the_owners_address()
    {
        await using var first = new AnsweringServer(503, NotOwner, _ => $"http://127.0.0.1:{AnsweringServer.FreePort()}");
        Outcome(await PostAsync(first.Url)).ShouldBe("retry");
    }

    [Fact]
    public async Task The_first_answer_holds_where_the_owner_does_not_know_the_key()
    {
        await using var owner = new AnsweringServer(401, Unauthenticated);
        await using var first = new AnsweringServer(503, NotOwner, _ => owner.Url);
        Outcome(await PostAsync(first.Url)).ShouldBe("retry");
        owner.Requests.Count.ShouldBe(1);
    }

    // The connection is made by the system, and encryption never begins.
    [Fact]
    public async Task The_first_answer_holds_where_a_connection_to_the_owner_takes_too_long()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        string url = $"https://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}/";
        await using var first = new AnsweringServer(503, NotOwner, _ => url);
        Outcome(await PostAsync(first.Url, connecting: Soon)).ShouldBe("retry");
        silent.Pending().ShouldBeTrue();

        CliException fault = await Should.ThrowAsync<CliException>(() => PostAsync(url, connecting: Soon));
        fault.Code.ShouldBe(ExitCode.Unopened);
        fault.Message.ShouldStartWith($"no host answers at {url}");

        static void Soon(SocketsHttpHandler handler) => handler.ConnectTimeout = TimeSpan.FromSeconds(1);
    }

    // The first of these would show the key.
    [Theory]
    [InlineData("http://host.example:5080")]
    [InlineData("http://user:password@127.0.0.1:5080")]
    [InlineData("http://*:5080")]
    [InlineData("nonsense")]
    [InlineData("")]
    public async Task An_address_that_would_show_the_key_or_is_none_is_not_followed(string owner)
    {
        await using var first = new AnsweringServer(503, NotOwner, _ => owner);
        Outcome(await PostAsync(first.Url)).ShouldBe("retry");
        first.Requests.Count.ShouldBe(1);
    }

    // A host elsewhere that says it listens on loopback is behind a proxy of its own; here that would be another program.
    [Fact]
    public async Task An_owner_on_the_callers_own_machine_is_not_followed_from_a_host_elsewhere()
    {
        await using var local = new AnsweringServer(200, Committed);
        await using var first = new AnsweringServer(503, NotOwner, _ => local.Url);
        int port = new Uri(first.Url).Port;
        JsonElement answer = await PostAsync($"http://host.example:{port}/", isInsecure: true, connecting: handler => handler.ConnectCallback = async (_, token) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, port, token);
            return new NetworkStream(socket, ownsSocket: true);
        });
        Outcome(answer).ShouldBe("retry");
        first.Requests.Count.ShouldBe(1);
        local.Requests.ShouldBeEmpty();
    }

    private static string? Outcome(JsonElement answer) => answer.GetProperty("outcome").GetString();

    private static async Task<JsonElement> PostAsync(string url, bool isInsecure = false, Action<SocketsHttpHandler>? connecting = null)
    {
        using var session = new Session(OutputFormat.Json, null, isVerbose: false);
        using var client = new ServerClient(session, new Uri(url), Key, isInsecure, connecting);
        return await client.PostAsync("v1/call", Encoding.UTF8.GetBytes("[1]"), "application/json", hasOutcome: true);
    }
}
