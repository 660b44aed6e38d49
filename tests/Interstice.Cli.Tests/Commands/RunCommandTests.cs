using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Interstice.Cli.Tests.Support;
using Interstice.TestKit;

namespace Interstice.Cli.Tests.Commands;

public sealed class RunCommandTests : IDisposable
{
    private const string Key = "a-key-of-sixteen-or-more-letters";

    private readonly TestStore _store = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task A_request_to_end_ends_the_host_with_0_and_what_it_answered_is_in_the_store()
    {
        Requirement.Unix();
        using RunningHost host = await RunningHost.StartAsync(_store.Directory, "--module", TestStore.BankFile);
        (await host.CallAsync("open_account", "[\"ann\", 100]")).GetProperty("value").GetString().ShouldBe("1");
        (int code, string errors) = await host.TerminateAsync();
        code.ShouldBe(0, errors);
        errors.ShouldContain("stopping");
        (await _store.RunAsync("query", "bank.balance", "1")).ShouldSucceed().Output.ShouldBe("100\n");
        (await _store.RunAsync("log-verify")).ShouldSucceed();
    }

    [Fact]
    public async Task Calls_under_way_when_the_host_is_told_to_end_are_answered_first()
    {
        Requirement.Unix();
        using RunningHost host = await RunningHost.StartAsync(_store.Directory, "--module", TestStore.BankFile);
        await host.CallAsync("open_account", "[\"ann\", 100]");
        Task<JsonElement>[] calls = [.. Enumerable.Range(0, 200).Select(_ => host.PostAsync("v1/modules/bank/reducers/open_account", "[\"x\", 1]"))];
        await calls[0];
        (int code, string errors) = await host.TerminateAsync();
        code.ShouldBe(0, errors);
        int committed = 1;
        foreach (Task<JsonElement> call in calls)
        {
            try
            {
                if ((await call).GetProperty("outcome").GetString() == "committed") committed++;
            }
            catch (HttpRequestException)
            {
                // Its connection came too late: it was not taken.
            }
        }

        JsonElement[] rows = (await _store.RunAsync("rows", "bank.accounts", "-o", "ndjson")).ShouldSucceed().JsonLines;
        rows.Length.ShouldBe(committed);
    }

    [Fact]
    public async Task After_a_kill_the_next_host_has_everything_that_was_answered()
    {
        Requirement.Unix();
        using (RunningHost host = await RunningHost.StartAsync(_store.Directory, "--module", TestStore.BankFile))
        {
            for (int i = 0; i < 20; i++) await host.CallAsync("open_account", $"[\"a{i}\", {i}]");
            host.Kill();
        }

        using RunningHost next = await RunningHost.StartAsync(_store.Directory);
        JsonElement rows = (await next.GetAsync("v1/modules/bank/tables/accounts/rows")).GetProperty("rows");
        rows.EnumerateArray().Select(row => row.GetProperty("balance").GetString()).ShouldBe(Enumerable.Range(0, 20).Select(i => $"{i}"));
        (await next.CallAsync("open_account", "[\"later\", 1]")).GetProperty("value").GetString().ShouldBe("21");
        (await next.TerminateAsync()).Code.ShouldBe(0);
        (await _store.RunAsync("replay-check")).ShouldSucceed();
    }

    [Fact]
    public async Task A_store_that_a_host_has_open_is_reached_by_server()
    {
        Requirement.Unix();
        using RunningHost host = await RunningHost.StartAsync(_store.Directory, "--module", TestStore.BankFile);
        (await _store.RunAsync("call", "bank.open_account", "ann", "1")).ShouldFail(3, "open for writing in", "--server URL");
        (await _store.RunAsync("run", "--urls", "http://127.0.0.1:0")).ShouldFail(3, "open for writing in");
    }

    [Fact]
    public async Task Health_asks_a_host_whether_it_is_ready()
    {
        using RunningHost host = await RunningHost.StartAsync(_store.Directory, "--module", TestStore.BankFile);
        (await _store.RunAsync("health", "--server", host.Url)).ShouldSucceed().Output.ShouldBe("ready\n");
        (await _store.RunWithAsync("INTERSTICE_HEALTH_URL", host.Url, "health", "-o", "json")).ShouldSucceed()
            .Json.GetProperty("ready").GetBoolean().ShouldBeTrue();
        (await _store.RunAsync("health", "--server", "http://127.0.0.1:1")).ShouldFail(3, "no host answers at http://127.0.0.1:1/health/ready");
        (await _store.RunAsync("health", "--server", "ftp://x")).ShouldFail(2, "no address of a host");
    }

    [Fact]
    public async Task A_port_that_is_taken_is_said_so()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        string url = $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}";
        ProgramResult result = await _store.RunAsync("run", "--urls", url);
        result.Code.ShouldBe(3, result.Errors);
        result.Errors.ShouldContain("address already in use; another program listens there");
    }

    [Theory]
    [InlineData("http://0.0.0.0:0", "has not TLS and an API key", "--insecure")]
    [InlineData("http://127.0.0.1:0;http://*:0", "http://*:0 can be reached from other machines", "--insecure")]
    [InlineData("https://0.0.0.0:0", "has not an API key", "--insecure")]
    [InlineData("https://127.0.0.1:0", "wants a certificate", "--tls-certificate")]
    [InlineData("127.0.0.1:0", "no address to listen on", "write http://127.0.0.1:5080")]
    [InlineData("http://127.0.0.1:x", "the port is no number", "write http://127.0.0.1:5080")]
    public async Task An_address_that_lets_strangers_in_or_is_none_is_refused(string urls, string what, string remedy)
    {
        (await _store.RunAsync("run", "--urls", urls)).ShouldFail(2, what, remedy);
        Directory.Exists(_store.Path).ShouldBeFalse();
    }

    [Fact]
    public async Task Insecure_is_logged_loudly_and_lets_the_host_listen_anywhere()
    {
        Requirement.Unix();
        using RunningHost host = await RunningHost.StartAsync(_store.Directory, "--urls", "http://0.0.0.0:0", "--insecure");
        (int code, string errors) = await host.TerminateAsync();
        code.ShouldBe(0);
        errors.ShouldContain("crit");
        errors.ShouldContain("INSECURE: http://0.0.0.0:0 is open to other machines");
    }

    [Theory]
    [InlineData("too-short", "9 characters")]
    [InlineData("a key with spaces in it", "printable ASCII")]
    public async Task A_weak_key_is_refused_and_not_repeated(string key, string what)
    {
        ProgramResult result = await _store.RunWithAsync("INTERSTICE_API_KEY", key, "run", "--urls", "http://127.0.0.1:0");
        result.ShouldFail(2, "INTERSTICE_API_KEY holds", what);
        result.Errors.ShouldNotContain(key);
    }

    [Fact]
    public async Task A_host_with_tls_and_a_key_listens_anywhere_and_lets_only_the_key_in()
    {
        Requirement.Unix();
        (string certificate, string keyFile) = WriteCertificate();
        string keys = Path.Join(_store.Directory, "keys");
        await File.WriteAllTextAsync(keys, Key, Cancel);
        using RunningHost host = await RunningHost.StartAsync(
            _store.Directory, "--urls", "https://0.0.0.0:0", "--tls-certificate", certificate, "--tls-key", keyFile, "--api-key-file", keys);
        using var handler = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = (_, shown, _, _) => shown?.Subject == "CN=interstice-test",
        };
        using var client = new HttpClient(handler) { BaseAddress = new Uri($"https://127.0.0.1:{new Uri(host.Url).Port}") };
        (await client.GetAsync(new Uri("/v1/modules", UriKind.Relative), Cancel)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await client.GetAsync(new Uri("/health/ready", UriKind.Relative), Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        client.DefaultRequestHeaders.Authorization = new("Bearer", Key);
        (await client.GetAsync(new Uri("/v1/modules", UriKind.Relative), Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await host.TerminateAsync()).Code.ShouldBe(0);
    }

    [Fact]
    public async Task A_module_that_cannot_be_published_ends_the_start()
    {
        string file = Path.Join(_store.Directory, "wrong.wasm");
        await File.WriteAllBytesAsync(file, [0, 97, 115, 109, 1, 0, 0, 0, 99], Cancel);
        ProgramResult result = await _store.RunAsync("run", "--urls", "http://127.0.0.1:0", "--module", file);
        result.Code.ShouldBe(1);
        result.Errors.ShouldContain("interstice: " + file);
        (await _store.RunAsync("run", "--module", "missing.wasm")).ShouldFail(3, "missing.wasm does not exist");
    }

    [Fact]
    public async Task A_damaged_store_ends_the_start_with_4()
    {
        (await _store.RunAsync("publish", TestStore.BankFile)).ShouldSucceed();
        byte[] segment = await File.ReadAllBytesAsync(_store.Segment, Cancel);
        segment[5000] ^= 1;
        await File.WriteAllBytesAsync(_store.Segment, segment, Cancel);
        ProgramResult result = await _store.RunAsync("run", "--urls", "http://127.0.0.1:0");
        result.Code.ShouldBe(4, result.Errors);
    }

    [Theory]
    [InlineData("--requests-max", "0", "--requests-max takes 1 to 1000000 requests, not \"0\"")]
    [InlineData("--request-bytes-max", "many", "--request-bytes-max takes 1024 to 67108864 bytes, not \"many\"")]
    [InlineData("--log-format", "xml", "--log-format takes one of text, json, not \"xml\"")]
    public async Task A_setting_out_of_its_range_is_refused(string option, string value, string sentence) =>
        (await _store.RunAsync("run", option, value)).ShouldFail(2, sentence);

    [Fact]
    public async Task Settings_come_from_the_file_and_unknown_ones_are_refused()
    {
        string file = Path.Join(_store.Directory, "appsettings.json");
        await File.WriteAllTextAsync(file, """{ "Interstice": { "Server": { "RowsMx": 1 } } }""", Cancel);
        (await _store.RunAsync("run")).ShouldFail(2, "Interstice:Server has no setting \"RowsMx\"", "RowsMax");
        await File.WriteAllTextAsync(file, """{ "Kestrel": { "Endpoints": { "Open": { "Url": "http://0.0.0.0:0" } } } }""", Cancel);
        (await _store.RunAsync("run")).ShouldFail(2, "http://0.0.0.0:0 can be reached from other machines");
    }

    [Fact]
    public async Task The_command_line_goes_before_the_endpoints_of_the_file()
    {
        Requirement.Unix();
        await WriteSettingsAsync("""{ "Kestrel": { "Endpoints": { "Mine": { "Url": "http://127.0.0.2:0" } } } }""");
        using (RunningHost host = await RunningHost.StartAsync(_store.Directory, "--urls", "http://127.0.0.3:0"))
        {
            host.Client.BaseAddress!.Host.ShouldBe("127.0.0.3");
            (await host.TerminateAsync()).Code.ShouldBe(0);
        }

        using RunningProgram program = _store.Start("run", "-o", "ndjson");
        JsonElement listening = JsonDocument.Parse((await program.Output.ReadLineAsync(Cancel)).ShouldNotBeNull()).RootElement;
        listening.GetProperty("urls").EnumerateArray().Select(url => new Uri(url.GetString()!).Host).ShouldBe(["127.0.0.2"]);
        await WriteSettingsAsync("""
            { "Interstice": { "Urls": "http://127.0.0.1:0" }, "Kestrel": { "Endpoints": { "Mine": { "Url": "http://127.0.0.2:0" } } } }
            """);
        (await _store.RunAsync("run")).ShouldFail(2, "Interstice:Urls and Kestrel:Endpoints; keep one");
    }

    [Fact]
    public async Task Certificates_of_endpoints_count_only_where_the_endpoints_do()
    {
        Requirement.Unix();
        await WriteSettingsAsync("""
            { "Kestrel": { "Endpoints": { "Mine": { "Url": "https://127.0.0.1:0", "Certificate": { "Path": "absent.pem" } } } } }
            """);
        using RunningHost host = await RunningHost.StartAsync(_store.Directory, "--urls", "http://127.0.0.1:0");
        (await host.TerminateAsync()).Code.ShouldBe(0);
        (await _store.RunAsync("run")).ShouldFail(3, "Kestrel:Endpoints:Mine:Certificate:Path: the file absent.pem does not exist");
    }

    [Fact]
    public async Task Insecure_endpoints_of_the_file_are_logged_loudly_too()
    {
        Requirement.Unix();
        await WriteSettingsAsync("""{ "Kestrel": { "Endpoints": { "Open": { "Url": "http://0.0.0.0:0" } } } }""");
        using RunningProgram program = RunningProgram.Start(
            _store.Directory, ["run", "--insecure", "-o", "ndjson"], ("INTERSTICE_API_KEY", Key));
        (await program.Output.ReadLineAsync(Cancel)).ShouldNotBeNull().ShouldContain("listening");
        program.Terminate();
        (await program.WaitForErrorsAsync()).Errors.ShouldContain("INSECURE: http://0.0.0.0:0 is open to other machines without TLS, as --insecure allows");
    }

    [Theory]
    [InlineData("--api-key-file", "--api-key-file is empty")]
    [InlineData("--tls-certificate", "--tls-certificate is empty")]
    [InlineData("--esdb-credentials-file", "--esdb-credentials-file is empty")]
    public async Task An_option_for_a_secret_that_names_no_file_is_refused_and_not_passed_over(string option, string sentence)
    {
        (await _store.RunAsync("run", "--urls", "http://127.0.0.1:0", "--esdb-endpoint", "127.0.0.1:0", option, "")).ShouldFail(2, sentence);
        if (option != "--api-key-file") (await _store.RunAsync("store", "--esdb-endpoint", "127.0.0.1:0", option, "")).ShouldFail(2, sentence);
        Directory.Exists(_store.Path).ShouldBeFalse();
    }

    [Fact]
    public async Task Certificates_of_the_file_are_found_beside_it_and_told_of_where_they_are_missing_or_broken()
    {
        Requirement.Unix();
        WriteCertificate();
        await WriteSettingsAsync("""{ "Kestrel": { "Certificates": { "Default": { "Path": "server.pem", "KeyPath": "server.key" } } } }""");
        using (RunningHost host = await RunningHost.StartAsync(_store.Directory, "--urls", "https://127.0.0.1:0"))
        {
            host.Url.ShouldStartWith("https://");
            (await host.TerminateAsync()).Code.ShouldBe(0);
        }

        await WriteSettingsAsync("""{ "Kestrel": { "Certificates": { "Default": { "Path": "absent.pem", "KeyPath": "server.key" } } } }""");
        (await _store.RunAsync("run", "--urls", "https://127.0.0.1:0"))
            .ShouldFail(3, "Kestrel:Certificates:Default:Path: the file absent.pem does not exist");
        await WriteSettingsAsync("""{ "kestrel": { "certificates": { "default": { "path": "absent.pem", "keypath": "server.key" } } } }""");
        (await _store.RunAsync("run", "--urls", "https://127.0.0.1:0"))
            .ShouldFail(3, "certificates:default:path: the file absent.pem does not exist");
        await File.WriteAllTextAsync(Path.Join(_store.Directory, "server.pem"), "no certificate", Cancel);
        await WriteSettingsAsync("""{ "Kestrel": { "Certificates": { "Default": { "Path": "server.pem", "KeyPath": "server.key" } } } }""");
        await ShouldEndAsync(3, "appsettings.json, Kestrel: a certificate with its private key cannot be read", "--urls", "https://127.0.0.1:0");
        await WriteSettingsAsync("""{ "Kestrel": { "Endpoints": { "Mine": { "Url": "https://127.0.0.1:0" } } } }""");
        await ShouldEndAsync(2, "appsettings.json, Kestrel: Unable to configure HTTPS endpoint");
    }

    [Fact]
    public async Task Logs_are_lines_of_time_level_category_and_message_without_generated_numbers()
    {
        Requirement.Unix();
        using RunningHost host = await RunningHost.StartAsync(_store.Directory, "--module", TestStore.BankFile);
        (int code, string errors) = await host.TerminateAsync();
        code.ShouldBe(0);
        string[] lines = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBeGreaterThan(2);
        foreach (string line in lines) line.ShouldMatch(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z (info|warn): [A-Za-z.]+: \S");
    }

    [Fact]
    public async Task Logs_are_json_where_that_is_asked_for()
    {
        Requirement.Unix();
        using RunningHost host = await RunningHost.StartAsync(
            _store.Directory, "--log-format", "json", "--module", TestStore.BankFile, "--verbose");
        await host.CallAsync("open_account", "[\"ann\", 1]");
        (int code, string errors) = await host.TerminateAsync();
        code.ShouldBe(0);
        JsonElement[] lines = [.. errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
        JsonElement[] states = [.. lines.Select(line => line.GetProperty("State")).Where(state => state.TryGetProperty("Operation", out _))];
        states.Select(state => (state.GetProperty("Module").GetString(), state.GetProperty("Operation").GetString()))
            .ShouldContain(("bank", "publish"));
        JsonElement call = states.Single(state => state.GetProperty("Operation").GetString() == "open_account");
        call.GetProperty("Module").GetString().ShouldBe("bank");
        call.GetProperty("Outcome").GetString().ShouldBe("committed");
        call.GetProperty("Microseconds").GetDouble().ShouldBeGreaterThan(0);
        foreach (JsonElement line in lines)
            line.EnumerateObject().Select(property => property.Name).ShouldBe(["Timestamp", "LogLevel", "Category", "Message", "State"]);
    }

    private async Task ShouldEndAsync(int code, string sentence, params string[] options)
    {
        ProgramResult result = await _store.RunAsync(["run", .. options]);
        result.Code.ShouldBe(code, result.Errors);
        result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1].ShouldStartWith($"interstice: {sentence}");
        result.Errors.ShouldNotContain("   at ");
    }

    private Task WriteSettingsAsync(string json) => File.WriteAllTextAsync(Path.Join(_store.Directory, "appsettings.json"), json, Cancel);

    private (string Certificate, string Key) WriteCertificate()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 certificate = new CertificateRequest("CN=interstice-test", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        string file = Path.Join(_store.Directory, "server.pem");
        string keyFile = Path.Join(_store.Directory, "server.key");
        File.WriteAllText(file, certificate.ExportCertificatePem());
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        return (file, keyFile);
    }
}
