using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Reducers;
using Interstice.TestKit;

namespace Interstice.Host.Tests.Reducers;

/// <summary>Goal: a host that stops answers everyone who called the modules of a group, whatever the store does and whichever module ends
/// first.</summary>
public sealed class GroupStopTests
{
    private static readonly Script Both = new Script().Put(1, 1).Call('b', new Script().Put(1, 1));

    private static readonly TimeSpan AnswerTimeMax = TimeSpan.FromMinutes(1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // One append to all streams, the commit point, and the append of a part behind it. Behind a commit point nothing runs before it has ended;
    // where appends go to several streams everything runs, and what waits for an append may be written.
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
        if (!hasCommitPoints) await WaitFor.ConditionAsync(() => host.Host.Status.All(status => status.Waiting == 0), "what is queued to run");

        await StopAsync(host, time);

        (await hangs.WaitAsync(AnswerTimeMax, Cancel)).ShouldBeOfType<CallOutcome.Unknown>();
        foreach (Task<CallOutcome> call in queued)
        {
            CallOutcome outcome = await call.WaitAsync(AnswerTimeMax, Cancel);
            if (hasCommitPoints) outcome.ShouldBeOfType<CallOutcome.Refused>().Kind.ShouldBe(CallRefusal.Stopping);
            else outcome.ShouldBeOfType<CallOutcome.Unknown>();
        }

        (await query.WaitAsync(AnswerTimeMax, Cancel)).ShouldBeOfType<QueryOutcome.Refused>().Kind
            .ShouldBe(hasCommitPoints ? CallRefusal.Stopping : CallRefusal.Unavailable);
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

    // With nothing to do a ends while calls of b are still to go to it.
    [Fact]
    public async Task A_call_to_a_module_that_has_ended_because_the_host_stops_is_refused_and_not_trapped()
    {
        await using HostFixture host = await StartAsync(false, TimeProvider.System);
        Script both = new Script().Put(1, 1).Call('a', new Script().Put(1, 1));
        await host.CommitAsync('b', both);
        host.Host.TryFind("a", out ModuleLoop ending).ShouldBeTrue();
        host.Host.TryFind("b", out ModuleLoop calling).ShouldBeTrue();
        using var hold = new ManualResetEventSlim();
        Task<bool> holding = calling.OnLoopAsync(() =>
        {
            hold.Wait(Cancel);
            return true;
        });
        Task<CallOutcome>[] calls = [.. Enumerable.Range(0, 5).Select(_ => host.RunAsync('b', both))];
        await WaitFor.ConditionAsync(() => calling.WaitingCount == 5, "the calls to be queued");
        ending.BeginStop();

        hold.Set();

        (await holding).ShouldBeTrue();
        CallOutcome[] outcomes = await Task.WhenAll(calls);
        outcomes.ShouldAllBe(outcome => outcome is CallOutcome.Committed || ((CallOutcome.Refused)outcome).Kind == CallRefusal.Stopping);
        outcomes[^1].ShouldBeOfType<CallOutcome.Refused>("a has ended before the last of them");
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
