using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Interstice.Cli.Tests.Support;
using Interstice.TestKit;

namespace Interstice.Cli.Tests.Commands;

/// <summary><c>--server</c>: what the commands say of a running host is what they say of its store.</summary>
public sealed class ServerOptionTests : IAsyncLifetime
{
    private readonly TestStore _store = new();
    private RunningHost _host = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _host = await RunningHost.StartAsync(_store.Directory, "--module", TestStore.BankFile);

    public ValueTask DisposeAsync()
    {
        _host.Dispose();
        _store.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Calls_and_queries_give_the_same_text_and_documents_as_on_a_store()
    {
        (await RunAsync("call", "bank.open_account", "ann", "100")).ShouldSucceed().Lines[0].ShouldBe("1");
        ProgramResult call = (await RunAsync("call", "bank.open_account", "42", "0")).ShouldSucceed();
        call.Lines[0].ShouldBe("2");
        call.Lines[1].ShouldMatch(@"^committed at revision \d+, position \d+: 1 mutation, fuel \d+$");
        JsonElement json = (await RunAsync("call", "bank.transfer", "1", "2", "30", "-o", "json")).ShouldSucceed().Json;
        json.GetProperty("outcome").GetString().ShouldBe("committed");
        json.GetProperty("mutations").GetInt32().ShouldBe(3);
        (await RunAsync("call", "bank.transfer", "1", "2", "3000")).ShouldFail(1, "bank.transfer was rejected: insufficient funds: account 1 holds 70");
        ProgramResult rejected = await RunAsync("call", "bank.transfer", "1", "2", "3000", "-o", "json");
        rejected.Code.ShouldBe(1);
        rejected.Json.GetProperty("outcome").GetString().ShouldBe("rejected");
        string[] keyed = ["call", "bank.transfer", "1", "2", "30", "-o", "json", "--idempotency-key", "say \"k\""];
        string once = (await RunAsync(keyed)).ShouldSucceed().Json.GetProperty("revision").ToString();
        (await RunAsync(keyed)).ShouldSucceed().Json.GetProperty("revision").ToString().ShouldBe(once);
        (await RunAsync("query", "bank.balance", "2")).ShouldSucceed().Output.ShouldBe("60\n");
        (await RunAsync("query", "bank.accounts_of", "42", "-o", "json")).ShouldSucceed().Json.GetProperty("value")[0].GetProperty("id").GetString().ShouldBe("2");
    }

    [Fact]
    public async Task What_is_read_of_a_host_is_what_is_read_of_its_store()
    {
        foreach (string name in (string[])["ann", "bob", "cid"]) await _host.CallAsync("open_account", $"[\"{name}\", 10]");
        foreach (string line in (string[])
            [
                "rows bank.accounts", "rows bank.accounts -o json", "rows bank.accounts -o yaml --limit 2", "rows bank.accounts --limit 1",
                "rows bank.accounts -o ndjson --index owner --from bob --to cid", "rows bank.accounts --at 3 -o ndjson",
                "rows bank.accounts -o ndjson --where id>1", "modules", "modules --history -o ndjson", "schema bank",
                "schema bank -o json", "log-inspect", "log-inspect -o json", "log-inspect -o ndjson --op insert --skip 1 --limit 2",
                "log-inspect --reducer open_account --since 2020-01-01", "log-inspect --match ann -o yaml",
            ])
        {
            string[] words = line.Split(' ');
            ProgramResult served = (await RunAsync(words)).ShouldSucceed();
            ProgramResult read = (await _store.RunAsync(words)).ShouldSucceed();
            served.Output.ShouldBe(read.Output, line);
            served.Output.ShouldNotBeEmpty();
        }
    }

    [Fact]
    public async Task The_modules_of_a_host_are_those_of_its_store_and_how_it_stands_to_them()
    {
        await _host.CallAsync("open_account", "[\"ann\", 10]");
        Dictionary<string, string> served = Members((await RunAsync("modules", "-o", "json")).ShouldSucceed().Json[0]);
        Dictionary<string, string> read = Members((await _store.RunAsync("modules", "-o", "json")).ShouldSucceed().Json[0]);
        served.Except(read).ShouldBe(
            new Dictionary<string, string> { ["role"] = "\"owner\"", ["owner"] = "null", ["revision"] = $"{long.Parse(read["events"], CultureInfo.InvariantCulture) - 1}", ["lag"] = "0", ["subscriptions"] = "[]" });
        read.Except(served).ShouldBeEmpty();

        static Dictionary<string, string> Members(JsonElement module) =>
            module.EnumerateObject().ToDictionary(member => member.Name, member => member.Value.GetRawText());
    }

    [Theory]
    [InlineData("call bank.tranfer 1 2 3", 2, "module bank has no reducer \"tranfer\"; did you mean \"transfer\"?")]
    [InlineData("call bnk.transfer 1 2 3", 2, "there is no module \"bnk\"; did you mean \"bank\"?")]
    [InlineData("call bank.transfer 1 two 3", 2, "argument 2: expected u64, found two")]
    [InlineData("query bank.balanc 1", 2, "did you mean \"balance\"?")]
    [InlineData("query bank.balance 9", 1, "bank.balance was rejected")]
    [InlineData("rows bank.account", 2, "module bank has no table \"account\"; did you mean \"accounts\"?")]
    [InlineData("rows bank.accounts --where balance>", 2, "where:")]
    [InlineData("schema bnk", 2, "did you mean \"bank\"?")]
    [InlineData("log-inspect --module bnk", 2, "did you mean \"bank\"?")]
    public async Task What_goes_wrong_ends_as_on_a_store(string line, int code, string sentence) =>
        (await RunAsync(line.Split(' '))).ShouldFail(code, sentence);

    [Fact]
    public async Task A_module_is_published_to_a_host()
    {
        (await RunAsync("publish", TestStore.BankFile)).ShouldSucceed().Output.ShouldStartWith("bank runs this code already (version 1)");
        (await RunAsync("publish", TestStore.BankFile, "--name", "second")).ShouldSucceed().Output.ShouldStartWith("published second, version 1, code 410a5967");
        (await RunAsync("call", "second.open_account", "ann", "1")).ShouldSucceed();
    }

    [Fact]
    public async Task A_host_that_is_not_there_or_is_none_is_said_so()
    {
        (await _store.RunAsync("modules", "--server", "http://127.0.0.1:1")).ShouldFail(3, "no host answers at http://127.0.0.1:1/", "interstice run");
        (await _store.RunAsync("modules", "--server", "localhost")).ShouldFail(2, "--server takes the address of a running host");
        (await RunAsync("modules", "--store", ".interstice")).ShouldFail(2, "--server and --store exclude each other");
        (await _store.RunWithAsync("INTERSTICE_API_KEY", "a-key-that-is-long-enough", "modules", "--server", "http://192.0.2.1:80"))
            .ShouldFail(2, "the API key would travel to http://192.0.2.1:80", "--insecure");
    }

    [Theory]
    [InlineData("https://*:5443")]
    [InlineData("http://+:5080")]
    [InlineData("http://[::1:5080")]
    [InlineData("http://a b:5080")]
    [InlineData("http://")]
    [InlineData("")]
    public async Task An_address_that_nobody_can_be_reached_by_is_refused(string url)
    {
        (await _store.RunAsync("modules", "--server", url)).ShouldFail(2, "--server takes the address of a running host, such as http://127.0.0.1:5080");
        (await _store.RunAsync("health", "--server", url)).ShouldFail(2, "no address of a host");
    }

    [Theory]
    [InlineData("schlüssel-mit-umlaut-darin", "printable ASCII")]
    [InlineData("short", "5 characters")]
    public async Task A_key_that_no_host_takes_is_not_sent(string key, string what)
    {
        ProgramResult result = await _store.RunWithAsync("INTERSTICE_API_KEY", key, "call", "bank.open_account", "ann", "1", "--server", _host.Url);
        result.ShouldFail(2, "INTERSTICE_API_KEY holds an API key", what).Errors.ShouldNotContain(key);
        string file = Path.Join(_store.Directory, "key");
        await File.WriteAllTextAsync(file, key, Cancel);
        (await RunAsync("modules", "--api-key-file", file)).ShouldFail(2, $"{file} holds an API key", what);
        (await RunAsync("modules", "--api-key-file", "")).ShouldFail(2, "--api-key-file is empty");
    }

    // Something before the host, such as a proxy, passes the call on and answers in its own words.
    [Theory]
    [InlineData("<html>504 Gateway Time-out</html>")]
    [InlineData("{\"message\":\"upstream timed out\"}")]
    public async Task A_call_whose_answer_is_another_ones_has_an_unknown_outcome(string page)
    {
        using HttpListener proxy = Listen(out string url);
        Task passing = PassOnAsync(proxy, page);
        ProgramResult call = await _store.RunAsync("call", "bank.open_account", "ann", "5", "-o", "json", "--server", url);
        call.Code.ShouldBe(1, call.Errors);
        call.Json.GetProperty("outcome").GetString().ShouldBe("unknown");
        call.Json.GetProperty("error").GetString().ShouldNotBeNull().ShouldContain("may or may not be committed");
        (await RunAsync("rows", "bank.accounts", "-o", "ndjson")).ShouldSucceed().JsonLines.Length.ShouldBe(1);
        (await _store.RunAsync("publish", TestStore.BankFile, "--server", url)).ShouldFail(3, "check --server");
        proxy.Stop();
        await passing;
    }

    [Fact]
    public async Task A_host_with_a_key_is_talked_to_with_the_key()
    {
        const string key = "a-key-of-sixteen-or-more-letters";
        string file = Path.Join(_store.Directory, "key");
        await File.WriteAllTextAsync(file, key + "\n", Cancel);
        using var other = new TestStore();
        using RunningHost host = await RunningHost.StartAsync(other.Directory, "--api-key-file", file);
        (await other.RunAsync("modules", "--server", host.Url)).ShouldFail(3, "this host wants an API key");
        (await other.RunWithAsync("INTERSTICE_API_KEY", key + "x", "modules", "--server", host.Url)).ShouldFail(3, "the API key is not one of this host");
        (await other.RunWithAsync("INTERSTICE_API_KEY", key, "publish", TestStore.BankFile, "--server", host.Url)).ShouldSucceed();
        (await other.RunAsync("modules", "--server", host.Url, "--api-key-file", file)).ShouldSucceed();
    }

    [Fact]
    public async Task Following_a_host_ends_with_the_host()
    {
        Requirement.Unix();
        using RunningProgram follower = _store.Start("log-inspect", "--server", _host.Url, "--table", "accounts", "--follow", "-o", "ndjson");
        await _host.CallAsync("open_account", "[\"ann\", 1]");
        string? line = await follower.Output.ReadLineAsync(Cancel);
        JsonDocument.Parse(line.ShouldNotBeNull()).RootElement.GetProperty("row").GetProperty("owner").GetString().ShouldBe("ann");
        (await _host.TerminateAsync()).Code.ShouldBe(0);
        (int code, string errors) = await follower.WaitForErrorsAsync();
        code.ShouldBe(0, errors);
    }

    private static HttpListener Listen(out string url)
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        url = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}";
        free.Stop();
        var listener = new HttpListener();
        listener.Prefixes.Add(url + "/");
        listener.Start();
        return listener;
    }

    private async Task PassOnAsync(HttpListener proxy, string page)
    {
        try
        {
            while (true)
            {
                HttpListenerContext context = await proxy.GetContextAsync();
                bool isCall = context.Request.HttpMethod == "POST";
                using var request = new HttpRequestMessage(new HttpMethod(context.Request.HttpMethod), context.Request.RawUrl);
                if (context.Request.Headers["Accept"] is { } accept) request.Headers.Add("Accept", accept);
                if (isCall) request.Content = new StreamContent(context.Request.InputStream) { Headers = { { "Content-Type", context.Request.ContentType } } };
                using HttpResponseMessage response = await _host.Client.SendAsync(request, Cancel);
                byte[] body = isCall ? Encoding.UTF8.GetBytes(page) : await response.Content.ReadAsByteArrayAsync(Cancel);
                context.Response.StatusCode = isCall ? (int)HttpStatusCode.GatewayTimeout : (int)response.StatusCode;
                context.Response.Close(body, willBlock: true);
            }
        }
        catch (Exception fault) when (fault is HttpListenerException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private Task<ProgramResult> RunAsync(params IEnumerable<string> arguments) => _store.RunAsync([.. arguments, "--server", _host.Url]);
}
