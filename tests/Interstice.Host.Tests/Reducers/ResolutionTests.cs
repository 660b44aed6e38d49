using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Ownership;
using Interstice.Host.Projections;
using Interstice.Host.Replay;
using Interstice.Journal;
using Interstice.Kernel.Events;
using Interstice.TestKit;
using Interstice.TestKit.Journals;
using Fault = Interstice.TestKit.EventStores.FaultInjectingStore.Fault;

namespace Interstice.Host.Tests.Reducers;

/// <summary>Goal: whatever becomes of an append, each call is told the truth, takes effect once or not at all, and the log replays to the
/// hashes that the host had. Method: each ending at each append of a chain in flight, alone and with the host cut off before each of its
/// operations on the store, after which another host goes on; then at random.</summary>
public sealed class ResolutionTests
{
    private const int InFlight = 5;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<Fault, int> Endings()
    {
        TheoryData<Fault, int> endings = new()
        {
            { Fault.RefusedBeforeWrite, 0 },
            { Fault.Full, 0 },
            { Fault.WrongRevision, 0 },
            { Fault.UnknownNotWritten, 0 },
            { Fault.UnknownWritten, 0 },
        };
        for (int late = 0; late <= InFlight + 1; late++) endings.Add(Fault.UnknownWrittenLate, late);
        return endings;
    }

    [Theory]
    [MemberData(nameof(Endings))]
    public async Task Every_ending_of_every_append_in_flight_is_resolved_and_the_module_goes_on(Fault fault, int lateBy)
    {
        for (int failing = 0; failing < InFlight; failing++)
        {
            await using SharedBank scene = await SharedBank.OpenAsync();
            await using SharedHost host = await scene.StartAsync();
            host.Store.LateBy = lateBy;
            host.Store.FailAppend(host.Store.AppendCount + failing, fault);

            await scene.CallInFlightAsync(host, InFlight);
            scene.Outcomes.ShouldAllBe(outcome => outcome is CallOutcome.Committed || outcome is CallOutcome.Refused);
            for (int i = 0; i < 3; i++) (await scene.CallAsync(host)).ShouldBeOfType<CallOutcome.Committed>();

            host.Host.StandingOf("bank").ShouldNotBeNull().Role.ShouldBe(ModuleRole.Owner);
            await scene.ExpectTruthAsync(host);
        }
    }

    // Cut off, not only killed: what the host tells its callers while another one goes on has to be true as well.
    [Theory]
    [InlineData(Fault.WrongRevision, 0)]
    [InlineData(Fault.UnknownNotWritten, 0)]
    [InlineData(Fault.UnknownWritten, 0)]
    [InlineData(Fault.UnknownWrittenLate, 1)]
    [InlineData(Fault.UnknownWrittenLate, 99)]
    public async Task A_host_that_is_cut_off_between_any_two_steps_leaves_one_history(Fault fault, int lateBy)
    {
        for (int failing = 0; failing < InFlight - 1; failing += 2)
        {
            bool isCut = true;
            for (int step = 1; isCut; step++)
            {
                await using SharedBank scene = await SharedBank.OpenAsync();
                await using SharedHost first = await scene.StartAsync(patience: TimeSpan.Zero);
                first.Store.LateBy = lateBy;
                first.Store.FailAppend(first.Store.AppendCount + failing, fault);
                first.Store.DiesAt = first.Store.OperationCount + step;
                await scene.CallInFlightAsync(first, InFlight);
                await WaitFor.ConditionAsync(
                    () => first.Store.IsUnreachable || first.Host.StandingOf("bank")!.Role == ModuleRole.Owner, "the host to be done or cut off");
                isCut = first.Store.IsUnreachable;
                await first.Store.CutAsync();

                await using SharedHost second = await scene.StartAsync();
                (await scene.CallAsync(second)).ShouldBeOfType<CallOutcome.Committed>();
                await first.Store.LandAllAsync();
                for (int i = 0; i < 3; i++) (await scene.CallAsync(second)).ShouldBeOfType<CallOutcome.Committed>();
                await scene.ExpectTruthAsync(second);
            }
        }
    }

    [Fact]
    public async Task Many_failures_at_random_leave_one_history()
    {
        var share = new TimeShare("rounds", 60, 10);
        Fault[] faults = Enum.GetValues<Fault>();
        int landed = 0;
        int voids = 0;
        while (share.HasMore)
        {
            await using SharedBank scene = await SharedBank.OpenAsync();
            await using SharedHost host = await scene.StartAsync();
            for (int burst = 0; burst < 4; burst++)
            {
                host.Store.LateBy = share.Random.Next(2 * InFlight);
                for (int i = share.Random.Next(4); i >= 0; i--)
                    host.Store.FailAppend(host.Store.AppendCount + share.Random.Next(12), faults[share.Random.Next(faults.Length)]);
                await scene.CallInFlightAsync(host, 1 + share.Random.Next(8));
            }

            for (int i = 0; i < 3; i++) await scene.CallUntilCommittedAsync(host);
            await scene.ExpectTruthAsync(host, $"replay with INTERSTICE_TEST_SEED={share.Seed}, round {share.Count}");
            landed += host.Store.LandedLate;
            voids += await scene.CountVoidAsync();
            share.Add(1);
        }

        share.End($"{landed} appends came late and were taken, {voids} transactions were void");
    }

    [Fact]
    public async Task While_the_store_is_gone_queries_are_answered_and_callers_are_told_in_time()
    {
        var time = new ManualTime();
        await using SharedBank scene = await SharedBank.OpenAsync();
        await using SharedHost host = await scene.StartAsync(time);
        await scene.CallAsync(host);
        host.Store.FailAppend(host.Store.AppendCount, Fault.UnknownNotWritten);
        host.Store.DiesAt = host.Store.OperationCount + 2;

        Task<CallOutcome> lost = host.OpenAccountAsync("lost");
        await WaitFor.ConditionAsync(() => host.Host.StandingOf("bank")!.FailedAttempts > 0, "the first attempt to fail");
        host.Host.StandingOf("bank")!.Role.ShouldBe(ModuleRole.Resolving);
        (await host.CountAccountsAsync("lost")).ShouldBe(0);
        lost.IsCompleted.ShouldBeFalse("nobody knows yet");
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
        (await scene.CallAsync(host)).ShouldBeOfType<CallOutcome.Committed>();
        await scene.ExpectTruthAsync(host);
    }

    [Fact]
    public async Task An_event_that_is_not_ours_fails_the_module_and_is_named()
    {
        await using SharedBank scene = await SharedBank.OpenAsync();
        await using SharedHost host = await scene.StartAsync();
        await scene.CallAsync(host);
        EventData[] strange = [new(Guid.NewGuid(), "Strange", false, new byte[3], default)];
        await scene.Store.AppendAsync(SharedBank.Bank, ExpectedRevision.Any, strange, Cancel);
        Revision at = await scene.Store.GetLastRevisionAsync(SharedBank.Bank, Cancel);

        (await host.OpenAccountAsync("x")).ShouldBeOfType<CallOutcome.Unknown>().Error.ShouldContain($"revision {at} (Strange)");
        host.Host.StandingOf("bank")!.Role.ShouldBe(ModuleRole.Failed);
        (await host.OpenAccountAsync("y")).ShouldBeOfType<CallOutcome.Refused>().Kind.ShouldBe(CallRefusal.Unavailable);
    }

    [Theory]
    [InlineData(Fault.UnknownNotWritten)]
    [InlineData(Fault.UnknownWritten)]
    [InlineData(Fault.WrongRevision)]
    public async Task A_publication_of_unknown_outcome_is_in_the_stream_once(Fault fault)
    {
        await using SharedBank scene = await SharedBank.OpenAsync();
        await using SharedHost host = await scene.StartAsync();
        await scene.CallAsync(host);
        ReadOnlyMemory<byte> another = (byte[])[.. HostFixture.Binary("bank"), 0, 2, 1, (byte)'x'];
        host.Store.FailAppend(host.Store.AppendCount, fault);

        PublishResult result = await host.Mediator.Send(new PublishModule(another, HostFixture.Tester), Cancel);

        (result.Version, result.Changed).ShouldBe((2, true));
        (await scene.CallAsync(host)).ShouldBeOfType<CallOutcome.Committed>();
        (await scene.RebuildAsync()).Published!.Version.ShouldBe(2);
        await scene.ExpectTruthAsync(host);
    }
}
