using Interstice.Host.Commands;
using Interstice.Host.Ownership;
using Interstice.Kernel.Events;
using Member = Interstice.Host.Tests.Ownership.HostFleet.Member;

namespace Interstice.Host.Tests.Ownership;

/// <summary>Goal: a host that looks after its modules can always be stopped.</summary>
public sealed class GroupWatchTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // The loop's thread waits for the publication, and the watch for the loop.
    [Fact]
    public async Task A_stop_ends_although_a_loop_never_answers_its_watch()
    {
        await using HostFleet fleet = await HostFleet.OpenAsync();
        Member a = await fleet.StartAsync("a");
        await fleet.TickAsync();
        int appends = a.Host.Store.AppendCount;
        a.Host.Store.HangsFrom = appends;
        _ = a.Host.Mediator.Send(new PublishModule(SharedBank.AnotherBuild(), HostFixture.Tester), Cancel);
        await WaitFor.ConditionAsync(() => a.Host.Store.AppendCount > appends, "the publication that hangs");

        // A heartbeat that is not its own makes the watch ask the loop.
        bool isRead = false;
        a.Host.Store.OnRead = stream => isRead |= stream == StreamNames.Owner("bank");
        var forged = new OwnerHeartbeat(Guid.NewGuid(), "forged", "", 99, 1000, false);
        EventData[] events = [new(Guid.NewGuid(), EventTypes.OwnerHeartbeat, true, forged.ToBytes(), default)];
        await fleet.Store.AppendAsync(StreamNames.Owner("bank"), ExpectedRevision.Any, events, Cancel);
        await Until(() => Volatile.Read(ref isRead), "the forged heartbeat to be found");

        Task stopping = a.Host.Host.DisposeAsync().AsTask();
        await Until(() => stopping.IsCompleted, "the stop to end");
        await stopping;

        Task Until(Func<bool> condition, string what) => WaitFor.ConditionAsync(
            () =>
            {
                a.Time.Advance(TimeSpan.FromSeconds(1));
                return condition();
            },
            what);
    }
}
