using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Ownership;
using Interstice.Host.Projections;
using Interstice.Host.Replay;
using Interstice.Host.Subscriptions;
using Interstice.Journal;
using Interstice.Kernel.Events;
using Interstice.TestKit.Journals;

namespace Interstice.Host.Tests.Subscriptions;

/// <summary>Subscriptions on a store that several hosts use, or that one host after another uses.</summary>
public sealed class SharedSubscriptionTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_source_of_another_host_is_heard_and_a_follower_that_takes_over_goes_on_where_the_owner_stopped()
    {
        await using JournalStore store = await OpenAsync();
        await using SharedHost first = await StartAsync(store, "first", isShared: true);
        await PublishAsync(first, "chain-orders");
        SharedHost second = await StartAsync(store, "second", isShared: true);
        await PublishAsync(second, "chain-billing", "chain-ledger");
        RoleOf(second, "orders").ShouldBe(ModuleRole.Following);
        await WaitFor.ConditionAsync(() => first.Host.Names.Count == 3, "the first host to follow what the second one publishes");

        for (int i = 0; i < 30; i++) await PlaceAsync(first, 100 + i);
        (await SubscriptionChain.UntilAsync(second.Host, "ledger", "entries", 30)).ShouldBe(Enumerable.Range(100, 30).Select(i => (long)i));
        first.Host.Subscriptions.ShouldAllBe(status => status.State == SubscriptionState.Elsewhere);

        await second.DisposeAsync();
        for (int i = 30; i < 60; i++) await PlaceAsync(first, 100 + i);
        long[] entries = await SubscriptionChain.UntilAsync(first.Host, "ledger", "entries", 60);
        entries.ShouldBe(Enumerable.Range(100, 60).Select(i => (long)i), "nothing is lost and nothing comes twice");
        RoleOf(first, "ledger").ShouldBe(ModuleRole.Owner);
        await ExpectReplayedAsync(store, first);
    }

    [Fact]
    public async Task Hosts_that_are_killed_anywhere_leave_each_delivery_made_once_and_in_order()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        await using JournalStore store = await OpenAsync();
        await using (SharedHost publisher = await StartAsync(store, "publisher", isShared: false))
            await PublishAsync(publisher, "chain-orders", "chain-billing", "chain-ledger");
        long amount = 100;
        for (int kill = 0; kill < 40; kill++)
        {
            await using SharedHost host = await StartAsync(store, $"host {kill}", isShared: false);
            host.Store.DiesAt = host.Store.OperationCount + random.Next(1, 60);
            for (int i = 0; i < 8 && !host.Store.IsUnreachable; i++) await TryPlaceAsync(host, amount++);
        }

        await using SharedHost last = await StartAsync(store, "last", isShared: false);
        long[] orders = await SubscriptionChain.AmountsAsync(last.Host, "orders", "orders");
        orders.Length.ShouldBeGreaterThan(20, $"seed {seed}");
        (await SubscriptionChain.UntilAsync(last.Host, "ledger", "entries", orders.Length)).ShouldBe(orders, $"seed {seed}");
        await ExpectReplayedAsync(store, last);
    }

    private static async Task<JournalStore> OpenAsync() => await JournalStore.OpenAsync(
        new JournalOptions { Directory = "/memory", SegmentBytes = 8 << 20 }, null, new MemoryFiles(), Cancel);

    private static async Task<SharedHost> StartAsync(JournalStore store, string name, bool isShared)
    {
        SharedHost host = SharedHost.Make(
            store,
            SubscriptionChain.Options with { Replicas = new() { Name = name, HeartbeatInterval = TimeSpan.FromMilliseconds(100) } },
            isShared: isShared);
        await host.Host.StartAsync(cancellationToken: Cancel);
        return host;
    }

    private static async Task PublishAsync(SharedHost host, params string[] binaries)
    {
        foreach (string binary in binaries) await host.Mediator.Send(new PublishModule(HostFixture.Binary(binary), HostFixture.Tester), Cancel);
    }

    private static Task<CallOutcome> TryPlaceAsync(SharedHost host, long amount) =>
        host.Mediator.Send(new CallReducer("orders", "place", BitConverter.GetBytes(amount), HostFixture.Tester), Cancel);

    private static async Task PlaceAsync(SharedHost host, long amount)
    {
        CallOutcome outcome = await TryPlaceAsync(host, amount);
        outcome.ShouldBeOfType<CallOutcome.Committed>(outcome.ToString());
    }

    private static ModuleRole RoleOf(SharedHost host, string module) => host.Host.StandingOf(module)!.Role;

    private static async Task ExpectReplayedAsync(JournalStore store, SharedHost host)
    {
        foreach (string module in new[] { "orders", "billing", "ledger" })
        {
            ModuleProjection rebuilt;
            Revision revision;
            Kernel.Hashing.StateHash hash;
            do
            {
                rebuilt = new ModuleProjection(module) { ComparesEveryHash = true };
                await ModuleReplay.RunAsync(store, rebuilt, null, TimeProvider.System, null, Cancel);
                (hash, revision) = await host.Host.ViewAsync(module, projection => (projection.StateHash, projection.Revision));
            }
            while (rebuilt.Revision != revision);
            rebuilt.StateHash.ShouldBe(hash, module);
        }
    }
}
