using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Kernel.Events;
using Interstice.TestKit;

namespace Interstice.Host.Tests.Timers;

/// <summary>Timers of modules that call each other.</summary>
public sealed class GroupTimerTests
{
    // Shop makes its order and the order's timer in one transaction over three modules; then nothing happens but that time passes.
    [Fact]
    public async Task A_timer_that_a_call_over_several_modules_makes_fires_when_it_is_due()
    {
        var time = new ManualTime();
        ModuleHostOptions options = new() { Limits = new() { CallTimeMax = Timeout.InfiniteTimeSpan } };
        await using HostFixture host = await HostFixture.StartAsync(options: options, time: time);
        foreach (string module in (string[])["ledger", "stock", "shop"]) await host.PublishAsync(module);
        await host.CommitAsync("shop", "open", "till");
        await host.CommitAsync("ledger", "open_account", "ann", "1000");
        await host.CommitAsync("stock", "add_item", "tea", "100", "3600000000");
        await host.CommitAsync("shop", "place", "2", "1", 4, "300", "2000000");

        Revision before = await host.Journal.GetLastRevisionAsync(StreamNames.Module("shop"));
        time.Advance(TimeSpan.FromSeconds(3));

        // The store is asked, and not the module, which would look at its timers then.
        await WaitFor.ConditionAsync(
            () => host.Journal.GetLastRevisionAsync(StreamNames.Module("shop")).AsTask().GetAwaiter().GetResult() > before, "the order to expire");
        (await CountAsync(host, "stock", "reservations")).ShouldBe(0);
        (await CountAsync(host, "ledger", "entries")).ShouldBe(2, "the money went back");

        // The others still move their checkpoints.
        (await host.RebuildAsync("stock")).StateHash.ShouldBe(await host.HashAsync("stock"));
    }

    private static Task<long> CountAsync(HostFixture host, string module, string table) =>
        host.Host.ViewAsync(module, projection => (long)projection.State!.FindTable(table)!.Count);
}
