using System.Text.Json;
using Interstice.Cli.Tests.Support;
using Interstice.TestKit;

namespace Interstice.Container.Tests;

/// <summary>The bank on a server of EventStoreDB's protocol that is known by its address alone: work, kill -9, replay, comparison.</summary>
public sealed class MainJobTests(TestServer server) : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    // The demonstration compares with what callers were told, with the recorded hashes and with a model of the bank.
    [Fact]
    public async Task A_bank_whose_process_is_killed_comes_back_with_equal_hashes_and_every_call_once()
    {
        string address = await server.AddressAsync();
        ProgramResult demo = await RunAsync(
            address,
            "demo", "--module", UniqueName(), "--accounts", "50", "--transfers", "1000", "--seconds", "1", "--kills", "2", "--callers", "8");
        JsonElement report = demo.ShouldSucceed().Json;
        report.GetProperty("ok").GetBoolean().ShouldBeTrue(demo.Output);
        string? hash = report.GetProperty("stateHashAfterReplay").GetString();
        report.GetProperty("stateHashBeforeKill").GetString().ShouldBe(hash);
        report.GetProperty("stateHashOfModel").GetString().ShouldBe(hash);
        report.GetProperty("lost").GetInt64().ShouldBe(0);
        report.GetProperty("unexpected").GetInt64().ShouldBe(0);
        report.GetProperty("acknowledged").GetInt64().ShouldBeGreaterThan(1_000);
        JsonElement check = report.GetProperty("replayCheck");
        check.GetProperty("deterministic").GetBoolean().ShouldBeTrue();
        check.GetProperty("runs")[0].GetProperty("hash").GetString().ShouldBe(hash);
    }

    // The host application: what a client was told over HTTP is there after the host was killed, in the next host and for every command.
    [Fact]
    public async Task A_host_application_that_is_killed_leaves_every_acknowledged_call_to_the_next_one()
    {
        string address = await server.AddressAsync();
        string module = UniqueName();
        ProgramResult first = await RunAsync(
            address, "demo", "--module", module, "--accounts", "2", "--transfers", "10", "--seconds", "0.1", "--callers", "2");
        first.ShouldSucceed();
        HashSet<string> owners = [];
        for (int round = 0; round < 2; round++)
        {
            using RunningHost host = await StartAsync(address);
            if (round == 0) owners.UnionWith(await OwnersAsync(host, module));
            string[] opened = [.. Enumerable.Range(0, 40).Select(i => $"owner {round}/{i}")];
            JsonElement[] answers = await Task.WhenAll(opened.Select(owner =>
                host.PostAsync($"v1/modules/{module}/reducers/open_account", $"[\"{owner}\", 100]")));
            foreach (JsonElement answer in answers)
                (answer.TryGetProperty("outcome", out JsonElement outcome) ? outcome.GetString() : null).ShouldBe("committed", answer.ToString());
            owners.UnionWith(opened);
            host.Kill();
        }

        using RunningHost last = await StartAsync(address);
        (await OwnersAsync(last, module)).ShouldBe(owners, ignoreOrder: true);
        last.Kill();
        (await RunAsync(address, "replay-check", "--module", module)).ShouldSucceed();
    }

    private static async Task<string[]> OwnersAsync(RunningHost host, string module) =>
        [.. (await host.GetAsync($"v1/modules/{module}/tables/accounts/rows")).GetProperty("rows").EnumerateArray()
            .Select(row => row.GetProperty("owner").GetString()!)];

    // A server that was used before has banks already.
    private static string UniqueName() => $"bank_{Guid.NewGuid():N}"[..17];

    private Task<ProgramResult> RunAsync(string address, params IEnumerable<string> arguments) =>
        RunningProgram.RunAsync(_directory.Path, [.. arguments, "--store", address, "-o", "json"]);

    private Task<RunningHost> StartAsync(string address) => RunningHost.StartAsync(_directory.Path, "--store", address);
}
