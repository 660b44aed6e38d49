using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Kernel.Hashing;
using Interstice.TestKit;

namespace Interstice.Host.Tests.Reducers;

// docs/semantics.md, "Fuel": fuel decides what a call may do, the clock only aborts.
public sealed class CallTimeTests
{
    private static readonly ModuleHostOptions Unmetered = new()
    {
        Limits = new ModuleLimits { FuelPerCall = long.MaxValue, FuelPerQuery = long.MaxValue },
    };

    private readonly ManualTime _time = new();

    [Fact]
    public async Task A_call_that_takes_too_long_is_stopped_undone_and_may_be_tried_again()
    {
        await using HostFixture host = await HostFixture.StartAsync(options: Unmetered, time: _time);
        await host.PublishAsync("counter");
        await host.PublishAsync("limits");
        await host.CommitAsync("counter", "add", "5");
        StateHash before = await host.HashAsync("limits");

        CallOutcome outcome = await UntilStoppedAsync(host.CallAsync("limits", "loop_for_ever"));

        CallOutcome.Refused refused = outcome.ShouldBeOfType<CallOutcome.Refused>();
        refused.Kind.ShouldBe(CallRefusal.TimedOut);
        refused.Error.ShouldStartWith("loop_for_ever ran longer than 10 s and was stopped; nothing was changed");
        (await host.HashAsync("limits")).ShouldBe(before);
        (await host.RebuildAsync("limits")).StateHash.ShouldBe(before);
        await host.CommitAsync("counter", "add", "5");
    }

    [Fact]
    public async Task A_query_that_takes_too_long_is_stopped()
    {
        await using HostFixture host = await HostFixture.StartAsync(options: Unmetered, time: _time);
        await host.PublishAsync("limits");
        QueryOutcome outcome = await UntilStoppedAsync(host.QueryAsync("limits", "endless"));
        outcome.ShouldBeOfType<QueryOutcome.Refused>().Kind.ShouldBe(CallRefusal.TimedOut);
    }

    [Fact]
    public async Task An_initialisation_that_takes_too_long_is_refused()
    {
        await using HostFixture host = await HostFixture.StartAsync(options: Unmetered, time: _time);
        ModuleRefusedException refusal = await Should.ThrowAsync<ModuleRefusedException>(
            () => UntilStoppedAsync(host.PublishAsync("init-loop")));
        refusal.Kind.ShouldBe(ModuleRefusalKind.Initialization);
        refusal.Message.ShouldContain("interstice_init ran longer than 10 s");
        host.Host.Names.ShouldBeEmpty();
    }

    // The clock does not move by itself: it is moved until the call has begun and is over its time.
    private async Task<T> UntilStoppedAsync<T>(Task<T> call)
    {
        while (!call.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(11));
            await Task.WhenAny(call, Task.Delay(5));
        }

        return await call;
    }
}
