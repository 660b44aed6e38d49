using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Reexecution;
using Interstice.Host.Reloading;
using Interstice.Host.Replay;
using Interstice.Host.Tests.Reexecution;
using Interstice.Kernel.Events;

namespace Interstice.Host.Tests.Reloading;

/// <summary>Goal: a candidate that does something else with recorded calls is held back, with each of them listed, and nothing is written.</summary>
public sealed class CanaryTests
{
    private static readonly ReloadOptions All = new() { CanaryCalls = long.MaxValue };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Changed_effects_are_listed_and_the_old_build_goes_on()
    {
        await using HostFixture host = await CountAsync(1, 13, 99, 50, 2);
        Revision before = await LastAsync(host);

        ReloadResult result = await ReloadAsync(host, All);

        result.Published.ShouldBeNull();
        (result.Canary!.Calls, result.Canary.DifferentCalls).ShouldBe((5, 3));
        result.Canary.Differences.Select(difference => (difference.Call, difference.Kind)).ShouldBe(
        [
            ("""add({"value":"13"})""", EffectKind.Event),
            ("""add({"value":"99"})""", EffectKind.Ending),
            ("""add({"value":"50"})""", EffectKind.Result),
        ]);
        result.Canary.Differences[0].Expected.ShouldBe("""insert counters {"id":"2","value":"13"}""");
        result.Canary.Differences[0].Found.ShouldBe("""insert counters {"id":"2","value":"14"}""");
        result.Canary.Differences[1].Found.ShouldStartWith("trapped: ");
        (await LastAsync(host)).ShouldBe(before);
        (await host.CommitAsync("counter", "add", "13")).Mutations.ShouldBe(1);
    }

    [Fact]
    public async Task Changes_that_are_accepted_take_over_and_are_listed_all_the_same()
    {
        await using HostFixture host = await CountAsync(1, 13);

        ReloadResult result = await ReloadAsync(host, All with { AcceptsChanges = true });

        result.Published!.Version.ShouldBe(2);
        result.Canary!.DifferentCalls.ShouldBe(1);
        (await host.CallAsync("counter", "add", "-1")).ShouldBeOfType<CallOutcome.Rejected>().Error.ShouldBe("below zero");
        (await ReexecutionTests.HistoryOf(host.Journal).ReexecuteAsync("counter", new(), null, Cancel)).Differences.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(3, 1)]
    [InlineData(100, 1)]
    public async Task Only_the_last_calls_are_run_where_that_is_asked_for(int calls, int different)
    {
        await using HostFixture host = await CountAsync(1, 13, 2, 3);

        ReloadResult result = await ReloadAsync(host, new() { CanaryCalls = calls });

        result.Canary!.Calls.ShouldBe(Math.Min(calls, 4));
        result.Canary.DifferentCalls.ShouldBe(different);
        (result.Published is null).ShouldBe(different > 0);
    }

    [Fact]
    public async Task Without_a_canary_nothing_is_run()
    {
        await using HostFixture host = await CountAsync(13);

        ReloadResult result = await ReloadAsync(host, new() { CanaryCalls = 0 });

        result.Canary.ShouldBeNull();
        result.Published!.Version.ShouldBe(2);
    }

    [Fact]
    public async Task Calls_that_were_made_while_it_ran_are_looked_at_in_the_pause()
    {
        await using HostFixture host = await CountAsync(1, 2);
        var canary = new Calling(host, 13, timesMax: 1);

        ReloadResult result = await host.Host.ReloadAsync("counter", HostFixture.Binary("counter_next"), HostFixture.Tester, All, canary, Cancel);

        canary.Times.ShouldBe(1);
        result.Published.ShouldBeNull();
        result.Canary!.Calls.ShouldBe(3);
        result.Canary.Differences.ShouldHaveSingleItem().Call.ShouldContain("13");
    }

    [Fact]
    public async Task The_swap_is_refused_when_too_much_is_left_for_the_pause()
    {
        await using HostFixture host = await CountAsync(1, 2);
        Revision before = await LastAsync(host);

        ModuleRefusedException refused = await Should.ThrowAsync<ModuleRefusedException>(() => host.Host.ReloadAsync(
            "counter", HostFixture.Binary("counter_next"), HostFixture.Tester, All with { PauseEventsMax = 0 }, new Calling(host, 2, timesMax: 1000), Cancel));

        refused.Kind.ShouldBe(ModuleRefusalKind.Canary);
        refused.Message.ShouldContain("at most 0");
        (await host.Host.ViewAsync("counter", projection => projection.Published!.Version)).ShouldBe(1);
        (await LastAsync(host)).Value.ShouldBeGreaterThan(before.Value);
    }

    [Fact]
    public async Task Tables_that_do_not_fit_are_refused_before_anything_is_run()
    {
        await using HostFixture host = await CountAsync(1);

        ModuleRefusedException refused = await Should.ThrowAsync<ModuleRefusedException>(() => host.Host.ReloadAsync(
            "counter", HostFixture.Binary("kept"), HostFixture.Tester, All, null, Cancel));

        refused.Kind.ShouldBe(ModuleRefusalKind.Incompatible);
    }

    [Fact]
    public async Task A_module_that_is_not_there_is_named()
    {
        await using HostFixture host = await CountAsync(1);

        (await Should.ThrowAsync<ModuleUnavailableException>(() => host.Host.ReloadAsync(
            "countre", HostFixture.Binary("counter"), HostFixture.Tester, All, null, Cancel))).Message.ShouldContain("counter");
    }

    private static async Task<HostFixture> CountAsync(params int[] values)
    {
        HostFixture host = await HostFixture.StartAsync();
        await host.PublishAsync("counter");
        foreach (int value in values) await host.CommitAsync("counter", "add", $"{value}");
        return host;
    }

    private static Task<ReloadResult> ReloadAsync(HostFixture host, ReloadOptions options) =>
        host.Mediator.Send(new ReloadModule("counter", HostFixture.Binary("counter_next"), HostFixture.Tester, options), Cancel);

    private static Task<Revision> LastAsync(HostFixture host) =>
        host.Journal.GetLastRevisionAsync(StreamNames.Module("counter"), Cancel).AsTask();

    // Calls while the canary runs: whenever it has read something.
    private sealed class Calling(HostFixture host, int value, int timesMax) : IProgress<ReplayProgress>
    {
        public int Times { get; private set; }

        public void Report(ReplayProgress progress)
        {
            if (Times == timesMax) return;
            Times++;
            host.CommitAsync("counter", "add", $"{value}").GetAwaiter().GetResult();
        }
    }
}
