using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Tests.Tables;
using Interstice.Kernel.Events;
using Interstice.TestKit;
using Interstice.TestKit.Engines;

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

    // Nothing wakes the module that was called but the timer that was made in it.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_timer_that_a_module_makes_when_another_one_calls_it_fires_when_it_is_due(bool hasCommitPoints)
    {
        var time = new ManualTime();
        ModuleHostOptions options = new() { Limits = new() { CallTimeMax = Timeout.InfiniteTimeSpan } };
        await using HostFixture host = await HostFixture.StartAsync(
            options: options, time: time, prepare: store => store.TakesOneStreamOnly = hasCommitPoints);
        await host.PublishAsync("timers");
        await host.Mediator.Send(new PublishModule(Caller, HostFixture.Tester));
        long dueUs = ((time.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond) + 10_000_000;
        byte[] at = [.. BitConverter.GetBytes(7UL), .. BitConverter.GetBytes(dueUs), .. BitConverter.GetBytes(0L), (byte)TimerScene.Target.Fire, 0];
        using var script = new Script();
        CallOutcome outcome = await host.Mediator.Send(
            new CallReducer("script", "run", script.Call("timers", "at", at, isCaught: false).ToArguments(), HostFixture.Tester));
        outcome.ShouldBeOfType<CallOutcome.Committed>(outcome.ToString());

        Revision before = await host.Journal.GetLastRevisionAsync(StreamNames.Module("timers"));
        await WaitFor.ConditionAsync(
            () =>
            {
                // In steps: the module may set its alarm after the answer.
                time.Advance(TimeSpan.FromSeconds(1));
                return host.Journal.GetLastRevisionAsync(StreamNames.Module("timers")).AsTask().GetAwaiter().GetResult() > before;
            },
            "the timer to fire");
        (await CountAsync(host, "timers", "fired")).ShouldBe(1);
    }

    private static byte[] Caller => Declarations.Replace(
        HostFixture.Binary("script"),
        """{"module":{"name":"script","version":"1.0.0","abi":1}}""",
        """{"reducer":{"name":"run","parameters":[{"name":"script","type":"bytes"}],"result":"bytes","calls":["timers.at"]}}""",
        """{"reducer":{"name":"hidden","parameters":[{"name":"script","type":"bytes"}],"result":"bytes","visibility":"private"}}""",
        """{"query":{"name":"ask","parameters":[{"name":"script","type":"bytes"}],"result":"bytes"}}""",
        """{"query":{"name":"whisper","parameters":[{"name":"script","type":"bytes"}],"result":"bytes","visibility":"private"}}""");

    private static Task<long> CountAsync(HostFixture host, string module, string table) =>
        host.Host.ViewAsync(module, projection => (long)projection.State!.FindTable(table)!.Count);
}
