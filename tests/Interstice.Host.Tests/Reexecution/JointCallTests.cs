using Interstice.Host.Reexecution;
using Interstice.Host.Reloading;

namespace Interstice.Host.Tests.Reexecution;

/// <summary>Goal: a transaction that goes over several modules is no difference.</summary>
public sealed class JointCallTests
{
    private static readonly ReloadOptions All = new() { CanaryCalls = long.MaxValue };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("shop")]
    [InlineData("stock")]
    [InlineData("ledger")]
    public async Task Calls_between_modules_are_found_neither_different_nor_leaking(string module)
    {
        await using HostFixture host = await ShopHost.StartAsync();
        RecordedHistory history = ReexecutionTests.History(host);

        ReexecutionResult again = await history.ReexecuteAsync(module, new(), null, Cancel);
        LeakResult leaks = await history.FindLeaksAsync(module, new(), null, Cancel);
        ReloadResult reloaded = await host.Host.ReloadAsync(module, ShopHost.Rebuilt(module), HostFixture.Tester, All, null, Cancel);

        again.Differences.ShouldBeEmpty();
        again.JointCalls.ShouldBeGreaterThan(3);
        leaks.Leaks.ShouldBeEmpty();
        (leaks.JointCalls, leaks.DifferentAlike).ShouldBe((again.JointCalls, 0));
        reloaded.Canary!.Differences.ShouldBeEmpty();
        reloaded.Canary.JointCalls.ShouldBe(again.JointCalls);
        reloaded.Published.ShouldNotBeNull();
    }
}
