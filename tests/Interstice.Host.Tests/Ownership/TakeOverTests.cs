using Interstice.Host.Commands;
using Interstice.Host.Ownership;
using Interstice.Host.Replay;
using Interstice.Kernel.Events;
using Member = Interstice.Host.Tests.Ownership.HostFleet.Member;

namespace Interstice.Host.Tests.Ownership;

/// <summary>Goal: a module has an owner as long as a host lives, one at a time, and hosts that come, go, pause and die leave one
/// history.</summary>
public sealed class TakeOverTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_host_owns_and_the_next_one_follows_it_and_names_it()
    {
        await using HostFleet fleet = await HostFleet.OpenAsync();
        Member a = await fleet.StartAsync("a");
        a.Role.ShouldBe(ModuleRole.Owner);
        Member b = await fleet.StartAsync("b");
        b.Role.ShouldBe(ModuleRole.Following);

        for (int i = 0; i < 10; i++) await fleet.TickAsync();

        (a.Role, b.Role).ShouldBe((ModuleRole.Owner, ModuleRole.Following));
        (await a.OpenAccountAsync("x")).ShouldBeOfType<CallOutcome.Committed>();
        CallOutcome.Refused refused = (await b.OpenAccountAsync("y")).ShouldBeOfType<CallOutcome.Refused>();
        (refused.Kind, refused.Error.Contains("host a (", StringComparison.Ordinal), refused.Error.Contains("http://a", StringComparison.Ordinal))
            .ShouldBe((CallRefusal.NotOwner, true, true), refused.Error);
        b.Host.Host.StandingOf("bank")!.Owner.ShouldNotBeNull().Url.ShouldBe("http://a");
        await fleet.Bank.ExpectFollowedAsync(b.Host);
        (await fleet.Store.GetMetadataAsync(StreamNames.Owner("bank"), Cancel)).MaxCount.ShouldBe(1);
    }

    [Fact]
    public async Task When_the_owner_falls_silent_a_follower_takes_over_after_three_heartbeats_and_not_before()
    {
        await using HostFleet fleet = await HostFleet.OpenAsync();
        Member a = await fleet.StartAsync("a");
        Member b = await fleet.StartAsync("b");
        await fleet.TickAsync();
        (await a.OpenAccountAsync("before")).ShouldBeOfType<CallOutcome.Committed>();
        await a.KillAsync();

        for (int i = 0; i < ReplicaOptions.MissedMax - 1; i++) await fleet.TickAsync();
        b.Role.ShouldBe(ModuleRole.Following);
        await fleet.UntilRoleAsync(b, ModuleRole.Owner);

        (await b.OpenAccountAsync("after")).ShouldBeOfType<CallOutcome.Committed>();
        (await b.Host.CountAccountsAsync("before")).ShouldBe(1);
        await fleet.Bank.ExpectTruthAsync(b.Host);
    }

    [Fact]
    public async Task An_owner_that_stops_in_good_order_is_followed_at_once()
    {
        await using HostFleet fleet = await HostFleet.OpenAsync();
        Member a = await fleet.StartAsync("a");
        Member b = await fleet.StartAsync("b");
        await a.StopAsync();

        // No clock moves: it is the release that is acted on.
        await WaitFor.ConditionAsync(() => b.Role == ModuleRole.Owner, "the follower to own the module");
        (await b.OpenAccountAsync("after")).ShouldBeOfType<CallOutcome.Committed>();
        await fleet.Bank.ExpectTruthAsync(b.Host);
    }

    [Fact]
    public async Task Of_two_followers_that_claim_at_once_one_wins_and_the_other_follows()
    {
        await using HostFleet fleet = await HostFleet.OpenAsync();
        Member a = await fleet.StartAsync("a");
        Member b = await fleet.StartAsync("b");
        Member c = await fleet.StartAsync("c");
        await a.StopAsync();

        await WaitFor.ConditionAsync(
            () => (b.Role, c.Role) is (ModuleRole.Owner, ModuleRole.Following) or (ModuleRole.Following, ModuleRole.Owner),
            "one to own the module");
        (Member owner, Member follower) = b.Role == ModuleRole.Owner ? (b, c) : (c, b);
        for (int i = 0; i < 5; i++) await fleet.TickAsync();
        (owner.Role, follower.Role).ShouldBe((ModuleRole.Owner, ModuleRole.Following));
        (await owner.OpenAccountAsync("after")).ShouldBeOfType<CallOutcome.Committed>();
        await fleet.Bank.ExpectFollowedAsync(follower.Host);
        await fleet.Bank.ExpectTruthAsync(owner.Host);
    }

    [Fact]
    public async Task A_host_that_was_paused_and_replaced_commits_nothing_when_it_wakes()
    {
        await using HostFleet fleet = await HostFleet.OpenAsync();
        Member a = await fleet.StartAsync("a");
        Member b = await fleet.StartAsync("b");
        await fleet.TickAsync();
        a.Pause();
        Task<CallOutcome> sleeping = a.OpenAccountAsync("sleeping");
        await fleet.UntilRoleAsync(b, ModuleRole.Owner);
        (await b.OpenAccountAsync("awake")).ShouldBeOfType<CallOutcome.Committed>();
        a.Resume();

        CallOutcome outcome = await sleeping;
        outcome.ShouldBeOfType<CallOutcome.Refused>(outcome.ToString()).Kind.ShouldBe(CallRefusal.NotOwner);
        a.Role.ShouldBe(ModuleRole.Following);
        (await b.Host.CountAccountsAsync("sleeping")).ShouldBe(0);
        await fleet.Bank.CallUntilCommittedAsync(b.Host);
        await fleet.Bank.ExpectFollowedAsync(a.Host);
        await fleet.Bank.ExpectTruthAsync(b.Host);
    }

    // Without a call: the next heartbeat expects its own one before it, and finds another's.
    [Fact]
    public async Task An_idle_host_that_was_replaced_notices_it_by_its_next_heartbeat()
    {
        await using HostFleet fleet = await HostFleet.OpenAsync();
        Member a = await fleet.StartAsync("a");
        Member b = await fleet.StartAsync("b");
        await fleet.TickAsync();
        a.Pause();
        await fleet.UntilRoleAsync(b, ModuleRole.Owner);
        Revision first = await fleet.HeartbeatAsync();
        Task<Revision> second = fleet.HeartbeatAsync();
        await fleet.UntilAsync(
            () =>
            {
                if (second.IsCompleted && second.Result <= first) second = fleet.HeartbeatAsync();
                return second.IsCompleted && second.Result > first;
            },
            "a heartbeat of the new owner");
        a.Resume();

        await fleet.UntilRoleAsync(a, ModuleRole.Following);
        b.Role.ShouldBe(ModuleRole.Owner);
    }

    [Fact]
    public async Task What_a_heartbeat_says_gives_nobody_the_module()
    {
        await using HostFleet fleet = await HostFleet.OpenAsync();
        Member a = await fleet.StartAsync("a");
        await fleet.TickAsync();
        ulong epoch = await a.Host.Host.ViewAsync("bank", projection => projection.Epoch);
        var forged = new OwnerHeartbeat(Guid.NewGuid(), "forged", "", 99, 1000, false);
        EventData[] events = [new(Guid.NewGuid(), EventTypes.OwnerHeartbeat, true, forged.ToBytes(), default)];
        await fleet.Store.AppendAsync(StreamNames.Owner("bank"), ExpectedRevision.Any, events, Cancel);

        await fleet.UntilAsync(() => a.Host.Host.StandingOf("bank")!.Role == ModuleRole.Owner && Epoch() > epoch, "the stream to be asked");
        (await a.OpenAccountAsync("x")).ShouldBeOfType<CallOutcome.Committed>();
        for (int i = 0; i < 5; i++) await fleet.TickAsync();
        a.Role.ShouldBe(ModuleRole.Owner);
        await fleet.Bank.ExpectTruthAsync(a.Host);

        ulong Epoch() => a.Host.Host.ViewAsync("bank", projection => projection.Epoch).GetAwaiter().GetResult();
    }

    [Fact]
    public async Task A_host_that_only_follows_takes_nothing_over()
    {
        await using HostFleet fleet = await HostFleet.OpenAsync();
        Member a = await fleet.StartAsync("a");
        Member b = await fleet.StartAsync("b", followsOnly: true);
        await a.StopAsync();
        for (int i = 0; i < 20; i++) await fleet.TickAsync();
        b.Role.ShouldBe(ModuleRole.Following);

        Member c = await fleet.StartAsync("c");
        c.Role.ShouldBe(ModuleRole.Owner);
        (await c.OpenAccountAsync("x")).ShouldBeOfType<CallOutcome.Committed>();
        await fleet.Bank.ExpectFollowedAsync(b.Host);
        (await Should.ThrowAsync<ModuleUnavailableException>(
            b.Host.Mediator.Send(new PublishModule(HostFixture.Binary("bank"), HostFixture.Tester, "other"), Cancel)))
            .Kind.ShouldBe(CallRefusal.NotOwner);
    }

    [Fact]
    public async Task A_module_that_another_host_publishes_is_followed()
    {
        await using HostFleet fleet = await HostFleet.OpenAsync();
        Member a = await fleet.StartAsync("a");
        Member b = await fleet.StartAsync("b");
        await fleet.TickAsync();
        Task<PublishResult> publishing =
            a.Host.Mediator.Send(new PublishModule(HostFixture.Binary("bank"), HostFixture.Tester, "other"), Cancel);
        await fleet.UntilAsync(() => publishing.IsCompleted, "the publication");
        (await publishing).Version.ShouldBe(1);

        await WaitFor.ConditionAsync(() => b.Host.Host.FindSchema("other") is not null, "the follower to have its code");
        b.Host.Host.StandingOf("other")!.Role.ShouldBe(ModuleRole.Following);
        a.Host.Host.StandingOf("other")!.Role.ShouldBe(ModuleRole.Owner);
    }

    [Fact]
    public async Task On_a_store_of_one_process_nothing_of_it_runs()
    {
        await using SharedBank bank = await SharedBank.OpenAsync();
        await using SharedHost host = await bank.StartAsync();
        (await bank.CallAsync(host)).ShouldBeOfType<CallOutcome.Committed>();
        (await bank.Store.GetLastRevisionAsync(StreamNames.Owner("bank"), Cancel)).ShouldBe(Revision.None);
    }
}
