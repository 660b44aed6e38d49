using Interstice.Host.Modules;
using Interstice.Host.Reexecution;
using Interstice.Kernel.Events;

namespace Interstice.Host.Tests.Reexecution;

/// <summary>Goal: a reducer whose effects depend on what calls before it left behind is named, and no other one.</summary>
public sealed class LeakCheckTests
{
    private static readonly string[] Leaking = ["extra_row", "global", "memory", "only_event", "only_result", "rejects"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_reducer_that_counts_in_the_module_is_named_and_others_are_not()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        await host.PublishAsync("kept");
        for (int i = 0; i < 3; i++)
        {
            await host.CommitAsync("kept", "honest", "5");
            await host.CommitAsync("kept", "grows");
            foreach (string reducer in Leaking) await host.CommitAsync("kept", reducer);
        }

        LeakResult result = await ReexecutionTests.History(host).FindLeaksAsync("kept", new(), null, Cancel);

        result.Leaks.Select(leak => leak.Reducer).ShouldBe(Leaking);
        result.Calls.ShouldBe(24);
        (result.NotRun, result.DifferentAlike).ShouldBe((0, 0));
        (await ReexecutionTests.History(host).ReexecuteAsync("kept", new(), null, Cancel)).Differences.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_first_place_is_given_with_what_came_out_without_the_reset()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        await host.PublishAsync("kept");
        await host.CommitAsync("kept", "global");
        await host.CommitAsync("kept", "honest", "1");
        Revision second = (await host.CommitAsync("kept", "global")).Revision;
        await host.CommitAsync("kept", "global");

        LeakResult result = await ReexecutionTests.History(host).FindLeaksAsync("kept", new(), null, Cancel);

        LeakingReducer leak = result.Leaks.ShouldHaveSingleItem();
        leak.Calls.ShouldBe(2);
        leak.First.Revision.ShouldBe(second);
        leak.First.Expected.ShouldBe("""insert notes {"id":"3","value":"1"}""");
        leak.First.Found.ShouldBe("""insert notes {"id":"3","value":"2"}""");
    }

    [Fact]
    public async Task A_reducer_that_only_uses_up_memory_does_not_leak()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        await host.PublishAsync("kept");
        for (int i = 0; i < 20; i++) await host.CommitAsync("kept", "grows");

        LeakResult result = await ReexecutionTests.History(host).FindLeaksAsync(
            "kept", new() { Limits = new ModuleLimits { MemoryPagesMax = 200 } }, null, Cancel);

        result.Leaks.ShouldBeEmpty();
        result.Restarts.ShouldBeGreaterThan(0);
        result.Calls.ShouldBe(20);
    }

    [Fact]
    public async Task The_bank_leaks_nothing()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        await host.PublishAsync("bank");
        await ReexecutionTests.FillBankAsync(host, transfers: 100);

        LeakResult result = await ReexecutionTests.History(host).FindLeaksAsync("bank", new(), null, Cancel);

        result.Leaks.ShouldBeEmpty();
        (result.Calls, result.DifferentAlike).ShouldBe((120, 0));
    }
}
