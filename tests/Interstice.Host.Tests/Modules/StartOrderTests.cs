using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Reducers;
using Interstice.Host.Subscriptions;
using Interstice.Host.Tests.Reducers;
using Interstice.Host.Tests.Subscriptions;
using Interstice.Host.Timers;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;
using Interstice.TestKit;
using Fault = Interstice.TestKit.EventStores.FaultInjectingStore.Fault;

namespace Interstice.Host.Tests.Modules;

/// <summary>Goal: at a start nothing of a module runs by itself before the modules are there that it calls or hears, whatever their order.</summary>
public sealed class StartOrderTests
{
    [Fact]
    public async Task An_overdue_timer_that_calls_a_module_loaded_later_succeeds_in_its_first_attempt()
    {
        var time = new ManualTime();
        ModuleHostOptions options = new() { Limits = new() { CallTimeMax = Timeout.InfiniteTimeSpan } };
        HostFixture first = await HostFixture.StartAsync(options: options, time: time);
        foreach (char module in RelayHost.Modules) await first.PublishAsync("relay", $"{module}");
        await AddTimerAsync(first, 'a', MicrosecondsOf(time) + 10_000_000, new Script().Call('d', new Script().Put(1, 2)));
        string directory = await first.StopAsync();

        time.Advance(TimeSpan.FromSeconds(60));
        await using HostFixture second = await HostFixture.StartAsync(directory, options, time: time);
        await UntilEmptyAsync(second, "a", SystemTables.Timers, time);
        (await second.ValueAsync('d', 1)).ShouldBe(2);
        (await SubscriptionChain.TransactionsAsync(second.Journal, "a")).Select(made => made.Record.Reducer).ShouldBe(["", "run"]);
        await second.ExpectLogsAgreeAsync();
    }

    // The first host never records where the subscription begins: its append fails, and the clock stands still. Modules between the two
    // give a subscription that does not wait the time to find no source.
    [Fact]
    public async Task A_subscription_from_now_whose_source_is_loaded_later_hears_nothing_earlier()
    {
        ModuleHostOptions options = SubscriptionChain.Options with { Limits = new() { CallTimeMax = Timeout.InfiniteTimeSpan } };
        HostFixture first = await HostFixture.StartAsync(options: options, time: new ManualTime());
        await first.PublishAsync("chain-orders");
        int appends = first.Store.AppendCount;
        first.Store.FailAppend(appends + 1, Fault.RefusedBeforeWrite);
        await first.PublishAsync("chain-late");
        await WaitFor.ConditionAsync(() => first.Store.AppendCount == appends + 2, "the append that fails");
        for (int i = 0; i < 12; i++) await first.PublishAsync("bank", $"between_{i}");
        await first.PublishAsync("chain-billing");
        await first.CommitAsync("orders", "place", 1);
        await SubscriptionChain.UntilAsync(first.Host, "billing", "bills", 1);
        string directory = await first.StopAsync();

        await using HostFixture second = await HostFixture.StartAsync(directory, SubscriptionChain.Options);
        await WaitFor.ConditionAsync(
            () => second.Host.Subscriptions.Any(status => status.Module == "late" && status.Through > Revision.None), "its place to be recorded");
        await second.CommitAsync("orders", "place", 2);
        (await SubscriptionChain.UntilAsync(second.Host, "late", "entries", 1)).ShouldBe([2]);
    }

    private static async Task AddTimerAsync(HostFixture fixture, char module, long dueUs, Script script)
    {
        fixture.Host.TryFind($"{module}", out ModuleLoop loop).ShouldBeTrue();
        var work = new HostWork(
            null,
            default,
            overlay =>
            {
                using var row = new PayloadWriter();
                new TimerRow(0, dueUs, dueUs, 0, 0, default, "run", script.Arguments, "").Write(row);
                SystemRows.Insert(overlay, SystemTables.Timers, row.Written);
            },
            HostFixture.Tester);
        loop.Enqueue(work);
        (await work.Answer).ShouldBeOfType<CallOutcome.Committed>();
    }

    // Attempts that fail are tried again when the clock says so.
    private static async Task UntilEmptyAsync(HostFixture fixture, string module, string table, ManualTime time)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await fixture.Host.ViewAsync(module, projection => projection.State!.FindTable(table)!.Count) > 0)
        {
            patience.IsCancellationRequested.ShouldBeFalse($"{module}.{table} is not empty");
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }

    private static long MicrosecondsOf(TimeProvider time) =>
        (time.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
}
