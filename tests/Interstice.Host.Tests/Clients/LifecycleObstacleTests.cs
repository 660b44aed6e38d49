using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Projections;
using Interstice.Kernel.Events;

namespace Interstice.Host.Tests.Clients;

/// <summary>Goal: no publication stands whose first transaction can never be committed.</summary>
public sealed class LifecycleObstacleTests
{
    [Theory]
    [InlineData("lifecycle-init-too-large", "init_too_large", "TransactionBytesMax")]
    [InlineData("lifecycle-init-reads-ephemeral", "init_reads_ephemeral", "ephemeral table \"seen\"")]
    public async Task A_publication_whose_init_could_not_be_committed_changes_nothing(string binary, string module, string reason)
    {
        await using HostFixture fixture = await HostFixture.StartAsync();
        ModuleRefusedException refusal = await Should.ThrowAsync<ModuleRefusedException>(() => fixture.PublishAsync(binary));
        refusal.Message.ShouldContain(reason);
        fixture.Host.Names.ShouldBeEmpty();
        (await fixture.Store.GetLastRevisionAsync(StreamNames.Module(module), TestContext.Current.CancellationToken)).ShouldBe(Revision.None);
    }

    [Fact]
    public async Task A_publication_whose_upgrade_is_too_large_changes_nothing_and_the_build_before_goes_on()
    {
        HostFixture first = await HostFixture.StartAsync();
        await first.PublishAsync("lifecycle");
        string directory = await first.StopAsync();

        ModuleHostOptions narrow = new() { Limits = new() { TransactionBytesMax = 100 } };
        HostFixture second = await HostFixture.StartAsync(directory, narrow);
        Revision before = await second.Host.ViewAsync("lifecycle", projection => projection.Revision);
        byte[] next = [.. HostFixture.Binary("lifecycle"), 0, 2, 1, (byte)'a'];
        ModuleRefusedException refusal = await Should.ThrowAsync<ModuleRefusedException>(
            () => second.Mediator.Send(new PublishModule(next, HostFixture.Tester), TestContext.Current.CancellationToken));
        refusal.Message.ShouldContain("renew");
        refusal.Message.ShouldContain("TransactionBytesMax");
        (await second.Host.ViewAsync("lifecycle", projection => projection.Revision)).ShouldBe(before);
        await second.StopAsync();

        await using HostFixture third = await HostFixture.StartAsync(directory);
        await third.CommitAsync("lifecycle", "note", 9);
        ModuleProjection rebuilt = await third.RebuildAsync("lifecycle");
        rebuilt.Published!.Version.ShouldBe(1);
        (rebuilt.StateHash, rebuilt.Chain).ShouldBe((await third.HashAsync("lifecycle"), await third.ChainAsync("lifecycle")));
    }
}
