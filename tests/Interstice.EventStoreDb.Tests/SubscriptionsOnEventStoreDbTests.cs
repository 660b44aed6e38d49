using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Projections;
using Interstice.Kernel.Events;
using Interstice.Kernel.Hashing;

namespace Interstice.EventStoreDb.Tests;

/// <summary>A chain of three modules in a host whose store is a server of EventStoreDB's protocol.</summary>
public sealed class SubscriptionsOnEventStoreDbTests : IAsyncLifetime
{
    private EndpointServer _server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await EndpointServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(EventPayloads.Json)]
    [InlineData(EventPayloads.Canonical)]
    public async Task Deliveries_are_made_once_in_order_across_a_restart(EventPayloads payloads)
    {
        await using (HostedBank first = await StartAsync(payloads))
        {
            await first.PublishAsync("chain-orders", "chain-billing", "chain-ledger");
            for (int i = 0; i < 50; i++) await PlaceAsync(first, 100 + i);
        }

        await using HostedBank second = await StartAsync(payloads);
        for (int i = 50; i < 60; i++) await PlaceAsync(second, 100 + i);
        long[] entries = [];
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (entries.Length < 60 && !patience.IsCancellationRequested)
        {
            await Task.Yield();
            entries = await second.Host.ViewAsync("ledger", Amounts);
        }

        entries.ShouldBe(Enumerable.Range(100, 60).Select(i => (long)i));
        StateHash hash = await second.Host.ViewAsync("ledger", projection => projection.StateHash);
        var rebuilt = await RebuildAsync(payloads);
        rebuilt.StateHash.ShouldBe(hash);
    }

    private static async Task PlaceAsync(HostedBank host, long amount)
    {
        CallOutcome outcome = await host.CallAsync("orders", "place", BitConverter.GetBytes(amount));
        outcome.ShouldBeOfType<CallOutcome.Committed>(outcome.ToString());
    }

    private static long[] Amounts(ModuleProjection projection)
    {
        List<long> amounts = [];
        foreach (ReadOnlySpan<byte> row in projection.State!.FindTable("entries")!.Scan(0, default, descending: false))
            amounts.Add(BitConverter.ToInt64(row[^8..]));
        return [.. amounts];
    }

    private async Task<ModuleProjection> RebuildAsync(EventPayloads payloads)
    {
        await using EventStoreDbStore store = await ConnectAsync(payloads);
        var rebuilt = new ModuleProjection("ledger") { ComparesEveryHash = true };
        await Interstice.Host.Replay.ModuleReplay.RunAsync(store, rebuilt, null, TimeProvider.System, null, Cancel);
        return rebuilt;
    }

    private async Task<HostedBank> StartAsync(EventPayloads payloads) => await HostedBank.StartAsync(await ConnectAsync(payloads));

    private async Task<EventStoreDbStore> ConnectAsync(EventPayloads payloads) => await EventStoreDbStore.ConnectAsync(
        _server.ConnectionString, new EventStoreDbOptions { Payloads = payloads }, cancellationToken: Cancel);
}
