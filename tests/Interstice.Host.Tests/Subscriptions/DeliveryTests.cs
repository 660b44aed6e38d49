using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Subscriptions;
using Interstice.Kernel.Events;
using Interstice.TestKit;
using Interstice.TestKit.EventStores;

namespace Interstice.Host.Tests.Subscriptions;

public sealed class DeliveryTests
{
    [Fact]
    public async Task Deliveries_run_in_log_order_down_a_chain_and_once_across_restarts()
    {
        HostFixture host = await StartChainAsync();
        for (int i = 0; i < 40; i++) await host.CommitAsync("orders", i % 4 == 0 ? "place_three" : "place", 100 + (3 * i));
        long[] amounts = await SubscriptionChain.UntilAsync(host.Host, "ledger", "entries", 60);
        amounts.ShouldBe(await SubscriptionChain.AmountsAsync(host.Host, "orders", "orders"));
        await ExpectReplayedAsync(host);
        string directory = await host.StopAsync();

        await using HostFixture again = await HostFixture.StartAsync(directory, SubscriptionChain.Options);
        await again.CommitAsync("orders", "place", 7);
        (await SubscriptionChain.UntilAsync(again.Host, "ledger", "entries", 61)).Length.ShouldBe(61, "nothing is delivered twice");
        await ExpectReplayedAsync(again);
    }

    [Fact]
    public async Task A_handler_hears_its_operation_with_the_rows_of_it()
    {
        await using HostFixture host = await StartChainAsync();
        await host.CommitAsync("orders", "place", 10);
        await host.CommitAsync("orders", "change", 1, 25);
        await host.CommitAsync("orders", "shout", 3);
        await host.CommitAsync("orders", "cancel", 1);
        (await SubscriptionChain.UntilAsync(host.Host, "billing", "bills", 4)).ShouldBe([10, 15, 3, 25]);
    }

    [Fact]
    public async Task A_delivery_names_its_cause_and_keeps_the_correlation_of_the_chain()
    {
        await using HostFixture host = await StartChainAsync();
        await host.CommitAsync("orders", "place", 10);
        await SubscriptionChain.UntilAsync(host.Host, "ledger", "entries", 1);
        var orders = (await SubscriptionChain.TransactionsAsync(host.Journal, "orders"))[^1];
        var billing = (await SubscriptionChain.TransactionsAsync(host.Journal, "billing")).First(made => made.Record.Reducer == "on_order");
        var ledger = (await SubscriptionChain.TransactionsAsync(host.Journal, "ledger")).First(made => made.Record.Reducer == "on_bill");

        orders.Record.Origin.ShouldBeNull();
        (billing.Record.Causation, billing.Record.Origin).ShouldBe((orders.First.Id, new TransactionOrigin(orders.First.Id, 1)));
        ledger.Record.Origin.ShouldBe(new TransactionOrigin(orders.First.Id, 2));
        TransactionId bill = TransactionId.OfEvent(billing.First.Id, out _);
        ledger.Record.Causation.ShouldBe(bill.EventId(billing.Record.EventCount - 1), "the bill is behind the checkpoint");
    }

    [Theory]
    [InlineData(-5, "a negative amount")]
    [InlineData(13, "unreachable")]
    public async Task A_delivery_that_fails_is_tried_again_then_parked_and_the_next_one_comes(long amount, string reason)
    {
        await using HostFixture host = await StartChainAsync();
        await host.CommitAsync("orders", "place", amount);
        await host.CommitAsync("orders", "place", 5);

        (await SubscriptionChain.UntilAsync(host.Host, "billing", "bills", 1)).ShouldBe([5]);
        var parked = await SubscriptionChain.ParkedAsync(host.Host, "billing");
        parked.Length.ShouldBe(1);
        (parked[0].Handler, parked[0].Attempts).ShouldBe(("on_order", 5u));
        parked[0].Reason.ShouldContain(reason);
        SubscriptionStatus status = host.Host.Subscriptions.Single(status => status.Subscription.Handler == "on_order");
        (status.Failed, status.Parked, status.Delivered).ShouldBe((5, 1, 1));
        IReadOnlyList<DeliveryRecord> kept = host.Host.DeliveriesTo("billing");
        kept.Select(record => record.Attempt).ShouldBe([1, 2, 3, 4, 5, 1]);
        kept.Select(record => record.Outcome).ShouldBe([.. Enumerable.Repeat(amount < 0 ? "rejected" : "trapped", 4), "parked", "committed"]);
        kept.ShouldAllBe(record => record.Fuel > 0);
        await ExpectReplayedAsync(host);
    }

    [Fact]
    public async Task A_chain_ends_where_it_is_deeper_than_declared_and_the_delivery_is_parked()
    {
        await using HostFixture host = await HostFixture.StartAsync(options: SubscriptionChain.Options);
        await host.PublishAsync("chain-echo");
        await host.CommitAsync("echo", "sound", 1);
        (await SubscriptionChain.UntilAsync(host.Host, "echo", "sounds", 4)).ShouldBe([1, 2, 3, 4]);
        await WaitFor.ConditionAsync(() => host.Host.Subscriptions.Single().Parked == 1, "the fourth delivery to be parked");
        (await SubscriptionChain.ParkedAsync(host.Host, "echo"))[0].Reason.ShouldContain("4 deliveries in a chain");
        (await SubscriptionChain.AmountsAsync(host.Host, "echo", "sounds")).ShouldBe([1, 2, 3, 4]);
        var made = (await SubscriptionChain.TransactionsAsync(host.Journal, "echo")).Where(made => made.Record.Reducer == "on_sound");
        made.Select(delivery => (int)delivery.Record.Origin!.Value.Depth).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task What_is_parked_can_be_run_again_or_dropped()
    {
        await using HostFixture host = await HostFixture.StartAsync(options: SubscriptionChain.Options);
        await host.PublishAsync("chain-echo");
        await host.CommitAsync("echo", "sound", 1);
        await WaitFor.ConditionAsync(() => host.Host.Subscriptions.Any(status => status.Parked == 1), "the fourth delivery to be parked");
        CallOutcome outcome = await host.Host.ReplayParkedAsync("echo", 1);
        outcome.ShouldBeOfType<CallOutcome.Committed>(outcome.ToString());
        (await SubscriptionChain.UntilAsync(host.Host, "echo", "sounds", 8)).ShouldBe([1, 2, 3, 4, 5, 6, 7, 8], "it begins a chain of its own");
        await WaitFor.ConditionAsync(() => host.Host.Subscriptions.Any(status => status.Parked == 2), "the end of that to be parked");

        (await host.Host.DropParkedAsync("echo", 2)).ShouldBeOfType<CallOutcome.Committed>();
        (await SubscriptionChain.ParkedAsync(host.Host, "echo")).ShouldBeEmpty();
        (await host.Host.ReplayParkedAsync("echo", 2)).ShouldBeOfType<CallOutcome.Refused>();
    }

    [Fact]
    public async Task A_subscription_waits_for_a_module_that_is_not_published_and_then_hears_all_of_it()
    {
        await using HostFixture host = await HostFixture.StartAsync(options: SubscriptionChain.Options);
        PublishResult published = await host.PublishAsync("chain-ledger");
        published.Warnings.ShouldContain(warning => warning.Contains("billing is not published", StringComparison.Ordinal));
        await WaitFor.ConditionAsync(() => host.Host.Subscriptions.Any(status => status.State == SubscriptionState.Waiting), "it to wait");
        host.Host.Subscriptions.Single().Reason!.ShouldContain("billing");

        await host.PublishAsync("chain-billing");
        await host.PublishAsync("chain-orders");
        await host.CommitAsync("orders", "place", 10);
        (await SubscriptionChain.UntilAsync(host.Host, "ledger", "entries", 1)).ShouldBe([10]);
    }

    [Fact]
    public async Task A_subscription_from_now_hears_nothing_earlier_and_one_from_the_beginning_all()
    {
        await using HostFixture host = await HostFixture.StartAsync(options: SubscriptionChain.Options);
        await host.PublishAsync("chain-orders");
        await host.PublishAsync("chain-billing");
        await host.CommitAsync("orders", "place", 1);
        await SubscriptionChain.UntilAsync(host.Host, "billing", "bills", 1);
        await host.PublishAsync("chain-late");
        await WaitFor.ConditionAsync(
            () => host.Host.Subscriptions.Any(status => status.Module == "late" && status.Through > Revision.None), "its place to be recorded");
        await host.PublishAsync("chain-ledger");
        await host.CommitAsync("orders", "place", 2);

        (await SubscriptionChain.UntilAsync(host.Host, "late", "entries", 1)).ShouldBe([2]);
        (await SubscriptionChain.UntilAsync(host.Host, "ledger", "entries", 2)).ShouldBe([1, 2]);
        (await SubscriptionChain.AmountsAsync(host.Host, "late", "entries")).ShouldBe([2]);
    }

    [Fact]
    public async Task A_stretch_without_deliveries_gets_a_checkpoint_and_no_more_than_one()
    {
        await using HostFixture host = await StartChainAsync();
        for (int i = 0; i < 20; i++) await host.CommitAsync("orders", "note", i);
        Revision end = await host.Host.ViewAsync("orders", projection => projection.Revision);
        await WaitFor.ConditionAsync(() => host.Host.Subscriptions.Count(
            status => status.Module == "billing" && status.Through == end) == 4, "the checkpoints to reach the end");
        Revision still = await host.Host.ViewAsync("ledger", projection => projection.Revision);
        await host.CommitAsync("orders", "place", 1);
        await SubscriptionChain.UntilAsync(host.Host, "ledger", "entries", 1);
        (await SubscriptionChain.TransactionsAsync(host.Journal, "ledger")).Count.ShouldBe(1, $"checkpoints of billing are no news to ledger ({still})");
    }

    [Fact]
    public async Task No_handler_runs_while_state_is_rebuilt()
    {
        List<string> order = [];
        HostFixture host = await StartChainAsync();
        await host.CommitAsync("orders", "place", 1);
        string directory = await host.StopAsync();

        await using HostFixture again = await HostFixture.StartAsync(
            directory,
            SubscriptionChain.Options,
            store => new RecordingEngine(new ManagedEngine.ManagedModuleEngine(), order),
            store => store.OnRead = stream => order.Add(stream.Value));
        int loaded = order.IndexOf(RecordingEngine.Loaded);
        foreach (string module in new[] { "orders", "billing", "ledger" })
            order.IndexOf(StreamNames.Module(module).Value).ShouldBeInRange(0, loaded - 1, "all streams are replayed before any code is loaded");
        (await SubscriptionChain.UntilAsync(again.Host, "ledger", "entries", 1)).ShouldBe([1]);
    }

    [Fact]
    public async Task Appends_that_fail_leave_each_delivery_made_once()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        await using HostFixture host = await StartChainAsync();
        FaultInjectingStore.Fault[] faults =
        [
            FaultInjectingStore.Fault.RefusedBeforeWrite, FaultInjectingStore.Fault.UnknownNotWritten, FaultInjectingStore.Fault.UnknownWritten,
        ];
        int placed = 0;
        for (int i = 0; i < 150; i++)
        {
            if (random.Next(3) == 0) host.Store.FailAppend(host.Store.AppendCount + random.Next(4), faults[random.Next(faults.Length)]);
            if (await host.CallAsync("orders", "place", 100 + i) is CallOutcome.Committed) placed++;
        }

        host.Store.ClearFaults();
        long[] amounts = await SubscriptionChain.UntilAsync(host.Host, "ledger", "entries", placed);
        amounts.ShouldBe(await SubscriptionChain.AmountsAsync(host.Host, "orders", "orders"), $"seed {seed}");
        await ExpectReplayedAsync(host);
    }

    // The cursor behind a failed attempt begins from checkpoints that are not durable yet. What is undone then is delivered all the same.
    [Fact]
    public async Task A_delivery_is_made_although_it_was_undone_after_the_next_cursor_had_begun_behind_it()
    {
        var time = new ManualTime();
        ModuleHostOptions options = new()
        {
            Limits = new() { CallTimeMax = Timeout.InfiniteTimeSpan },
            Subscriptions = new()
            {
                AttemptsMax = 2,
                BackoffMin = TimeSpan.FromHours(1),
                BackoffMax = TimeSpan.FromHours(1),
                CheckpointInterval = TimeSpan.FromDays(1000),
            },
        };
        await using HostFixture host = await HostFixture.StartAsync(options: options, time: time);
        await host.PublishAsync("chain-orders");
        await host.PublishAsync("chain-billing");
        await WaitFor.ConditionAsync(
            () => host.Host.Subscriptions.Count(status => status.State == SubscriptionState.Running) == 4, "the subscriptions to run");

        // Deliveries wait behind the look, and their appends are held back: so the first of them fails, and nothing is durable before.
        using var isLooking = new ManualResetEventSlim();
        using var mayGoOn = new ManualResetEventSlim();
        Task<bool> look = host.Host.ViewAsync("billing", _ =>
        {
            isLooking.Set();
            return mayGoOn.Wait(TimeSpan.FromSeconds(60));
        });
        isLooking.Wait(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken).ShouldBeTrue();
        foreach (long amount in (long[])[5, -5, 7]) await host.CommitAsync("orders", "place", amount);
        Revision end = await host.Host.ViewAsync("orders", projection => projection.Revision);
        host.Store.CloseGate();
        host.Store.FailAppend(host.Store.AppendCount, FaultInjectingStore.Fault.RefusedBeforeWrite);
        mayGoOn.Set();
        await WaitFor.ConditionAsync(
            () =>
            {
                time.Advance(TimeSpan.FromMilliseconds(10));
                return OrderStatus(host).State == SubscriptionState.Retrying;
            },
            "the next cursor to begin behind the failure");
        host.Store.OpenGate();
        (await look).ShouldBeTrue("it ends when what it saw is durable or undone");

        await WaitFor.ConditionAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(30));
                return OrderStatus(host).Through == end;
            },
            "the last order to be delivered");
        (await SubscriptionChain.AmountsAsync(host.Host, "billing", "bills")).ShouldBe([5, 7]);
        (await SubscriptionChain.ParkedAsync(host.Host, "billing")).ShouldHaveSingleItem().Attempts.ShouldBe(2u);
    }

    private static SubscriptionStatus OrderStatus(HostFixture host) =>
        host.Host.Subscriptions.Single(status => status.Subscription.Handler == "on_order");

    private static async Task<HostFixture> StartChainAsync()
    {
        HostFixture host = await HostFixture.StartAsync(options: SubscriptionChain.Options);
        foreach (string module in new[] { "chain-orders", "chain-billing", "chain-ledger" }) await host.PublishAsync(module);
        return host;
    }

    private static async Task ExpectReplayedAsync(HostFixture host)
    {
        foreach (string module in new[] { "orders", "billing", "ledger" })
        {
            var (hash, revision) = await host.Host.ViewAsync(module, projection => (projection.StateHash, projection.Revision));
            var rebuilt = await host.RebuildAsync(module);
            if (rebuilt.Revision == revision) rebuilt.StateHash.ShouldBe(hash, module);
            else rebuilt.Revision.ShouldBeGreaterThan(revision);
        }
    }
}
