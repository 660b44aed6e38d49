using Interstice.Host.Clients;
using Interstice.Host.Commands;
using Interstice.Host.Ownership;
using Interstice.Host.Reducers;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;
using Fault = Interstice.TestKit.EventStores.FaultInjectingStore.Fault;

namespace Interstice.Host.Tests.Clients;

/// <summary>Goal: who holds a session learns that another host has ended it, also where this host owns the module again.</summary>
public sealed class LostClientTests
{
    private const string Module = "lifecycle";

    private static readonly Identity Ann = Identity.Of("tests", "ann");

    [Fact]
    public async Task A_client_that_another_host_disconnected_is_lost_once_the_module_is_taken_back()
    {
        await using HostFixture first = await HostFixture.StartAsync();
        await first.PublishAsync(Module);
        ClientSession ann = await ConnectAsync(first);
        (await ann.IsLostAsync()).ShouldBeFalse();

        // It takes the first one for one that is no more.
        SharedHost second = await SharedHost.StartAsync(first.Journal);
        await WaitFor.ConditionAsync(
            () => second.Host.ViewAsync(Module, projection => projection.State!.FindTable(SystemTables.Clients)!.Count).Result == 0, "the client to be disconnected");
        await second.DisposeAsync();
        (await first.CallAsync(Module, "note", 9)).ShouldBeOfType<CallOutcome.Refused>().Kind.ShouldBe(CallRefusal.NotOwner);
        (await ann.IsLostAsync()).ShouldBeFalse("it is told of the owner");
        first.Host.TryFind(Module, out ModuleLoop loop).ShouldBeTrue();
        await WaitFor.ConditionAsync(() => loop.OnLoopAsync(() => loop.TakeOver("a test", ulong.MaxValue)).Result || IsOwner(first), "the take-over to begin");
        await WaitFor.ConditionAsync(() => IsOwner(first), "the module to be taken back");

        (await ann.IsLostAsync()).ShouldBeTrue();
        (await ann.IsLostAsync()).ShouldBeTrue("nobody has given it up");
        ClientSession again = await ConnectAsync(first);
        (await again.IsLostAsync()).ShouldBeFalse();
        await ann.DisconnectAsync();
        (await ann.IsLostAsync()).ShouldBeFalse();
        (await again.DisconnectAsync()).ShouldBeOfType<CallOutcome.Committed>();
    }

    // This host's own change of ownership, by which it finds out what became of an append.
    [Fact]
    public async Task A_client_is_not_lost_by_a_doubt_about_an_append()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        await host.PublishAsync(Module);
        ClientSession ann = await ConnectAsync(host);
        ulong before = await EpochAsync(host);
        host.Store.FailAppend(host.Store.AppendCount, Fault.UnknownNotWritten);
        (await host.CallAsync(Module, "note", 9)).ShouldBeOfType<CallOutcome.Refused>();
        await WaitFor.ConditionAsync(() => IsOwner(host), "the doubt to end");
        (await EpochAsync(host)).ShouldBeGreaterThan(before);

        (await ann.IsLostAsync()).ShouldBeFalse();
        (await ann.DisconnectAsync()).ShouldBeOfType<CallOutcome.Committed>();
    }

    private static bool IsOwner(HostFixture host) => host.Host.StandingOf(Module)!.Role == ModuleRole.Owner;

    private static Task<ulong> EpochAsync(HostFixture host) => host.Host.ViewAsync(Module, projection => projection.Epoch);

    private static async Task<ClientSession> ConnectAsync(HostFixture host)
    {
        ConnectOutcome outcome = await host.Host.ConnectAsync(Module, Ann);
        return outcome.ShouldBeOfType<ConnectOutcome.Connected>(outcome.ToString()).Session;
    }
}
