using System.Text.Json;
using Interstice.Cli.Tests.Support;
using Interstice.TestKit;

namespace Interstice.Cli.Tests.Replicas;

/// <summary>Two hosts over one store, killed, paused, ended and started again at random while clients call both (docs/replicas.md).</summary>
public sealed class ReplicaKillTests : IDisposable
{
    private const int Clients = 4;

    private readonly TestStore _store = new();

    private enum Blow
    {
        KillAndWait,
        KillAndRestart,
        KillBoth,
        Pause,
        Terminate,
    }

    public void Dispose() => _store.Dispose();

    // INTERSTICE_TEST_SCALE multiplies rounds and seconds; INTERSTICE_TEST_SEED chooses blows, victims and moments again, but not how fast
    // the machine is.
    [Fact]
    public async Task Two_hosts_killed_at_random_leave_one_history_with_everything_acknowledged_once()
    {
        Requirement.Unix();
        var rounds = new TimeShare("rounds", regularCount: 10, seconds: 60);
        using RunningProgram server = _store.Start("store", "--esdb-endpoint", "localhost:0", "-o", "ndjson");
        string address = JsonDocument.Parse((await server.Output.ReadLineAsync(TestContext.Current.CancellationToken)).ShouldNotBeNull())
            .RootElement.GetProperty("connectionString").GetString()!;
        (await _store.RunAsync("publish", TestStore.BankFile, "--store", address)).ShouldSucceed();
        using Replica ann = Make("ann", address);
        using Replica bob = Make("bob", address);
        Replica[] hosts = [ann, bob];
        await Task.WhenAll(hosts.Select(host => host.StartAsync()));
        Dictionary<Blow, int> blows = [];
        int acknowledged;
        int untold;
        await using (var load = new ReplicaLoad(hosts, Clients, rounds.Seed))
        {
            while (rounds.HasMore)
            {
                Blow blow = (Blow)rounds.Random.Next(Enum.GetValues<Blow>().Length);
                await StrikeAsync(blow, hosts, load, rounds.Random);
                blows[blow] = blows.GetValueOrDefault(blow) + 1;
                rounds.Add(1);
            }

            await load.StopAsync();
            (acknowledged, untold) = (load.Acknowledged.Count, load.Untold.Count);
            await ExpectOneHistoryAsync(hosts, load);
        }

        await ExpectOneStateAsync(hosts, address);
        server.Terminate();
        (await server.WaitAsync()).ShouldBe(0);
        await ExpectWholeJournalAsync();
        rounds.End($"{acknowledged} calls acknowledged, {untold} untold; {string.Join(", ", blows.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key} {pair.Value}"))}");
    }

    // Opened again with every frame read.
    private async Task ExpectWholeJournalAsync()
    {
        using RunningProgram server = _store.Start("store", "--esdb-endpoint", "localhost:0", "--checks-frames-on-open", "true", "-o", "ndjson");
        string? line = await server.Output.ReadLineAsync(TestContext.Current.CancellationToken);
        if (line is null) throw new InvalidOperationException((await server.WaitForErrorsAsync()).Errors);
        line.ShouldContain("serving");
        server.Terminate();
        (await server.WaitAsync()).ShouldBe(0);
    }

    private Replica Make(string name, string address) => new(_store, name, address, "--heartbeat-ms", "200", "--snapshot-events", "500");

    private static async Task StrikeAsync(Blow blow, Replica[] hosts, ReplicaLoad load, Random random)
    {
        int at = random.Next(hosts.Length);
        (Replica victim, Replica other) = (hosts[at], hosts[1 - at]);
        int before = random.Next(1, 40);
        int after = random.Next(1, 40);
        await load.WaitForAsync(before, $"before {blow} of {victim.Name}");
        switch (blow)
        {
            case Blow.KillAndWait:
                await victim.KillAsync();
                await load.WaitForAsync(after, $"after {blow} of {victim.Name}");
                await victim.StartAsync();
                break;
            case Blow.KillAndRestart:
                await victim.KillAsync();
                await victim.StartAsync();
                break;
            case Blow.KillBoth:
                await victim.KillAsync();
                await other.KillAsync();
                await Task.WhenAll(hosts.Select(host => host.StartAsync()));
                break;
            case Blow.Pause:
                victim.Pause();
                await load.WaitForAsync(after, $"after {blow} of {victim.Name}");
                victim.Resume();
                break;
            default:
                await victim.TerminateAsync();
                await load.WaitForAsync(after, $"after {blow} of {victim.Name}");
                await victim.StartAsync();
                break;
        }
    }

    // Both hosts show the same accounts: each that was acknowledged once, and of the others none that nobody asked for.
    private static async Task ExpectOneHistoryAsync(Replica[] hosts, ReplicaLoad load)
    {
        load.Acknowledged.Values.ShouldBeUnique();
        (long Revision, string[] Owners) one = await hosts[0].OwnersAsync();
        (long Revision, string[] Owners) other = await hosts[1].OwnersAsync();
        while (one.Revision != other.Revision)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            one = await hosts[0].OwnersAsync();
            other = await hosts[1].OwnersAsync();
        }

        one.Owners.ShouldBe(other.Owners);
        one.Owners.ShouldBeUnique();
        load.Acknowledged.Keys.Except(one.Owners).ShouldBeEmpty("acknowledged and lost");
        one.Owners.Except(load.Acknowledged.Keys).Except(load.Untold).ShouldBeEmpty("refused, and there all the same");
    }

    // What each host rebuilds from its own snapshots and the log is what a replay of the log gives.
    private async Task ExpectOneStateAsync(Replica[] hosts, string address)
    {
        foreach (Replica host in hosts) await host.TerminateAsync();
        foreach (Replica host in hosts)
        {
            await host.StartAsync();
            await host.TerminateAsync();
        }

        JsonElement check = (await _store.RunAsync("replay-check", "--store", address, "-o", "json")).ShouldSucceed().Json;
        check.GetProperty("deterministic").GetBoolean().ShouldBeTrue();
        string replayed = check.GetProperty("runs")[0].GetProperty("hash").GetString()!;
        foreach (Replica host in hosts) host.LastReplayHash.ShouldBe(replayed, host.Name);
    }
}
