using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Interstice.Cli.Tests.Support;
using Interstice.EventStoreDb;
using Interstice.Kernel.Events;
using Interstice.TestKit;
using Interstice.TestKit.Clients;

namespace Interstice.Cli.Tests.Commands;

public sealed class StoreCommandTests : IDisposable
{
    private readonly TestStore _store = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task A_store_is_served_until_it_is_told_to_end_and_then_closed_in_order()
    {
        Requirement.Unix();
        for (int round = 0; round < 2; round++)
        {
            using RunningProgram program = Start();
            JsonElement serving = await NextAsync(program);
            serving.GetProperty("state").GetString().ShouldBe("serving");
            serving.GetProperty("store").GetString().ShouldBe(".interstice");
            serving.GetProperty("tls").GetBoolean().ShouldBeFalse();
            serving.GetProperty("process").GetInt32().ShouldBe(program.Id);
            await using (EventStoreDbStore client = await ConnectAsync(serving))
            {
                (await client.AppendAsync(new StreamName("interstice-x"), ExpectedRevision.At(new Revision(round - 1)), new[] { Event("x") }, Cancel))
                    .ShouldBeOfType<AppendResult.Appended>();
            }

            program.Terminate();
            (int code, string errors) = await program.WaitForErrorsAsync();
            code.ShouldBe(0, errors);
            errors.ShouldBe("");
        }

        (await _store.RunAsync("log-verify", "-o", "json")).Json.GetProperty("segments").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Programs_share_a_journal_through_the_store_and_find_it_after_a_kill()
    {
        Requirement.Unix();
        string[] remote;
        using (RunningProgram program = Start())
        {
            remote = ["--store", (await NextAsync(program)).GetProperty("connectionString").GetString()!];
            (await _store.RunAsync(["publish", TestStore.BankFile, .. remote])).ShouldSucceed();
            (await _store.RunAsync(["call", "bank.open_account", "ann", "100", .. remote])).ShouldSucceed();
            (await _store.RunAsync(["call", "bank.open_account", "bob", "50", .. remote])).ShouldSucceed();
            (await _store.RunAsync(["call", "bank.transfer", "1", "2", "30", .. remote])).ShouldSucceed();
            (await _store.RunAsync(["query", "bank.balance", "2", .. remote])).ShouldSucceed().Output.ShouldBe("80\n");
            program.Kill().ShouldBeTrue();
        }

        // The same journal without the server, and with its next one: kept as canonical or as JSON, it is what was acknowledged.
        using RunningProgram next = Start();
        remote[1] = (await NextAsync(next)).GetProperty("connectionString").GetString()!;
        (await _store.RunAsync(["query", "bank.balance", "1", .. remote])).ShouldSucceed().Output.ShouldBe("70\n");
        (await _store.RunAsync(["replay-check", .. remote])).ShouldSucceed();
    }

    [Fact]
    public async Task A_store_serves_by_TLS_who_has_credentials()
    {
        Requirement.Unix();
        string authority = Path.Join(_store.Directory, "ca.pem");
        string server = Path.Join(_store.Directory, "server.pem");
        ServerCertificate.Make(authority, server).Dispose();
        using RunningProgram program = RunningProgram.Start(
            _store.Directory,
            ["store", "--esdb-endpoint", "localhost:0", "--tls-certificate", server, "-o", "ndjson"],
            ("INTERSTICE_ESDB_CREDENTIALS", "host:secret-word"));
        JsonElement serving = await NextAsync(program);
        serving.GetProperty("tls").GetBoolean().ShouldBeTrue();
        serving.ToString().ShouldNotContain("secret-word");
        string address = $"localhost:{serving.GetProperty("address").GetString()!.Split(':')[^1]}";
        await using EventStoreDbStore known = await EventStoreDbStore.ConnectAsync(
            $"esdb://host:secret-word@{address}?tlsCaFile={authority}", cancellationToken: Cancel);
        await known.AppendAsync(new StreamName("s"), ExpectedRevision.NoStream, new[] { Event("x") }, Cancel);
        foreach (string credentials in new[] { "", "host:wrong@" })
            (await Should.ThrowAsync<EventStoreException>(EventStoreDbStore.ConnectAsync(
                $"esdb://{credentials}{address}?tlsCaFile={authority}", cancellationToken: Cancel))).Kind.ShouldBe(EventStoreErrorKind.Refused);
    }

    [Theory]
    [InlineData("eventstore")]
    [InlineData("kurrent")]
    public async Task The_vendors_client_sees_a_server_of_its_own_kind_in_the_program(string client)
    {
        using RunningProgram program = Start();
        await VendorClient.RunAsync(client, (await NextAsync(program)).GetProperty("connectionString").GetString()!);
    }

    [Fact]
    public async Task What_cannot_be_served_is_refused_in_a_sentence()
    {
        (await _store.RunAsync("store", "--esdb-endpoint", "2113")).ShouldFail(2, "an address of this machine with a port", "\"2113\"");
        (await _store.RunAsync("store", "--esdb-endpoint", "example.com:2113")).ShouldFail(2, "\"example.com:2113\"");
        (await _store.RunAsync("store", "--esdb-endpoint", "127.0.0.1:99999")).ShouldFail(2, "\"127.0.0.1:99999\"");
        (await _store.RunAsync("store", "--esdb-endpoint", "*:2113")).ShouldFail(2, "no TLS and credentials", "--insecure");
        (await _store.RunWithAsync("INTERSTICE_ESDB_CREDENTIALS", "a:b", "store", "--esdb-endpoint", "[::]:2113")).ShouldFail(2, "has no TLS;");
        (await _store.RunWithAsync("INTERSTICE_ESDB_CREDENTIALS", "secret-word", "store", "--esdb-endpoint", "localhost:0"))
            .ShouldFail(2, "INTERSTICE_ESDB_CREDENTIALS", "line 1 is not name:password").Errors.ShouldNotContain("secret-word");
        (await _store.RunAsync("store", "--esdb-credentials-file", "absent")).ShouldFail(3, "absent");
        (await _store.RunAsync("store", "--tls-certificate", "absent")).ShouldFail(3, "absent");
        (await _store.RunAsync("store", "--store", "esdb://localhost")).Code.ShouldBe(2);
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        (await _store.RunAsync("store", "--esdb-endpoint", $"{taken.LocalEndpoint}")).ShouldFail(3, "--esdb-endpoint");
        Directory.Exists(_store.Path).ShouldBeTrue("the journal was opened, and closed again");

        using RunningProgram program = Start();
        await NextAsync(program);
        (await _store.RunAsync("store", "--esdb-endpoint", "localhost:0")).ShouldFail(3);
    }

    [Fact]
    public async Task An_insecure_store_says_so_loudly()
    {
        using RunningProgram program = RunningProgram.Start(
            _store.Directory, ["store", "--esdb-endpoint", "*:0", "--insecure", "-o", "ndjson"]);
        (await NextAsync(program)).GetProperty("state").GetString().ShouldBe("serving");
        program.Kill();
        (await program.WaitForErrorsAsync()).Errors.ShouldContain("INSECURE");
    }

    [Fact]
    public async Task A_hosts_own_endpoint_refuses_writers_of_modules_streams_and_serves_all_addresses_where_that_is_allowed()
    {
        using RunningProgram program = _store.Start(
            "run", "--urls", "http://127.0.0.1:0", "--esdb-endpoint", "0.0.0.0:0", "--insecure", "-o", "ndjson");
        string port = (await NextAsync(program)).GetProperty("esdbEndpoint").GetString()!.Split(':')[^1].TrimEnd('/');
        await using EventStoreDbStore client = await EventStoreDbStore.ConnectAsync($"esdb://127.0.0.1:{port}?tls=false", cancellationToken: Cancel);
        (await client.AppendAsync(new StreamName("mine"), ExpectedRevision.NoStream, new[] { Event("x") }, Cancel)).ShouldBeOfType<AppendResult.Appended>();
        foreach (StreamName stream in new[] { StreamNames.Module("bank"), StreamNames.Modules })
            (await Should.ThrowAsync<EventStoreException>(async () =>
                await client.DeleteAsync(stream, ExpectedRevision.Any, DeletionKind.Tombstone, Cancel))).Kind.ShouldBe(EventStoreErrorKind.Refused);
        program.Kill();
        (await program.WaitForErrorsAsync()).Errors.ShouldContain("INSECURE");
    }

    [Fact]
    public async Task A_hosts_own_endpoint_serves_by_TLS_who_has_credentials()
    {
        Requirement.Unix();
        string authority = Path.Join(_store.Directory, "ca.pem");
        string server = Path.Join(_store.Directory, "server.pem");
        string credentials = Path.Join(_store.Directory, "credentials");
        ServerCertificate.Make(authority, server).Dispose();
        await File.WriteAllTextAsync(credentials, "reader:secret-word\n", Cancel);
        using RunningHost host = await RunningHost.StartAsync(
            _store.Directory, "--module", TestStore.BankFile, "--esdb-endpoint", "127.0.0.1:0", "--tls-certificate", server,
            "--esdb-credentials-file", credentials);
        string address = $"localhost:{host.EsdbEndpoint!.Split(':')[^1]}";
        await using EventStoreDbStore known = await EventStoreDbStore.ConnectAsync(
            $"esdb://reader:secret-word@{address}?tlsCaFile={authority}", cancellationToken: Cancel);
        (await known.GetLastRevisionAsync(StreamNames.Module("bank"), Cancel)).ShouldNotBe(Revision.None);
        foreach (string wrong in new[] { "", "reader:wrong@" })
            (await Should.ThrowAsync<EventStoreException>(EventStoreDbStore.ConnectAsync(
                $"esdb://{wrong}{address}?tlsCaFile={authority}", cancellationToken: Cancel))).Kind.ShouldBe(EventStoreErrorKind.Refused);
        await host.CallAsync("open_account", "[\"ann\", 1]");
        (int code, string errors) = await host.TerminateAsync();
        code.ShouldBe(0, errors);
        errors.ShouldNotContain("secret-word");
        (await _store.RunAsync("run", "--esdb-credentials-file", credentials)).ShouldFail(2, "wants --esdb-endpoint beside it");
    }

    [Fact]
    public async Task Who_has_no_credentials_or_wrong_ones_is_told_which_it_is()
    {
        Requirement.Unix();
        using RunningProgram server = RunningProgram.Start(
            _store.Directory, ["store", "--esdb-endpoint", "127.0.0.1:0", "-o", "ndjson"], ("INTERSTICE_ESDB_CREDENTIALS", "host:secret-word"));
        string address = (await NextAsync(server)).GetProperty("address").GetString()!;
        using var other = new TestStore();
        foreach (string command in (string[])["modules", "run"])
        {
            string[] urls = command == "run" ? ["--urls", "http://127.0.0.1:0"] : [];
            ProgramResult without = await other.RunAsync([command, .. urls, "--store", $"esdb://{address}?tls=false"]);
            without.Code.ShouldBe(1, without.Errors);
            without.Errors.ShouldContain($"{address} does not let a caller without credentials do that; write esdb://user:password@HOST");
            ProgramResult wrong = await other.RunAsync([command, .. urls, "--store", $"esdb://host:guess@{address}?tls=false"]);
            wrong.Code.ShouldBe(1, wrong.Errors);
            wrong.Errors.ShouldContain($"{address} does not accept the credentials");
            wrong.Errors.ShouldNotContain("guess");
        }

        (await other.RunAsync("modules", "--store", $"esdb://host:secret-word@{address}?tls=false")).ShouldSucceed();
    }

    private RunningProgram Start() => _store.Start("store", "--esdb-endpoint", "localhost:0", "-o", "ndjson");

    private static Task<EventStoreDbStore> ConnectAsync(JsonElement serving) =>
        EventStoreDbStore.ConnectAsync(serving.GetProperty("connectionString").GetString()!, cancellationToken: Cancel);

    private static EventData Event(string type) => new(Guid.NewGuid(), type, IsJson: false, default, default);

    private static async Task<JsonElement> NextAsync(RunningProgram program)
    {
        if (await program.Output.ReadLineAsync(Cancel) is { } line) return JsonDocument.Parse(line).RootElement.Clone();
        (int code, string errors) = await program.WaitForErrorsAsync();
        throw new InvalidOperationException($"the program ended with code {code}: {errors}");
    }
}
