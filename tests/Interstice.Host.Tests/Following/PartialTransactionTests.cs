using Interstice.Host.Commands;
using Interstice.Host.Ownership;
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
}
