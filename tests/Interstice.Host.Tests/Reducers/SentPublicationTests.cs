using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Ownership;
using Interstice.Kernel.Events;
using Interstice.TestKit;
using Fault = Interstice.TestKit.EventStores.FaultInjectingStore.Fault;

namespace Interstice.Host.Tests.Reducers;

/// <summary>Goal: who publishes is told the truth, and what the stream says is in force is what runs.</summary>
public sealed class SentPublicationTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_publication_that_is_found_after_its_publisher_was_told_unknown_runs()
    {
        var time = new ManualTime();
        await using SharedBank bank = await SharedBank.OpenAsync();
        await using SharedHost host = await bank.StartAsync(time);
        byte[] another = SharedBank.AnotherBuild();
        host.Store.FailAppend(host.Store.AppendCount, Fault.UnknownWritten);
        host.Store.DiesAt = host.Store.OperationCount + 2;

        Task<PublishResult> publishing = host.Mediator.Send(new PublishModule(another, HostFixture.Tester), Cancel);
        await WaitFor.ConditionAsync(() => host.Host.StandingOf("bank")!.FailedAttempts > 0, "the first attempt to fail");
        (await host.CountAccountsAsync("nobody")).ShouldBe(0);
        publishing.IsCompleted.ShouldBeFalse("nobody knows yet");
        await WaitFor.ConditionAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return publishing.IsCompleted;
            },
            "the publisher to be told");
        ModuleUnavailableException told = await Should.ThrowAsync<ModuleUnavailableException>(publishing);
        told.MayHaveChanged.ShouldBeTrue(told.Message);

        host.Store.IsUnreachable = false;
        await WaitFor.ConditionAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(5));
                return host.Host.StandingOf("bank")!.Role == ModuleRole.Owner;
            },
            "the store to answer");
        host.Host.Status.Single().StoppedBecause.ShouldBeNull();
        host.Host.Status.Single().Code.ShouldBe(CodeHash.Of(another));
        (await bank.CallAsync(host)).ShouldBeOfType<CallOutcome.Committed>();
        await bank.ExpectTruthAsync(host);
    }

    // A void end is written over only by a change of ownership; what was undone must not make the host forget it.
    [Fact]
    public async Task Behind_a_void_end_ownership_is_taken_before_a_publication_even_after_a_failed_attempt()
    {
        await using SharedBank bank = await SharedBank.OpenAsync();
        await using SharedHost first = await bank.StartAsync();
        first.Store.LateBy = 1;
        first.Store.FailAppend(first.Store.AppendCount, Fault.UnknownNotWritten);
        first.Store.FailAppend(first.Store.AppendCount + 1, Fault.UnknownWrittenLate);
        await bank.CallInFlightAsync(first, 2);
        await first.Store.LandAllAsync();
        (first.Store.LandedLate, await bank.CountVoidAsync()).ShouldBe((1, 1));
        await using SharedHost second = await SharedHost.StartAsync(bank.Store);

        second.Store.FailAppend(0, Fault.RefusedBeforeWrite);
        (await bank.CallAsync(second)).ShouldBeOfType<CallOutcome.Refused>().Kind.ShouldBe(CallRefusal.NotCommitted);
        second.Store.FailAppend(1, Fault.Full);
        var publication = new PublishModule(SharedBank.AnotherBuild(), HostFixture.Tester);
        ModuleUnavailableException told = await Should.ThrowAsync<ModuleUnavailableException>(second.Mediator.Send(publication, Cancel));
        (told.Kind, told.MayHaveChanged).ShouldBe((CallRefusal.NotCommitted, false));
        (await second.Mediator.Send(publication, Cancel)).Version.ShouldBe(2);

        (await bank.CallAsync(second)).ShouldBeOfType<CallOutcome.Committed>();
        await bank.ExpectTruthAsync(second);
    }
}
