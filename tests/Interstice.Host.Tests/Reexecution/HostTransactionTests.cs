using Interstice.Host.Reexecution;
using Interstice.Host.Tests.Timers;

namespace Interstice.Host.Tests.Reexecution;

/// <summary>Goal: calls that timers made are given again what the timer gave them.</summary>
public sealed class HostTransactionTests
{
    [Fact]
    public async Task Calls_of_timers_come_out_as_recorded_missed_ticks_and_failures_included()
    {
        await using TimerScene scene = await TimerScene.StartAsync();
        await scene.AtAsync(7, 1);
        await scene.AtAsync(8, 2, 3);
        await scene.AtAsync(3, 1, 0, TimerScene.Target.NotYet);
        await scene.AtAsync(4, 1, 5, TimerScene.Target.EndsItself);
        await scene.PassAsync(1);
        await scene.PassAsync(10);
        await scene.PassAsync(100);
        (await scene.FiredAsync()).Count.ShouldBeGreaterThan(2);
        (await scene.FiredAsync()).ShouldContain(fired => fired.Ticks > 1);

        ReexecutionResult result = await ReexecutionTests.History(scene.Fixture)
            .ReexecuteAsync(TimerScene.Module, new(), null, TestContext.Current.CancellationToken);

        result.Differences.ShouldBeEmpty();
        result.Calls.ShouldBeGreaterThan(5);
        result.HostTransactions.ShouldBeGreaterThan(0);
        (await ReexecutionTests.History(scene.Fixture)
            .FindLeaksAsync(TimerScene.Module, new(), null, TestContext.Current.CancellationToken)).Leaks.ShouldBeEmpty();
    }
}
