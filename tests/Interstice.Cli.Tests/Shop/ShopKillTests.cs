using System.Text.Json;
using Interstice.Cli.Tests.Support;
using Interstice.TestKit;

namespace Interstice.Cli.Tests.Shop;

/// <summary>Three modules that call and hear each other, killed at random: orders go over all of them in one transaction, expire by timers, and
/// are heard of by subscriptions.</summary>
public sealed class ShopKillTests : IDisposable
{
    private const int Clients = 6;

    private readonly TestStore _store = new();

    public void Dispose() => _store.Dispose();

    // INTERSTICE_TEST_SCALE multiplies kills and seconds; INTERSTICE_TEST_SEED chooses orders and moments again.
    [Fact]
    public async Task A_host_of_three_modules_that_is_killed_at_random_keeps_totals_in_balance_and_does_nothing_twice()
    {
        Requirement.Unix();
        await ShopScene.PublishAsync(_store);

        await KillAtRandomAsync(
            new TimeShare("kills", regularCount: 50, seconds: 150),
            () => RunningHost.StartAsync(_store.Directory, "--snapshot-events", "500"));

        await ExpectSoundLogAsync();
    }

    // There orders are committed in the shop's stream, and completed by whoever comes next: each new host waits until the heartbeats of the one
    // before have ceased.
    [Fact]
    public async Task It_does_the_same_over_a_store_that_appends_to_one_stream_at_a_time()
    {
        Requirement.Unix();
        using RunningProgram server = _store.Start("store", "--esdb-endpoint", "localhost:0", "-o", "ndjson");
        string address = JsonDocument.Parse((await server.Output.ReadLineAsync(TestContext.Current.CancellationToken)).ShouldNotBeNull())
            .RootElement.GetProperty("connectionString").GetString()!;
        await ShopScene.PublishAsync(_store, "--store", address);

        await KillAtRandomAsync(
            new TimeShare("kills", regularCount: 20, seconds: 45),
            () => RunningHost.StartAsync(_store.Directory, "--store", address, "--heartbeat-ms", "100"));

        server.Terminate();
        (await server.WaitAsync()).ShouldBe(0);
        await ExpectSoundLogAsync();
        (await _store.RunAsync("log-inspect", "--op", "commit", "--module", "shop", "-o", "json")).ShouldSucceed().Output
            .ShouldContain("GroupCommitted");
    }

    private static async Task KillAtRandomAsync(TimeShare kills, Func<Task<RunningHost>> startAsync)
    {
        RunningHost host = await startAsync();
        try
        {
            await ShopScene.OpenAsync(host);
            await using var load = new ShopLoad(host, Clients, kills.Seed);
            while (kills.HasMore)
            {
                await load.WaitForAsync(kills.Random.Next(1, 60), $"before kill {kills.Count + 1}");
                host.Kill();
                host.Dispose();
                load.GoTo(host = await startAsync());
                kills.Add(1);
            }

            await load.StopAsync();
            ShopState state = await ShopScene.QuietenAsync(host);
            state.ExpectBalance();
            ExpectAllAcknowledged(state, load);
            host.Kill();
            kills.End($"{state.Orders.Length} orders, {load.Confirmed.Count} confirmed, {load.Rejected.Count} rejected, {load.Untold.Count} untold");
        }
        finally
        {
            host.Dispose();
        }
    }

    private async Task ExpectSoundLogAsync()
    {
        JsonElement check = (await _store.RunAsync("replay-check", "-o", "json")).ShouldSucceed().Json;
        check.ToString().ShouldNotContain("\"deterministic\":false");
        (await _store.RunAsync("log-verify", "-o", "json")).ShouldSucceed();
    }

    private static void ExpectAllAcknowledged(ShopState state, ShopLoad load)
    {
        Dictionary<ulong, string> orders = state.Orders.ToDictionary(
            order => ulong.Parse(order.GetProperty("id").GetString()!, System.Globalization.CultureInfo.InvariantCulture),
            order => order.GetProperty("state").ToString());
        load.Placed.ShouldBeUnique();
        load.Placed.Except(orders.Keys).ShouldBeEmpty("acknowledged and lost");
        load.Confirmed.ShouldAllBe(order => orders[order].Contains("confirmed", StringComparison.Ordinal));
        int told = load.Placed.Count + load.PlacedUnnamed.Count;
        orders.Count.ShouldBeInRange(told, told + load.Untold.Count);
    }
}
