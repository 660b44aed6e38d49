using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.TestKit;

namespace Interstice.Host.Tests.Reducers;

/// <summary>Goal: a host that stops answers everyone who called the modules of a group, whatever the store does and whichever module ends
/// first.</summary>
public sealed class GroupStopTests
{
    private static readonly Script Both = new Script().Put(1, 1).Call('b', new Script().Put(1, 1));

    private static readonly TimeSpan AnswerTimeMax = TimeSpan.FromMinutes(1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // One append to all streams, the commit point, and the append of a part behind it.
    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 0)]
    [InlineData(true, 1)]
    public async Task A_stop_answers_all_callers_although_an_append_of_the_group_hangs(bool hasCommitPoints, int answered)
    {
        var time = new ManualTime();
        HostFixture host = await StartAsync(hasCommitPoints, time);
        await host.CommitAsync('a', Both);
        (await host.ValueAsync('b', 1)).ShouldBe(1);
        int hanging = host.Store.AppendCount + answered;
        host.Store.HangsFrom = hanging;
        Task<CallOutcome> hangs = host.RunAsync('a', new Script().Put(2, 2).Call('b', new Script().Put(2, 2)));
        await WaitFor.ConditionAsync(() => host.Store.AppendCount > hanging, "the append that hangs");
        Task<CallOutcome>[] queued = [host.RunAsync('a', Both), host.RunAsync('b', new Script().Put(3, 3))];
        Task<QueryOutcome> query = host.QueryAsync("b", "value", "1");

        await StopAsync(host, time);

        (await hangs.WaitAsync(AnswerTimeMax, Cancel)).ShouldBeOfType<CallOutcome.Unknown>();
        foreach (Task<CallOutcome> call in queued)
            (await call.WaitAsync(AnswerTimeMax, Cancel)).ShouldBeOfType<CallOutcome.Refused>().Kind.ShouldBe(CallRefusal.Stopping);
        (await query.WaitAsync(AnswerTimeMax, Cancel)).ShouldBeOfType<QueryOutcome.Refused>().Kind.ShouldBe(CallRefusal.Stopping);
    }

    [Fact]
    public async Task A_stop_answers_who_publishes_although_the_append_hangs()
    {
        var time = new ManualTime();
        HostFixture host = await StartAsync(false, time);
        int hanging = host.Store.AppendCount;
        host.Store.HangsFrom = hanging;
        Task<PublishResult> publication = host.Mediator.Send(new PublishModule(AnotherBuild(), HostFixture.Tester, "a"), Cancel);
        await WaitFor.ConditionAsync(() => host.Store.AppendCount > hanging, "the publication that hangs");
        Task<CallOutcome> queued = host.RunAsync('b', new Script().Put(3, 3));

        await StopAsync(host, time);

        (await Should.ThrowAsync<ModuleUnavailableException>(publication.WaitAsync(AnswerTimeMax, Cancel))).Message.ShouldContain("may or may not");
        (await queued.WaitAsync(AnswerTimeMax, Cancel)).ShouldBeOfType<CallOutcome.Refused>().Kind.ShouldBe(CallRefusal.Stopping);
    }

    // With nothing to do b ends while calls of a are still to go to it.
    [Fact]
    public async Task A_call_to_a_module_that_has_ended_because_the_host_stops_is_refused_and_not_trapped()
    {
        HostFixture host = await StartAsync(false, TimeProvider.System);
        host.Store.CloseGate();
        int first = host.Store.AppendCount;
        List<Task<CallOutcome>> calls = [host.RunAsync('a', Both)];
        await WaitFor.ConditionAsync(() => host.Store.AppendCount > first, "the append to be sent");
        for (int i = 0; i < 5; i++) calls.Add(host.RunAsync('a', Both));
        await WaitFor.ConditionAsync(() => host.Host.Status.Single(status => status.Module == "a").Waiting == 5, "the calls to be queued");

        Task stopping = host.Host.DisposeAsync().AsTask();
        await WaitFor.ConditionAsync(() => host.RunAsync('d', new Script()) is { IsCompleted: true }, "the stop to begin");
        host.Store.OpenGate();
        await stopping;

        CallOutcome[] outcomes = await Task.WhenAll(calls);
        outcomes[0].ShouldBeOfType<CallOutcome.Committed>();
        outcomes.ShouldAllBe(outcome => outcome is CallOutcome.Committed || ((CallOutcome.Refused)outcome).Kind == CallRefusal.Stopping);
        outcomes.ShouldContain(outcome => outcome is CallOutcome.Refused, "b has ended before the last of them");
        await host.DisposeAsync();
    }

    private static byte[] AnotherBuild() => [.. HostFixture.Binary("relay"), 0, 2, 1, (byte)'x'];

    private static async Task<HostFixture> StartAsync(bool hasCommitPoints, TimeProvider time)
    {
        HostFixture host = await HostFixture.StartAsync(prepare: store => store.TakesOneStreamOnly = hasCommitPoints, time: time);
        foreach (char module in RelayHost.Modules) await host.PublishAsync("relay", $"{module}");
        return host;
    }

    // The store is left as it is: a thread waits for it.
    private static async Task StopAsync(HostFixture host, ManualTime time)
    {
        Task stopping = host.Host.DisposeAsync().AsTask();
        await WaitFor.ConditionAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(10));
                return stopping.IsCompleted;
            },
            "the stop to end");
        await stopping;
    }
}
