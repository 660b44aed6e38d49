using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Interstice.Cli.Tests.Support;
using Interstice.Journal;
using Interstice.Kernel.Events;
using Interstice.Server.EventStoreDb;
using Interstice.TestKit;

namespace Interstice.Cli.Tests.Commands;

/// <summary><c>--store esdb://...</c>, against the protocol endpoint over a journal.</summary>
public sealed class RemoteStoreTests : IAsyncLifetime
{
    private readonly TestStore _here = new();
    private readonly TemporaryDirectory _there = new();
    private JournalStore _journal = null!;
    private EventStoreDbEndpoint _endpoint = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Address => $"esdb://{_endpoint.Address.Authority}?tls=false";

    public async ValueTask InitializeAsync() => await ServeAsync();

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _here.Dispose();
        _there.Dispose();
    }

    [Fact]
    public async Task The_commands_work_on_a_server_as_on_a_directory()
    {
        (await RunAsync("publish", TestStore.BankFile)).ShouldSucceed();
        (await RunAsync("call", "bank.open_account", "ann", "100")).ShouldSucceed();
        (await RunAsync("call", "bank.open_account", "bob", "0")).ShouldSucceed();
        (await RunAsync("call", "bank.transfer", "1", "2", "30")).ShouldSucceed();
        (await RunAsync("query", "bank.balance", "2")).ShouldSucceed().Output.ShouldBe("30\n");
        (await RunAsync("rows", "bank.accounts", "-o", "ndjson")).ShouldSucceed().JsonLines
            .Select(row => row.GetProperty("balance").GetString()).ShouldBe(["70", "30"]);
        (await RunAsync("modules", "-o", "json")).ShouldSucceed().Json[0].GetProperty("module").GetString().ShouldBe("bank");
        (await RunAsync("schema", "bank")).ShouldSucceed();
        (await RunAsync("log-inspect", "--reducer", "transfer", "-o", "ndjson")).ShouldSucceed().JsonLines.Length.ShouldBe(3);
        (await RunAsync("replay-check")).ShouldSucceed();
        (await RunAsync("snapshot", "bank")).ShouldFail(2, "--state DIR");
        (await RunAsync("snapshot", "bank", "--state", "state")).ShouldSucceed();
        (await RunAsync("snapshots", "--state", "state", "-o", "json")).ShouldSucceed().Json[0].GetProperty("good").GetBoolean().ShouldBeTrue();
        (await RunAsync("query", "bank.balance", "1", "--state", "state", "--verbose")).Output.ShouldBe("70\n");
    }

    [Fact]
    public async Task Reading_takes_no_ownership()
    {
        (await RunAsync("publish", TestStore.BankFile)).ShouldSucceed();
        (await RunAsync("call", "bank.open_account", "ann", "100")).ShouldSucceed();
        long before = (await _journal.GetLastRevisionAsync(StreamNames.Module("bank"), Cancel)).Value;
        (await RunAsync("query", "bank.balance", "1")).ShouldSucceed();
        (await RunAsync("rows", "bank.accounts")).ShouldSucceed();
        (await _journal.GetLastRevisionAsync(StreamNames.Module("bank"), Cancel)).Value.ShouldBe(before);
    }

    // The main job: work, kill -9 in mid-load, replay, comparison with what callers were told and with a model.
    [Fact]
    public async Task The_demonstration_loses_nothing_on_a_server()
    {
        Requirement.Unix();
        ProgramResult demo = await RunAsync(
            "demo", "--accounts", "50", "--transfers", "500", "--seconds", "1", "--kills", "2", "--callers", "8", "-o", "json");
        demo.ShouldSucceed();
        JsonElement report = demo.Json;
        report.GetProperty("ok").GetBoolean().ShouldBeTrue(demo.Output);
        report.GetProperty("stateHashBeforeKill").GetString().ShouldBe(report.GetProperty("stateHashAfterReplay").GetString());
        report.GetProperty("stateHashOfModel").GetString().ShouldBe(report.GetProperty("stateHashAfterReplay").GetString());
        report.GetProperty("lost").GetInt64().ShouldBe(0);
        report.GetProperty("unexpected").GetInt64().ShouldBe(0);
        report.GetProperty("acknowledged").GetInt64().ShouldBeGreaterThan(500);
        report.GetProperty("replayCheck").GetProperty("deterministic").GetBoolean().ShouldBeTrue();
        report.GetProperty("logVerify").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task A_host_serves_modules_that_live_on_a_server_and_the_next_one_has_them()
    {
        Requirement.Unix();
        using (RunningHost host = await RunningHost.StartAsync(_here.Directory, "--store", Address, "--module", TestStore.BankFile))
        {
            await host.CallAsync("open_account", "[\"ann\", 100]");
            (await host.GetAsync("v1/status")).GetProperty("store").GetString().ShouldBe($"esdb://{_endpoint.Address.Authority}");
            host.Kill();
        }

        using RunningHost next = await RunningHost.StartAsync(_here.Directory, "--store", Address);
        (await next.CallAsync("open_account", "[\"bob\", 1]")).GetProperty("value").GetString().ShouldBe("2");
        (await next.GetAsync("v1/modules/bank/tables/accounts/rows")).GetProperty("rows").GetArrayLength().ShouldBe(2);
        (await next.TerminateAsync()).Code.ShouldBe(0);
        (await RunAsync("replay-check")).ShouldSucceed();
    }

    [Fact]
    public async Task A_host_says_that_its_server_is_away_and_ends_or_waits_as_it_is_set()
    {
        ProgramResult result = await _here.RunAsync("run", "--urls", "http://127.0.0.1:0", "--store", "esdb://127.0.0.1:1?tls=false");
        result.Code.ShouldBe(3, result.Errors);
        result.Errors.ShouldContain("127.0.0.1:1 cannot be reached");
        result.Errors.ShouldNotContain("   at ");
    }

    // A server that takes connections and says nothing.
    [Fact]
    public async Task A_host_says_that_it_waits_while_its_server_says_nothing()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        ProgramResult result = await _here.RunAsync(
            "run", "--urls", "http://127.0.0.1:0", "--store", $"esdb://{silent.LocalEndpoint}?tls=false",
            "--eventstoredb-read-timeout-ms", "4000", "--eventstoredb-retries-max", "0");
        result.Code.ShouldBe(3, result.Errors);
        result.Errors.ShouldContain("waiting for the store: it has not answered yet");
        result.Errors.ShouldContain("did not answer in time");
    }

    [Fact]
    public async Task A_host_that_may_wait_begins_when_its_server_is_there()
    {
        Requirement.Unix();
        string address = Address;
        int port = _endpoint.Address.Port;
        await _endpoint.DisposeAsync();
        using RunningProgram program = RunningProgram.Start(
            _here.Directory, ["run", "--urls", "http://127.0.0.1:0", "-o", "ndjson", "--store", address, "--store-wait-seconds", "300"]);
        (await program.Output.ReadLineAsync(Cancel)).ShouldNotBeNull().ShouldContain("listening");
        _endpoint = await EventStoreDbEndpoint.StartAsync(_journal, new IPEndPoint(IPAddress.Loopback, port), new EndpointOptions(), cancellationToken: Cancel);
        (await program.Output.ReadLineAsync(Cancel)).ShouldNotBeNull().ShouldContain("ready");
        program.Terminate();
        (await program.WaitAsync()).ShouldBe(0);
    }

    [Theory]
    [InlineData("http://127.0.0.1:2113", "with http://; a running host is talked to with --server URL")]
    [InlineData("https://user:secret@db", "with https://; a running host is talked to with --server URL")]
    [InlineData("kurrentdb://user:secret@db:2113", "with kurrentdb://")]
    [InlineData("esdb:127.0.0.1:2113", "with esdb:")]
    public async Task An_address_of_something_else_is_refused_and_no_directory(string address, string end)
    {
        foreach (string command in (string[])["modules", "run", "store"])
        {
            ProgramResult result = await _here.RunAsync(command, "--store", address);
            result.ShouldFail(2, "--store takes a directory, esdb://HOST:PORT or esdb+discover://HOST:PORT, not an address that begins " + end);
            result.Errors.ShouldNotContain("secret");
        }

        Directory.EnumerateFileSystemEntries(_here.Directory).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_event_of_anothers_is_named_with_its_place_by_every_command_that_meets_it()
    {
        (await RunAsync("publish", TestStore.BankFile)).ShouldSucceed();
        (await RunAsync("call", "bank.open_account", "ann", "100")).ShouldSucceed();
        EventData[] foreign = [new(Guid.NewGuid(), "OrderPlaced", IsJson: true, "{}"u8.ToArray(), default)];
        await _journal.AppendAsync(StreamNames.Module("bank"), ExpectedRevision.Any, foreign, Cancel);
        long revision = (await _journal.GetLastRevisionAsync(StreamNames.Module("bank"), Cancel)).Value;
        string place = $"module bank, revision {revision} (OrderPlaced)";

        (await RunAsync("query", "bank.balance", "1")).ShouldFail(4, place);
        (await RunAsync("replay-check")).ShouldFail(4, place);
        ProgramResult host = await RunAsync("run", "--urls", "http://127.0.0.1:0");
        host.Code.ShouldBe(4, host.Errors);
        host.Errors.ShouldContain(place);
        (await RunAsync("log-inspect", "-o", "ndjson")).ShouldSucceed().JsonLines[^1].GetProperty("type").GetString().ShouldBe("OrderPlaced");
        await StopAsync();
        ProgramResult verified = await ThereAsync("log-verify", "-o", "json");
        verified.Code.ShouldBe(4);
        verified.Json.GetProperty("errors")[0].GetProperty("revision").GetInt64().ShouldBe(revision);
    }

    [Fact]
    public async Task JSON_that_no_host_writes_is_a_finding_also_behind_a_torn_tail()
    {
        (await RunAsync("publish", TestStore.BankFile)).ShouldSucceed();
        (await RunAsync("call", "bank.open_account", "ann", "100")).ShouldSucceed();
        EventData[] changed = [new(Guid.NewGuid(), EventTypes.RowInserted, IsJson: true, "{\"row\":1}"u8.ToArray(), "{}"u8.ToArray())];
        await _journal.AppendAsync(StreamNames.Module("bank"), ExpectedRevision.Any, changed, Cancel);
        await StopAsync();
        await ShouldBeFoundAsync();
        using (FileStream segment = File.Open(Directory.GetFiles(_there.Path, "*.segment").Max()!, FileMode.Open))
        {
            segment.Position = EndOf(segment);
            segment.Write([200, 0, 0, 0, 1, 2, 3, 4, 1, 1]); // the head of a frame that was cut off
        }

        await ShouldBeFoundAsync();

        async Task ShouldBeFoundAsync()
        {
            ProgramResult verified = await ThereAsync("log-verify", "-o", "json");
            verified.Code.ShouldBe(4, verified.Errors);
            verified.Json.GetProperty("errors").EnumerateArray()
                .ShouldContain(error => error.GetProperty("kind").GetString() == "chain" && error.GetProperty("found").GetString()!.Contains("the JSON is not what"));
        }
    }

    // Where the first frame that is none begins.
    private static long EndOf(FileStream segment)
    {
        long at = 128;
        Span<byte> head = stackalloc byte[4];
        while (true)
        {
            segment.Position = at;
            segment.ReadExactly(head);
            int length = BitConverter.ToInt32(head);
            if (length == 0) return at;
            at += 8 + length;
        }
    }

    // What interstice store served, opened where it lies: the events of hosts are JSON in it.
    [Fact]
    public async Task A_directory_that_hosts_wrote_through_a_server_is_one_like_others_and_may_be_served_again()
    {
        (await RunAsync("publish", TestStore.BankFile)).ShouldSucceed();
        (await RunAsync("call", "bank.open_account", "ann", "100")).ShouldSucceed();
        string events = (await RunAsync("log-inspect", "-o", "ndjson")).ShouldSucceed().Output;
        await StopAsync();

        (await ThereAsync("log-verify")).ShouldSucceed().Output.ShouldContain("ok: every checksum");
        (await ThereAsync("log-inspect", "-o", "ndjson")).ShouldSucceed().Output.ShouldBe(events);
        (await ThereAsync("call", "bank.open_account", "bob", "0")).ShouldSucceed();
        (await ThereAsync("rows", "bank.accounts", "-o", "ndjson")).ShouldSucceed().JsonLines
            .Select(row => row.GetProperty("owner").GetString()).ShouldBe(["ann", "bob"]);

        await ServeAsync();
        (await RunAsync("call", "bank.transfer", "1", "2", "30")).ShouldSucceed();
        (await RunAsync("replay-check")).ShouldSucceed();
        await StopAsync();
        (await ThereAsync("replay-check")).ShouldSucceed();
        (await ThereAsync("query", "bank.balance", "2")).ShouldSucceed().Output.ShouldBe("30\n");
        (await ThereAsync("log-verify", "-o", "json")).ShouldSucceed().Json.GetProperty("transactions").GetInt64().ShouldBe(3);
    }

    // Letters that end an authority, written as they are.
    [Theory]
    [InlineData("esdb://admin:Zk3/9fQ@db:2113")]
    [InlineData("esdb://admin:Zk3?9fQ@db:2113")]
    [InlineData("esdb://admin:Zk3#9fQ@db:x")]
    [InlineData("esdb://admin:Zk3@9fQ@db:2113?tls=perhaps")]
    public async Task A_password_that_spoils_the_address_is_not_shown(string address)
    {
        foreach (string command in (string[])["modules", "run"])
        {
            (await _here.RunWithAsync("INTERSTICE_STORE", address, command)).ShouldFail(2, "the connection string cannot be read", "%2F");
            ProgramResult all = await _here.RunWithAsync("INTERSTICE_STORE", address, command, "--verbose");
            (all.Output + all.Errors).ShouldNotContain("Zk3");
            (all.Output + all.Errors).ShouldNotContain("9fQ");
        }
    }

    [Fact]
    public async Task A_hosts_own_endpoint_lets_its_modules_be_read_and_not_written()
    {
        Requirement.Unix();
        using RunningHost host = await RunningHost.StartAsync(
            _here.Directory, "--module", TestStore.BankFile, "--esdb-endpoint", "127.0.0.1:0");
        await host.CallAsync("open_account", "[\"ann\", 100]");
        string address = $"esdb://{host.EsdbEndpoint}?tls=false";
        using var reader = new TestStore();
        (await reader.RunAsync("rows", "bank.accounts", "-o", "ndjson", "--store", address)).ShouldSucceed()
            .JsonLines[0].GetProperty("owner").GetString().ShouldBe("ann");
        (await reader.RunAsync("call", "bank.open_account", "bob", "1", "--store", address)).Code.ShouldBe(1);
        (await host.GetAsync("v1/modules/bank/tables/accounts/rows")).GetProperty("rows").GetArrayLength().ShouldBe(1);
        (await reader.RunAsync("run", "--esdb-endpoint", "0.0.0.0:0")).ShouldFail(2, "is reached by other machines", "--insecure");
        (await reader.RunAsync("run", "--esdb-endpoint", "nowhere")).ShouldFail(2, "such as 127.0.0.1:2113", "nowhere");
    }

    private async Task ServeAsync()
    {
        _journal = await JournalStore.OpenAsync(new JournalOptions { Directory = _there.Path }, cancellationToken: Cancel);
        _endpoint = await EventStoreDbEndpoint.StartAsync(_journal, new IPEndPoint(IPAddress.Loopback, 0), new EndpointOptions(), cancellationToken: Cancel);
    }

    private async Task StopAsync()
    {
        await _endpoint.DisposeAsync();
        await _journal.DisposeAsync();
    }

    private Task<ProgramResult> ThereAsync(params IEnumerable<string> arguments) => _here.RunAsync([.. arguments, "--store", _there.Path]);

    // A call that was not committed is made again, as its message asks: a slow machine may not be heard in time by itself.
    private async Task<ProgramResult> RunAsync(params IEnumerable<string> arguments)
    {
        string[] all = [.. arguments, "--store", Address];
        ProgramResult result = await _here.RunAsync(all);
        for (int i = 0; i < 10 && all[0] == "call" && result.Errors.Contains("was not committed, call again", StringComparison.Ordinal); i++)
            result = await _here.RunAsync(all);
        return result;
    }
}
