using Interstice.Host.Commands;
using Interstice.Host.Ownership;
using Interstice.Kernel.Events;
using Member = Interstice.Host.Tests.Ownership.HostFleet.Member;

namespace Interstice.Host.Tests.Ownership;

/// <summary>Goal: a module is taken over from an owner that is gone, and not from one that the store keeps from being heard.</summary>
public sealed class OwnerSilenceTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_store_that_was_away_gives_the_owner_time_to_be_heard_of_again_and_followers_say_so_meanwhile()
    {
        await using HostFleet fleet = await HostFleet.OpenAsync();
        Member a = await fleet.StartAsync("a");
        Member b = await fleet.StartAsync("b");
        await fleet.TickAsync();
        ulong epoch = (await fleet.Bank.RebuildAsync()).Epoch;
        b.Host.Store.GoAway();
        a.Pause();

        // Reads wait inside the adapter; nothing is refused.
        await fleet.UntilAsync(() => b.Host.Host.StandingOf("bank")!.FailedAttempts > 0, "the follower to miss the store");
        b.Host.Host.StandingOf("bank")!.Reason.ShouldNotBeNull().ShouldContain("not seen now");
        for (int i = 0; i < 2 * ReplicaOptions.MissedMax; i++) await fleet.TickAsync();
        b.Host.Store.WaitingCount.ShouldBeGreaterThan(0);

        b.Host.Store.ComeBack();
        await WaitFor.ConditionAsync(() => b.Host.Host.StandingOf("bank")!.FailedAttempts == 0, "the follower to see the store again");
        b.Role.ShouldBe(ModuleRole.Following);
        a.Resume();
        for (int i = 0; i < 2 * ReplicaOptions.MissedMax; i++) await fleet.TickAsync();
        (a.Role, b.Role).ShouldBe((ModuleRole.Owner, ModuleRole.Following));
        (await fleet.Bank.RebuildAsync()).Epoch.ShouldBe(epoch);
    }

    [Fact]
    public async Task Heartbeats_of_a_host_that_was_replaced_long_ago_keep_nobody_from_taking_over()
    {
        await using HostFleet fleet = await HostFleet.OpenAsync();
        Member a = await fleet.StartAsync("a");
        Member b = await fleet.StartAsync("b");
        await fleet.TickAsync();
        ulong epoch = (await fleet.Bank.RebuildAsync()).Epoch;
        await a.KillAsync();
        for (int i = 0; i < 1000 && b.Role != ModuleRole.Owner; i++)
        {
            await ForgeAsync(fleet, epoch - 1);
            for (int look = 0; look < 256; look++) await Task.Yield();
            await fleet.TickAsync();
        }

        b.Role.ShouldBe(ModuleRole.Owner);
    }

    [Fact]
    public async Task A_doubt_that_comes_while_appends_are_in_flight_is_cleared_up_behind_them()
    {
        await using HostFleet fleet = await HostFleet.OpenAsync();
        Member a = await fleet.StartAsync("a");
        await fleet.TickAsync();
        ulong epoch = (await fleet.Bank.RebuildAsync()).Epoch;
        a.Host.Store.CloseGate();
        int appends = a.Host.Store.AppendCount;
        Task<CallOutcome> call = a.OpenAccountAsync("in flight");
        await WaitFor.ConditionAsync(() => a.Host.Store.AppendCount > appends, "the append to be sent");
        await ForgeAsync(fleet, 99);

        // The next heartbeat finds the forged one, the one after it overwrites that.
        await fleet.TickAsync();
        await fleet.TickAsync();
        a.Host.Store.OpenGate();
        (await call).ShouldBeOfType<CallOutcome.Committed>();

        await fleet.UntilAsync(() => a.Role == ModuleRole.Owner && Epoch() > epoch, "the stream to be asked");
        (await a.OpenAccountAsync("behind")).ShouldBeOfType<CallOutcome.Committed>();
        await fleet.Bank.ExpectTruthAsync(a.Host);

        ulong Epoch() => a.Host.Host.ViewAsync("bank", projection => projection.Epoch).GetAwaiter().GetResult();
    }

    [Fact]
    public async Task An_owner_that_is_heard_by_asking_only_is_followed()
    {
        await using HostFleet fleet = await HostFleet.OpenAsync();
        Member a = await fleet.StartAsync("a");
        await fleet.TickAsync();
        Member b = await fleet.StartAsync("b", through: store => new DeafStore(store));
        for (int i = 0; i < 2 * ReplicaOptions.MissedMax; i++) await fleet.TickAsync();
        (a.Role, b.Role).ShouldBe((ModuleRole.Owner, ModuleRole.Following));
    }

    [Fact]
    public async Task An_owner_that_may_not_limit_its_heartbeats_writes_them_all_the_same()
    {
        await using HostFleet fleet = await HostFleet.OpenAsync();
        Member a = await fleet.StartAsync("a", through: store => new SettingsRefusingStore(store));
        Member b = await fleet.StartAsync("b");
        for (int i = 0; i < 2 * ReplicaOptions.MissedMax; i++) await fleet.TickAsync();
        (a.Role, b.Role).ShouldBe((ModuleRole.Owner, ModuleRole.Following));
        (await fleet.HeartbeatAsync()).Value.ShouldBeGreaterThan(1);
    }

    private static async Task ForgeAsync(HostFleet fleet, ulong epoch)
    {
        var forged = new OwnerHeartbeat(Guid.NewGuid(), "forged", "", epoch, 1000, false);
        EventData[] events = [new(Guid.NewGuid(), EventTypes.OwnerHeartbeat, true, forged.ToBytes(), default)];
        await fleet.Store.AppendAsync(StreamNames.Owner("bank"), ExpectedRevision.Any, events, Cancel);
    }
}
