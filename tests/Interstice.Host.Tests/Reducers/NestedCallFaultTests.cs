using Interstice.Host.Commands;
using Interstice.Kernel.Hashing;
using Fault = Interstice.TestKit.EventStores.FaultInjectingStore.Fault;

namespace Interstice.Host.Tests.Reducers;

/// <summary>Goal: whatever becomes of the append of a transaction over several modules, all of it happened or nothing, the caller is told which,
/// and a host that starts anew finds the same.</summary>
public sealed class NestedCallFaultTests
{
    [Theory]
    [InlineData(Fault.RefusedBeforeWrite)]
    [InlineData(Fault.Full)]
    [InlineData(Fault.WrongRevision)]
    [InlineData(Fault.UnknownNotWritten)]
    [InlineData(Fault.UnknownWritten)]
    public async Task A_failed_append_leaves_all_or_nothing_in_every_module_and_the_group_goes_on(Fault fault)
    {
        HostFixture host = await RelayHost.StartAsync();
        Script everywhere = new Script().Put(1, 1).Call('b', new Script().Put(1, 1).Call('c', new Script().Put(1, 1)));
        await host.CommitAsync('a', everywhere);
        StateHash[] before = await HashesAsync(host);
        host.Store.FailAppend(host.Store.AppendCount, fault);

        CallOutcome outcome = await host.RunAsync('a', new Script().Put(2, 2).Call('b', new Script().Delete(1).Call('c', new Script().Put(1, 9))));

        bool isWritten = fault == Fault.UnknownWritten;
        if (isWritten) outcome.ShouldBeOfType<CallOutcome.Committed>(outcome.ToString());
        else outcome.ShouldBeOfType<CallOutcome.Refused>(outcome.ToString()).Kind.ShouldBe(CallRefusal.NotCommitted);
        (await host.ValueAsync('a', 2)).ShouldBe(isWritten ? 2 : -1);
        (await host.ValueAsync('b', 1)).ShouldBe(isWritten ? -1 : 1);
        (await host.ValueAsync('c', 1)).ShouldBe(isWritten ? 9 : 1);
        if (!isWritten) (await HashesAsync(host)).ShouldBe(before);
        await host.CommitAsync('c', new Script().Put(5, 5).Call('a', new Script().Put(5, 5)));
        await host.ExpectLogsAgreeAsync();
        StateHash[] last = await HashesAsync(host);

        await using HostFixture again = await HostFixture.StartAsync(await host.StopAsync());
        (await HashesAsync(again)).ShouldBe(last);
        await again.CommitAsync('a', everywhere);
    }

    // What the call has read in b is in flight and fails then: neither the call nor its answer may rest on it.
    [Fact]
    public async Task A_call_that_read_what_is_undone_in_another_module_is_undone_with_it()
    {
        await using HostFixture host = await RelayHost.StartAsync();
        await host.CommitAsync('a', new Script().Put(1, 1).Call('b', new Script().Put(1, 1)));
        int first = host.Store.AppendCount;
        host.Store.CloseGate();
        host.Store.FailAppend(first, Fault.RefusedBeforeWrite);
        Task<CallOutcome> inFlight = host.RunAsync('b', new Script().Put(2, 2));
        await WaitFor.ConditionAsync(() => host.Store.AppendCount > first, "the append to be sent");
        Task<CallOutcome> resting = host.RunAsync('a', new Script().Try('b', new Script()).PutResult(9));
        await WaitFor.ConditionAsync(() => host.Host.Status.Single(status => status.Module == "a").Waiting == 0, "the call to run");

        host.Store.OpenGate();

        (await inFlight).ShouldBeOfType<CallOutcome.Refused>().Kind.ShouldBe(CallRefusal.NotCommitted);
        (await resting).ShouldBeOfType<CallOutcome.Refused>().Kind.ShouldBe(CallRefusal.NotCommitted);
        (await host.ValueAsync('a', 9)).ShouldBe(-1, "it would say that b has two rows");
        await host.ExpectLogsAgreeAsync();
    }

    private static async Task<StateHash[]> HashesAsync(HostFixture host) =>
        await Task.WhenAll(RelayHost.Modules.Select(module => host.HashAsync($"{module}")));
}
