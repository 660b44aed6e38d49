using System.Diagnostics;
using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Reducers;
using Fault = Interstice.TestKit.EventStores.FaultInjectingStore.Fault;

namespace Interstice.Host.Tests.Reducers;

/// <summary>Goal: what must wait until everything is durable sends what is held behind the append that takes ownership, too.</summary>
public sealed class HeldBatchTests
{
    [Fact]
    public async Task A_call_over_modules_behind_a_call_that_is_held_ends()
    {
        await using HostFixture host = await RelayHost.StartAsync();
        (Task<CallOutcome> taking, Task<CallOutcome> held) = await HoldAsync(host);
        Task<CallOutcome> joint = host.RunAsync('a', new Script().Put(3, 3).Call('b', new Script().Put(1, 1)));
        await TakenAsync(host);

        host.Store.OpenGate();

        foreach (Task<CallOutcome> call in new[] { taking, held, joint })
            (await call.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken)).ShouldBeOfType<CallOutcome.Committed>();
        await host.ExpectLogsAgreeAsync();
    }

    [Fact]
    public async Task A_publication_behind_a_call_that_is_held_ends()
    {
        await using HostFixture host = await RelayHost.StartAsync();
        (Task<CallOutcome> taking, Task<CallOutcome> held) = await HoldAsync(host);
        Task<PublishResult> publishing = host.PublishAsync("relay-alone", "a");
        await UntilItWaitsAsync(host);

        host.Store.OpenGate();

        foreach (Task<CallOutcome> call in new[] { taking, held })
            (await call.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken)).ShouldBeOfType<CallOutcome.Committed>();
        (await publishing.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken)).Changed.ShouldBeTrue();
    }

    [Fact]
    public async Task A_publication_behind_an_append_that_fails_is_made()
    {
        await using HostFixture host = await RelayHost.StartAsync();
        host.Store.FailAppend(host.Store.AppendCount, Fault.RefusedBeforeWrite);
        (Task<CallOutcome> taking, Task<CallOutcome> held) = await HoldAsync(host);
        Task<PublishResult> publishing = host.PublishAsync("relay-alone", "a");
        await UntilItWaitsAsync(host);

        host.Store.OpenGate();

        foreach (Task<CallOutcome> call in new[] { taking, held })
        {
            CallOutcome outcome = await call.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
            outcome.ShouldBeOfType<CallOutcome.Refused>(outcome.ToString()).Kind.ShouldBe(CallRefusal.NotCommitted);
        }

        (await publishing.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken)).Changed.ShouldBeTrue();
        await host.CommitAsync('a', new Script().Put(3, 3));
        await host.ExpectLogsAgreeAsync();
    }

    // The first call takes ownership, and nothing is sent behind its append before that has ended.
    private static async Task<(Task<CallOutcome> Taking, Task<CallOutcome> Held)> HoldAsync(HostFixture host)
    {
        host.Store.CloseGate();
        int appends = host.Store.AppendCount;
        Task<CallOutcome> taking = host.RunAsync('a', new Script().Put(1, 1));
        await WaitFor.ConditionAsync(() => host.Store.AppendCount == appends + 1, "the append that takes ownership");
        Task<CallOutcome> held = host.RunAsync('a', new Script().Put(2, 2));
        await TakenAsync(host);
        return (taking, held);
    }

    // Of what the loop does, only the publication's waiting has orders done in its midst.
    private static async Task UntilItWaitsAsync(HostFixture host)
    {
        host.Host.TryFind("a", out ModuleLoop loop).ShouldBeTrue();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await loop.OnLoopAsync(IsPublishing).WaitAsync(patience.Token)) await Task.Yield();
    }

    private static bool IsPublishing() => new StackTrace().GetFrames()
        .Any(frame => frame.GetMethod()?.Name == nameof(ModuleLoop.ExecutePublication));

    private static async Task TakenAsync(HostFixture host)
    {
        host.Host.TryFind("a", out ModuleLoop loop).ShouldBeTrue();
        await WaitFor.ConditionAsync(() => loop.WaitingCount == 0, "the loop to take what is queued");
    }
}
