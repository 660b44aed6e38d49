using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Ownership;
using Interstice.Host.Tests.Ownership;
using Interstice.Kernel.Events;
using Member = Interstice.Host.Tests.Ownership.HostFleet.Member;

namespace Interstice.Host.Tests.Modules;

/// <summary>Goal: a host follows every module that others publish as soon as it can, whatever is wrong with one of them.</summary>
public sealed class ListedModuleTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_module_whose_code_cannot_be_read_is_tried_again_and_taken_over_like_any_other(bool isStoreFault)
    {
        await using HostFleet fleet = await HostFleet.OpenAsync();
        Member a = await fleet.StartAsync("a");
        Member b = await fleet.StartAsync("b");
        byte[] build = SharedBank.AnotherBuild();
        StreamName code = StreamNames.Code(CodeHash.Of(build));
        int reads = 0;
        bool isPublished = false;
        b.Host.Store.OnRead = stream =>
        {
            // Its stream has the publication when the host first sees it.
            if (stream == StreamNames.Module("other") && !Volatile.Read(ref isPublished))
                throw new EventStoreException(EventStoreErrorKind.Unavailable, "injected: the module cannot be read");
            if (stream != code || ++reads > 2) return;
            throw isStoreFault
                ? new EventStoreException(EventStoreErrorKind.Unavailable, "injected: the code cannot be read")
                : new InvalidOperationException("injected: a defect");
        };
        await PublishAsync(fleet, a, build, "other");
        Volatile.Write(ref isPublished, true);

        await fleet.UntilAsync(() => b.Host.Host.FindSchema("other") is not null, "the follower to have the code");
        b.Host.Host.StandingOf("other")!.Role.ShouldBe(ModuleRole.Following);
        reads.ShouldBe(3);
        await a.KillAsync();
        await fleet.UntilAsync(() => b.Host.Host.StandingOf("other")!.Role == ModuleRole.Owner, "the follower to take it over");
    }

    [Fact]
    public async Task A_module_that_cannot_be_replayed_keeps_nobody_from_following_the_next()
    {
        await using HostFleet fleet = await HostFleet.OpenAsync();
        Member a = await fleet.StartAsync("a");
        Member b = await fleet.StartAsync("b");
        await ListBrokenAsync(fleet);
        await PublishAsync(fleet, a, HostFixture.Binary("bank"), "other");

        await fleet.UntilAsync(() => b.Host.Host.FindSchema("other") is not null, "the follower to have the module behind it");
        b.Host.Host.Has("broken").ShouldBeFalse();
    }

    [Fact]
    public async Task A_host_whose_list_is_broken_gives_its_modules_up_when_it_stops()
    {
        await using HostFleet fleet = await HostFleet.OpenAsync();
        Member a = await fleet.StartAsync("a");
        Member b = await fleet.StartAsync("b");
        int failed = 0;
        a.Host.Store.OnRead = stream =>
        {
            if (stream != StreamNames.Module("broken")) return;
            Volatile.Write(ref failed, 1);
            throw new InvalidOperationException("injected: a defect");
        };
        await ListBrokenAsync(fleet);
        await fleet.UntilAsync(() => Volatile.Read(ref failed) > 0, "the owner to see the list");

        await a.StopAsync();
        await WaitFor.ConditionAsync(() => b.Role == ModuleRole.Owner, "the follower to see the release");
    }

    private static async Task PublishAsync(HostFleet fleet, Member member, byte[] build, string name)
    {
        Task<PublishResult> publishing = member.Host.Mediator.Send(new PublishModule(build, HostFixture.Tester, name), Cancel);
        await fleet.UntilAsync(() => publishing.IsCompleted, "the publication");
        (await publishing).Version.ShouldBe(1);
    }

    private static async Task ListBrokenAsync(HostFleet fleet)
    {
        EventData[] strange = [new(Guid.NewGuid(), "Strange", false, new byte[3], default)];
        await fleet.Store.AppendAsync(StreamNames.Module("broken"), ExpectedRevision.Any, strange, Cancel);
        await ModuleList.AddAsync(fleet.Store, "broken", Cancel);
    }
}
