using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Ownership;
using Interstice.Host.Reducers;
using Interstice.Host.Tests.Ownership;
using Interstice.Host.Tests.Reducers;
using Interstice.Kernel.Events;
using Interstice.TestKit;
using Fault = Interstice.TestKit.EventStores.FaultInjectingStore.Fault;

namespace Interstice.Host.Tests.Following;

/// <summary>Goal: a transaction that has been read in part is neither seen nor in the way.</summary>
public sealed class PartialTransactionTests
{
    [Fact]
    public async Task A_claim_whose_reading_broke_inside_a_transaction_adopts_it_the_next_time()
    {
        await using SharedBank bank = await SharedBank.OpenAsync();
        await using SharedHost host = await bank.StartAsync();
        host.Store.FailAppend(host.Store.AppendCount, Fault.UnknownWritten);
        host.Store.BreaksAfterEvents = 1;

        (await bank.CallAsync(host, money: 5)).ShouldBeOfType<CallOutcome.Committed>();

        host.Store.BreaksAfterEvents.ShouldBeNull("the reading broke");
        await WaitFor.ConditionAsync(() => host.Host.StandingOf("bank")!.Role == ModuleRole.Owner, "the host to own the module");
        (await bank.CallAsync(host, money: 5)).ShouldBeOfType<CallOutcome.Committed>();
        await bank.ExpectTruthAsync(host);
    }

    [Fact]
    public async Task Queries_are_answered_while_a_transaction_has_come_in_part()
    {
        var time = new ManualTime();
        await using SharedBank bank = await SharedBank.OpenAsync();
        await using SharedHost host = await bank.StartAsync(time);
        host.Store.FailAppend(host.Store.AppendCount, Fault.UnknownWritten);
        host.Store.BreaksAfterEvents = 1;
        host.Store.DiesAt = host.Store.OperationCount + 4;

        Task<CallOutcome> lost = host.OpenAccountAsync("lost", money: 5);
        await WaitFor.ConditionAsync(() => host.Store.BreaksAfterEvents is null, "the reading to break");
        await WaitFor.ConditionAsync(() => host.Host.StandingOf("bank")!.FailedAttempts > 0, "the attempt to fail");

        (await host.CountAccountsAsync("lost")).ShouldBe(0, "half a transaction is seen by nobody");
        (await host.OpenAccountAsync("refused")).ShouldBeOfType<CallOutcome.Refused>().Kind.ShouldBe(CallRefusal.Unavailable);
        await WaitFor.ConditionAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return lost.IsCompleted;
            },
            "the caller to be told");
        (await lost).ShouldBeOfType<CallOutcome.Unknown>();

        host.Store.IsUnreachable = false;
        await WaitFor.ConditionAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(5));
                return host.Host.StandingOf("bank")!.Role == ModuleRole.Owner;
            },
            "the store to answer");
        (await host.CountAccountsAsync("lost")).ShouldBe(1);
        await bank.ExpectTruthAsync(host);
    }

    [Fact]
    public async Task A_completion_that_has_lost_the_module_leaves_what_the_feed_has_read_in_part()
    {
        await using GroupScene scene = await GroupScene.OpenAsync();
        await using SharedHost owner = await StartPatientAsync(scene);
        await GroupScene.PublishAsync(owner);
        await GroupScene.PutUntilCommittedAsync(owner, 1);
        await using SharedHost follower = await StartPatientAsync(scene);
        follower.Host.TryFind("b", out ModuleLoop loop).ShouldBeTrue();
        await WaitFor.ConditionAsync(() => loop.Standing.Role == ModuleRole.Following, "the host to follow");
        await GroupScene.PutUntilCommittedAsync(owner, 2);
        Revision before = (await scene.Store.ReadAsync('b'))[^1].Revision;
        await WaitFor.ConditionAsync(() => loop.OnLoopAsync(() => loop.Projection.Revision).Result == before, "the host to have caught up");
        follower.Store.GoAway();
        Script two = new Script().Put(3, 3).Put(4, 4);
        CallOutcome outcome = await owner.Mediator.Send(
            new CallReducer("b", "run", two.Arguments, HostFixture.Tester), TestContext.Current.CancellationToken);
        outcome.ShouldBeOfType<CallOutcome.Committed>(outcome.ToString());
        RecordedEvent[] transaction = [.. (await scene.Store.ReadAsync('b')).Where(recorded => recorded.Revision > before)];
        transaction.Length.ShouldBe(2);

        await loop.OnLoopAsync(() => loop.Adopt(transaction.AsMemory(0, 1), null));
        (await loop.OnLoopAsync(loop.PrepareCompletion)).ShouldBeNull();
        Revision after = await loop.OnLoopAsync(() => loop.Adopt(transaction.AsMemory(1, 1), null));

        after.ShouldBe(transaction[1].Revision);
    }

    // Nobody finds the other one silent while the test runs.
    private static async Task<SharedHost> StartPatientAsync(GroupScene scene)
    {
        ModuleHostOptions options = new() { Replicas = new() { HeartbeatInterval = TimeSpan.FromSeconds(5) } };
        SharedHost host = SharedHost.Make(scene.Store, options, isShared: true);
        host.Store.TakesOneStreamOnly = true;
        await host.Host.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        return host;
    }
}
