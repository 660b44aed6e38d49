using Interstice.Host.Commands;
using Interstice.Host.Ownership;
using Interstice.Kernel.Events;
using Interstice.TestKit;
using Fault = Interstice.TestKit.EventStores.FaultInjectingStore.Fault;

namespace Interstice.Host.Tests.Following;

/// <summary>Goal: a host that does not own a module sees what the owner does, whole transactions at a time, and commits nothing.</summary>
public sealed class FollowingTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_host_that_lost_ownership_in_mid_pipeline_fails_its_calls_names_the_owner_and_follows()
    {
        await using SharedBank bank = await SharedBank.OpenAsync();
        await using SharedHost first = await bank.StartAsync();
        await using SharedHost second = await SharedHost.StartAsync(bank.Store);
        first.Store.CloseGate();
        List<Task<CallOutcome>> calls = [];
        for (int i = 0; i < 5; i++)
        {
            int appends = first.Store.AppendCount;
            calls.Add(first.OpenAccountAsync($"in flight {i}"));
            await WaitFor.ConditionAsync(() => first.Store.AppendCount > appends, "the append to be sent");
        }

        (await bank.CallAsync(second)).ShouldBeOfType<CallOutcome.Committed>();
        first.Store.OpenGate();

        Guid owner = (await bank.RebuildAsync()).Owner!.Value;
        foreach (Task<CallOutcome> call in calls)
        {
            CallOutcome.Refused refused = (await call).ShouldBeOfType<CallOutcome.Refused>();
            (refused.Kind, refused.Error.Contains($"{owner}", StringComparison.Ordinal)).ShouldBe((CallRefusal.NotOwner, true), refused.Error);
        }

        ModuleStanding standing = first.Host.StandingOf("bank")!;
        (standing.Role, standing.Owner?.Host).ShouldBe((ModuleRole.Following, owner));
        first.Host.Status.Single().StoppedBecause.ShouldBeNull();

        // What the first host had sent may have come behind it, void: then the next append is refused, and resolved.
        await bank.CallUntilCommittedAsync(second);
        await bank.ExpectFollowedAsync(first);
        (await bank.CallAsync(first)).ShouldBeOfType<CallOutcome.Refused>().Kind.ShouldBe(CallRefusal.NotOwner);
        for (int i = 0; i < 5; i++) (await first.CountAccountsAsync($"in flight {i}")).ShouldBe(0);
        await bank.ExpectTruthAsync(second);
    }

    [Fact]
    public async Task A_follower_swaps_builds_where_the_owner_did_and_says_what_it_cannot_run()
    {
        await using SharedBank bank = await SharedBank.OpenAsync();
        await using SharedHost follower = await bank.StartAsync();
        await using SharedHost owner = await bank.StartAsync();
        (await bank.CallAsync(follower)).ShouldBeOfType<CallOutcome.Refused>().Kind.ShouldBe(CallRefusal.NotOwner);
        byte[] second = SharedBank.AnotherBuild('2');
        await owner.Mediator.Send(new PublishModule(second, HostFixture.Tester), Cancel);
        await bank.CallAsync(owner);
        await bank.ExpectFollowedAsync(follower);
        follower.Host.Status.Single().Code.ShouldBe(CodeHash.Of(second));
        (await follower.CountAccountsAsync("owner-0")).ShouldBe(1);

        byte[] third = SharedBank.AnotherBuild('3');
        follower.Store.Hidden.Add(StreamNames.Code(CodeHash.Of(third)));
        await owner.Mediator.Send(new PublishModule(third, HostFixture.Tester), Cancel);
        await bank.CallAsync(owner);
        await bank.ExpectFollowedAsync(follower);
        follower.Host.StandingOf("bank")!.Role.ShouldBe(ModuleRole.Following);
        follower.Host.Status.Single().StoppedBecause.ShouldNotBeNull().ShouldContain("publish the module again");
        (await follower.CountRowsAsync()).ShouldBe(await owner.CountRowsAsync(), "rows stay readable");

        byte[] fourth = SharedBank.AnotherBuild('4');
        await owner.Mediator.Send(new PublishModule(fourth, HostFixture.Tester), Cancel);
        await bank.ExpectFollowedAsync(follower);
        follower.Host.Status.Single().StoppedBecause.ShouldBeNull();
        (await follower.Mediator.Send(new PublishModule(fourth, HostFixture.Tester), Cancel)).Changed.ShouldBeFalse("it runs there already");
        (await Should.ThrowAsync<ModuleUnavailableException>(follower.Mediator.Send(new PublishModule(second, HostFixture.Tester), Cancel)))
            .Kind.ShouldBe(CallRefusal.NotOwner);
        await bank.ExpectTruthAsync(owner);
    }

    [Fact]
    public async Task A_subscription_that_breaks_inside_a_transaction_is_resumed_and_the_standing_tells()
    {
        var time = new ManualTime();
        await using SharedBank bank = await SharedBank.OpenAsync();
        await using SharedHost follower = await bank.StartAsync(time);
        await using SharedHost owner = await bank.StartAsync();
        (await bank.CallAsync(follower)).ShouldBeOfType<CallOutcome.Refused>();
        await bank.ExpectFollowedAsync(follower);
        Revision before = (await bank.RebuildAsync()).Revision;

        follower.Store.BreaksAfterEvents = 1;
        (await bank.CallAsync(owner, money: 5)).ShouldBeOfType<CallOutcome.Committed>();
        await WaitFor.ConditionAsync(() => follower.Host.StandingOf("bank")!.FailedAttempts > 0, "the subscription to break");
        (await follower.Host.ViewAsync("bank", projection => projection.Revision)).ShouldBe(before, "half a transaction is seen by nobody");
        (await bank.CallAsync(follower)).ShouldBeOfType<CallOutcome.Refused>().Kind.ShouldBe(CallRefusal.NotOwner);

        follower.Store.IsUnreachable = true;
        await Until(() => follower.Host.StandingOf("bank")!.FailedAttempts > 3, "further attempts");
        follower.Host.Status.Single().StoppedBecause.ShouldNotBeNull().ShouldContain("cannot be reached");
        follower.Store.IsUnreachable = false;
        await Until(() => follower.Host.StandingOf("bank")!.FailedAttempts == 0, "the subscription to be resumed");
        await bank.ExpectFollowedAsync(follower);

        follower.Store.BreakSubscriptions();
        await WaitFor.ConditionAsync(() => follower.Host.StandingOf("bank")!.FailedAttempts > 0, "the break to be told");
        (await bank.CallAsync(owner, money: 5)).ShouldBeOfType<CallOutcome.Committed>();
        await Until(() => follower.Host.StandingOf("bank")!.FailedAttempts == 0, "the subscription to be resumed");
        await bank.ExpectFollowedAsync(follower);

        Task Until(Func<bool> condition, string what) => WaitFor.ConditionAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return condition();
            },
            what);
    }

    [Fact]
    public async Task A_follower_passes_over_what_is_void_as_replay_does()
    {
        await using SharedBank bank = await SharedBank.OpenAsync();
        await using SharedHost follower = await bank.StartAsync();
        await using SharedHost owner = await bank.StartAsync();
        (await bank.CallAsync(follower)).ShouldBeOfType<CallOutcome.Refused>();
        owner.Store.LateBy = 1;
        owner.Store.FailAppend(owner.Store.AppendCount, Fault.UnknownNotWritten);
        owner.Store.FailAppend(owner.Store.AppendCount + 1, Fault.UnknownWrittenLate);
        await bank.CallInFlightAsync(owner, 2);
        await owner.Store.LandAllAsync();
        (await bank.CountVoidAsync()).ShouldBe(1);
        await bank.ExpectFollowedAsync(follower, "at the void end");

        await bank.CallAsync(owner);
        await bank.CallUntilCommittedAsync(owner);
        await bank.ExpectFollowedAsync(follower, "behind it");
        await bank.ExpectTruthAsync(owner);
    }

    [Fact]
    public async Task What_cannot_be_replayed_fails_the_follower_and_is_named()
    {
        await using SharedBank bank = await SharedBank.OpenAsync();
        await using SharedHost follower = await bank.StartAsync();
        await using SharedHost owner = await bank.StartAsync();
        (await bank.CallAsync(follower)).ShouldBeOfType<CallOutcome.Refused>();
        EventData[] strange = [new(Guid.NewGuid(), "Strange", false, new byte[3], default)];
        await bank.Store.AppendAsync(SharedBank.Bank, ExpectedRevision.Any, strange, Cancel);
        Revision at = await bank.Store.GetLastRevisionAsync(SharedBank.Bank, Cancel);

        await WaitFor.ConditionAsync(() => follower.Host.StandingOf("bank")!.Role == ModuleRole.Failed, "the follower to fail");
        follower.Host.Status.Single().StoppedBecause.ShouldNotBeNull().ShouldContain($"revision {at} (Strange)");
    }
}
