using Interstice.Host.Commands;
using Interstice.Host.Ownership;
using Interstice.Host.Projections;
using Interstice.Kernel.Events;
using Interstice.TestKit.EventStores;
using Fault = Interstice.TestKit.EventStores.FaultInjectingStore.Fault;

namespace Interstice.Host.Tests.Reducers;

// Append 0 to the module's stream is the publication; the first call's append is number 1.
public sealed class AppendFailureTests
{
    // A custom section of WebAssembly named "x" with nothing in it: another build of the same module.
    private static ReadOnlySpan<byte> EmptySection => [0, 2, 1, (byte)'x'];

    [Theory]
    [InlineData(Fault.RefusedBeforeWrite)]
    [InlineData(Fault.Full)]
    public async Task A_refused_append_is_undone_and_the_module_goes_on(Fault fault)
    {
        await using HostFixture host = await StartWithAccountsAsync();
        var before = await host.HashAsync("bank");
        host.Store.FailAppend(host.Store.AppendCount, fault);

        CallOutcome failed = await host.CallAsync("bank", "transfer", 1, 2, 10);

        failed.ShouldBeOfType<CallOutcome.Refused>().Kind.ShouldBe(CallRefusal.NotCommitted);
        (await host.HashAsync("bank")).ShouldBe(before);
        await host.CommitAsync("bank", "transfer", 1, 2, 10);
        await ExpectLogAgreesAsync(host);
    }

    [Theory]
    [InlineData(Fault.UnknownNotWritten)]
    [InlineData(Fault.UnknownWritten)]
    public async Task An_unknown_outcome_is_found_out_and_the_module_goes_on(Fault fault)
    {
        HostFixture host = await StartWithAccountsAsync();
        var before = await host.HashAsync("bank");
        host.Store.FailAppend(host.Store.AppendCount, fault);

        CallOutcome found = await host.CallAsync("bank", "transfer", 1, 2, 10);

        bool isWritten = fault == Fault.UnknownWritten;
        if (isWritten) found.ShouldBeOfType<CallOutcome.Committed>();
        else found.ShouldBeOfType<CallOutcome.Refused>().Kind.ShouldBe(CallRefusal.NotCommitted);
        (await host.HashAsync("bank") == before).ShouldBe(!isWritten);
        await host.CommitAsync("bank", "transfer", 1, 2, 10);
        (await host.RebuildAsync("bank")).Epoch.ShouldBe(2ul);
        await ExpectLogAgreesAsync(host);

        await using HostFixture again = await HostFixture.StartAsync(await host.StopAsync());
        await again.CommitAsync("bank", "transfer", 1, 2, 10);
        await ExpectLogAgreesAsync(again);
    }

    // Goal: one failed append in the middle of many in flight undoes exactly what is not durable.
    // Method: hold all appends back until several are queued, let one of them fail, and compare with a rebuild of the log.
    [Theory]
    [InlineData(Fault.RefusedBeforeWrite)]
    [InlineData(Fault.UnknownNotWritten)]
    [InlineData(Fault.UnknownWritten)]
    public async Task A_failure_in_mid_pipeline_answers_every_call_and_leaves_what_the_log_says(Fault fault)
    {
        for (int failing = 0; failing < 4; failing++)
        {
            HostFixture host = await StartWithAccountsAsync();
            int first = host.Store.AppendCount;
            host.Store.CloseGate();
            host.Store.FailAppend(first + failing, fault);
            List<Task<CallOutcome>> calls = [];
            for (int i = 0; i < 6; i++)
            {
                int appends = host.Store.AppendCount;
                calls.Add(host.CallAsync("bank", "transfer", 1, 2, i + 1));
                await WaitFor.ConditionAsync(() => host.Store.AppendCount > appends, "the call's append to be sent");
            }

            host.Store.OpenGate();
            CallOutcome[] outcomes = await Task.WhenAll(calls);
            await WaitFor.ConditionAsync(() => host.Host.StandingOf("bank")!.Role == ModuleRole.Owner, "the host to go on");

            ModuleProjection rebuilt = await host.RebuildAsync("bank");
            long moved = outcomes.Select((outcome, i) => outcome is CallOutcome.Committed ? i + 1 : 0).Sum();
            long uncertain = fault == Fault.UnknownWritten ? outcomes.Length - failing : 0;
            outcomes.Take(failing).ShouldAllBe(outcome => outcome.GetType() == typeof(CallOutcome.Committed));
            outcomes.Skip(failing).Select(outcome => outcome.GetType()).ShouldNotContain(typeof(CallOutcome.Rejected));
            if (fault == Fault.RefusedBeforeWrite)
            {
                outcomes.Skip(failing).ShouldAllBe(outcome => outcome.GetType() == typeof(CallOutcome.Refused));
                (await host.HashAsync("bank")).ShouldBe(rebuilt.StateHash);
                (await host.ChainAsync("bank")).ShouldBe(rebuilt.Chain);
                await host.CommitAsync("bank", "transfer", 1, 2, 10);
                rebuilt = await host.RebuildAsync("bank");
                (await host.ChainAsync("bank")).ShouldBe(rebuilt.Chain);
                moved.ShouldBe(Enumerable.Range(1, failing).Sum());
            }

            // A later append that is durable proves the one whose answer was lost.
            if (uncertain > 1) outcomes.ShouldAllBe(outcome => outcome.GetType() == typeof(CallOutcome.Committed));
            await using HostFixture again = await HostFixture.StartAsync(await host.StopAsync());
            (await again.HashAsync("bank")).ShouldBe(rebuilt.StateHash);
            (await again.ChainAsync("bank")).ShouldBe(rebuilt.Chain);
            await again.CommitAsync("bank", "transfer", 1, 2, 10);
            await ExpectLogAgreesAsync(again);
        }
    }

    [Fact]
    public async Task Ownership_that_was_undone_is_taken_again_under_the_same_epoch()
    {
        HostFixture first = await StartWithAccountsAsync();
        await using HostFixture host = await HostFixture.StartAsync(await first.StopAsync());
        host.Store.FailAppend(host.Store.AppendCount, Fault.RefusedBeforeWrite);
        (await host.CallAsync("bank", "transfer", 1, 2, 10)).ShouldBeOfType<CallOutcome.Refused>();

        await host.CommitAsync("bank", "transfer", 1, 2, 10);

        (await host.RebuildAsync("bank")).Epoch.ShouldBe(2ul);
        await ExpectLogAgreesAsync(host);
    }

    // The value of the hash chain must be that of what is in the stream, not of what was meant to be.
    [Fact]
    public async Task A_publication_that_the_store_refuses_leaves_no_trace_in_the_hash_chain()
    {
        HostFixture host = await StartWithAccountsAsync();
        ChainValue before = await host.ChainAsync("bank");
        ReadOnlyMemory<byte> another = (byte[])[.. HostFixture.Binary("bank"), .. EmptySection];
        host.Store.FailAppend(host.Store.AppendCount, Fault.RefusedBeforeWrite);
        await Should.ThrowAsync<ModuleUnavailableException>(() => host.Mediator.Send(new PublishModule(another, HostFixture.Tester)));
        (await host.ChainAsync("bank")).ShouldBe(before);

        await host.CommitAsync("bank", "transfer", 1, 2, 10);
        (await host.Mediator.Send(new PublishModule(another, HostFixture.Tester))).Version.ShouldBe(2);
        await host.CommitAsync("bank", "transfer", 1, 2, 10);
        await ExpectLogAgreesAsync(host);
        await using HostFixture again = await HostFixture.StartAsync(await host.StopAsync());
        await again.CommitAsync("bank", "transfer", 1, 2, 10);
        await ExpectLogAgreesAsync(again);
    }

    [Fact]
    public async Task Stopping_answers_what_is_queued_and_refuses_what_comes_later()
    {
        HostFixture host = await StartWithAccountsAsync();
        Task<CallOutcome>[] queued = [.. Enumerable.Range(0, 100).Select(_ => host.CallAsync("bank", "transfer", 1, 2, 1))];

        await host.StopAsync();

        CallOutcome[] outcomes = await Task.WhenAll(queued);
        await using HostFixture again = await HostFixture.StartAsync(host.Directory);
        long committed = outcomes.Count(outcome => outcome is CallOutcome.Committed);
        again.Replayed.Single().Transactions.ShouldBe(2 + committed);
        outcomes.Where(outcome => outcome is not CallOutcome.Committed)
            .ShouldAllBe(outcome => outcome.GetType() == typeof(CallOutcome.Refused));
    }

    [Fact]
    public async Task Nothing_is_answered_before_it_is_durable()
    {
        await using HostFixture host = await StartWithAccountsAsync();
        host.Store.CloseGate();
        int appends = host.Store.AppendCount;

        Task<CallOutcome> call = host.CallAsync("bank", "transfer", 1, 2, 10);
        await WaitFor.ConditionAsync(() => host.Store.AppendCount > appends, "the call's append to be sent");
        Task<CallOutcome> rejected = host.CallAsync("bank", "transfer", 1, 2, 1_000_000_000);
        Task<QueryOutcome> query = host.QueryAsync("bank", "balance", 1);
        bool hasRun = false;
        Task<bool> seen = host.Host.ViewAsync("bank", _ =>
        {
            Volatile.Write(ref hasRun, true);
            return true;
        });

        // The loop works in turn: the last one was run, so the others were too; none may be answered yet.
        await WaitFor.ConditionAsync(() => Volatile.Read(ref hasRun), "the loop to run the last one");
        new Task[] { call, rejected, query, seen }.ShouldAllBe(task => !task.IsCompleted);
        host.Store.OpenGate();
        (await call).ShouldBeOfType<CallOutcome.Committed>();
        (await rejected).ShouldBeOfType<CallOutcome.Rejected>();
        BitConverter.ToInt64((await query).ShouldBeOfType<QueryOutcome.Answered>().Value.Span).ShouldBe(990);
        (await seen).ShouldBeTrue();
    }

    [Fact]
    public async Task Many_calls_in_flight_share_appends_and_all_are_durable()
    {
        await using HostFixture host = await StartWithAccountsAsync();
        int before = host.Store.AppendCount;

        CallOutcome[] outcomes = await Task.WhenAll(
            Enumerable.Range(0, 1000).Select(i => host.CallAsync("bank", "transfer", (i % 2) + 1, 2 - (i % 2), 1)));

        outcomes.ShouldAllBe(outcome => outcome.GetType() == typeof(CallOutcome.Committed));
        outcomes.OfType<CallOutcome.Committed>().Select(outcome => outcome.Revision).Distinct().Count().ShouldBe(1000);
        (host.Store.AppendCount - before).ShouldBeLessThan(1000);
        await ExpectLogAgreesAsync(host);
    }

    private static async Task<HostFixture> StartWithAccountsAsync()
    {
        HostFixture host = await HostFixture.StartAsync();
        await host.PublishAsync("bank");
        await host.CommitAsync("bank", "open_account", "ann", 1000);
        await host.CommitAsync("bank", "open_account", "bob", 1000);
        return host;
    }

    private static async Task ExpectLogAgreesAsync(HostFixture host)
    {
        ModuleProjection rebuilt = await host.RebuildAsync("bank");
        rebuilt.StateHash.ShouldBe(await host.HashAsync("bank"));
        rebuilt.Chain.ShouldBe(await host.ChainAsync("bank"));
    }
}
