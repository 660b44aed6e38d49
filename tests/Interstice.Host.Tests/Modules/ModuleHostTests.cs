using System.Text;
using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Projections;
using Interstice.Kernel.Events;

namespace Interstice.Host.Tests.Modules;

public sealed class ModuleHostTests
{
    [Fact]
    public async Task A_transfer_changes_both_accounts_and_records_itself()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        await host.PublishAsync("bank");
        await host.CommitAsync("bank", "open_account", "ann", 100);
        await host.CommitAsync("bank", "open_account", "bob", 0);

        CallOutcome.Committed outcome = await host.CommitAsync("bank", "transfer", 1, 2, 30);

        outcome.Mutations.ShouldBe(3);
        (await BalanceAsync(host, 1)).ShouldBe(70);
        (await BalanceAsync(host, 2)).ShouldBe(30);
    }

    [Fact]
    public async Task A_rejected_call_leaves_no_trace_and_its_text_reaches_the_caller()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        await host.PublishAsync("bank");
        await host.CommitAsync("bank", "open_account", "ann", 10);
        await host.CommitAsync("bank", "open_account", "bob", 0);
        var hash = await host.HashAsync("bank");
        int appends = host.Store.AppendCount;

        CallOutcome outcome = await host.CallAsync("bank", "transfer", 1, 2, 30);

        outcome.ShouldBeOfType<CallOutcome.Rejected>().Error.ShouldContain("insufficient funds");
        (await host.HashAsync("bank")).ShouldBe(hash);
        host.Store.AppendCount.ShouldBe(appends);
    }

    [Fact]
    public async Task Replay_rebuilds_the_same_state_and_the_module_takes_calls_again()
    {
        HostFixture first = await HostFixture.StartAsync();
        await first.PublishAsync("bank");
        for (int i = 0; i < 20; i++) await first.CommitAsync("bank", "open_account", $"owner {i}", 100);
        for (int i = 1; i < 20; i++) await first.CommitAsync("bank", "transfer", i, i + 1, i);
        var hash = await first.HashAsync("bank");
        string directory = await first.StopAsync();

        await using HostFixture second = await HostFixture.StartAsync(directory);

        second.Replayed.Single().StateHash.ShouldBe(hash);
        second.Replayed.Single().Transactions.ShouldBe(39);
        (await second.RebuildAsync("bank")).StateHash.ShouldBe(hash);
        (await second.CommitAsync("bank", "open_account", "zoe", 1)).Mutations.ShouldBeGreaterThan(0);
        (await BalanceAsync(second, 20)).ShouldBe(119);
    }

    // Goal: no module code can run while state is rebuilt. Method: an engine that notes what the store has been asked for
    // when it loads code: the module's stream must have been read to its end by then.
    [Fact]
    public async Task No_code_is_loaded_before_the_last_event_was_applied()
    {
        HostFixture first = await HostFixture.StartAsync();
        await first.PublishAsync("bank");
        await first.PublishAsync("bank", "bank_two");
        await first.CommitAsync("bank", "open_account", "ann", 100);
        string directory = await first.StopAsync();
        List<string> order = [];

        await using HostFixture second = await HostFixture.StartAsync(
            directory,
            engine: _ => new RecordingEngine(new ManagedEngine.ManagedModuleEngine(), order),
            prepare: store => store.OnRead = stream => order.Add(stream.Value));

        int lastReplay = order.FindLastIndex(entry => entry.StartsWith("interstice-", StringComparison.Ordinal));
        int firstLoad = order.IndexOf(RecordingEngine.Loaded);
        lastReplay.ShouldBeGreaterThanOrEqualTo(0);
        firstLoad.ShouldBeGreaterThan(lastReplay);
        order.Count(entry => entry == RecordingEngine.Loaded).ShouldBe(2);
    }

    [Fact]
    public async Task Tables_are_rebuilt_when_the_code_is_gone_and_calls_are_told_why_they_are_refused()
    {
        HostFixture first = await HostFixture.StartAsync();
        PublishResult published = await first.PublishAsync("bank");
        await first.CommitAsync("bank", "open_account", "ann", 100);
        var hash = await first.HashAsync("bank");
        string directory = await first.StopAsync();

        await using HostFixture second = await HostFixture.StartAsync(
            directory,
            prepare: store => store.Hidden.Add(StreamNames.Code(published.Code)));

        (await second.HashAsync("bank")).ShouldBe(hash);
        (await second.Host.ViewAsync("bank", projection => projection.State!.FindTable("accounts")!.Count)).ShouldBe(1);
        CallOutcome.Refused refused = (await second.CallAsync("bank", "open_account", "bob", 1))
            .ShouldBeOfType<CallOutcome.Refused>();
        refused.Kind.ShouldBe(CallRefusal.Unavailable);
        refused.Error.ShouldContain("publish the module again");
    }

    [Fact]
    public async Task Publishing_the_same_code_again_changes_nothing()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        PublishResult first = await host.PublishAsync("bank");

        PublishResult second = await host.PublishAsync("bank");

        second.ShouldBe(first with { Changed = false });
    }

    [Fact]
    public async Task An_unknown_module_is_answered_with_the_nearest_name()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        await host.PublishAsync("bank");

        CallOutcome outcome = await host.Mediator.Send(new CallReducer("bnak", "transfer", default, HostFixture.Tester));

        outcome.ShouldBeOfType<CallOutcome.Refused>().Error.ShouldContain("did you mean \"bank\"?");
    }

    [Fact]
    public async Task An_unknown_reducer_is_answered_with_the_nearest_name()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        await host.PublishAsync("bank");

        CallOutcome outcome = await host.CallAsync("bank", "transfr");

        CallOutcome.Refused refused = outcome.ShouldBeOfType<CallOutcome.Refused>();
        refused.Kind.ShouldBe(CallRefusal.UnknownReducer);
        refused.Error.ShouldContain("did you mean \"transfer\"?");
    }

    [Fact]
    public async Task Arguments_that_are_not_canonical_are_refused_before_the_queue()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        await host.PublishAsync("bank");

        CallOutcome outcome = await host.Mediator.Send(
            new CallReducer("bank", "transfer", Encoding.UTF8.GetBytes("nonsense"), HostFixture.Tester));

        CallOutcome.Refused refused = outcome.ShouldBeOfType<CallOutcome.Refused>();
        refused.Kind.ShouldBe(CallRefusal.BadArguments);
        refused.Error.ShouldContain("transfer");
    }

    [Fact]
    public async Task The_recorded_call_holds_its_inputs_and_the_state_hash_after_it()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        PublishResult published = await host.PublishAsync("bank");
        CallOutcome.Committed call = await host.CommitAsync("bank", "open_account", "ann", 100);
        List<TransactionRecord> records = [];

        await foreach (ReadOnlyMemory<RecordedEvent> batch in host.Store
            .ReadStreamAsync(StreamNames.Module("bank"), ReadDirection.Forwards, Revision.First))
        {
            foreach (RecordedEvent recorded in batch.Span)
                if (recorded.Metadata.Length > 0 && recorded.Type.StartsWith("Row", StringComparison.Ordinal)) records.Add(TransactionRecord.Read(recorded.Metadata.Span));
        }

        TransactionRecord record = records.ShouldHaveSingleItem();
        record.Reducer.ShouldBe("open_account");
        record.Caller.ShouldBe(HostFixture.Tester);
        record.Code.ShouldBe(published.Code);
        record.Epoch.ShouldBe(1ul);
        record.Fuel.ShouldBe(call.Fuel);
        record.EventCount.ShouldBe(call.Mutations);
        record.StateHash.ShouldBe((await host.HashAsync("bank")).Value);
        record.Chain.ShouldBe(await host.ChainAsync("bank"));
    }

    private static async Task<long> BalanceAsync(HostFixture host, long account)
    {
        QueryOutcome outcome = await host.QueryAsync("bank", "balance", account);
        return BitConverter.ToInt64(outcome.ShouldBeOfType<QueryOutcome.Answered>(outcome.ToString()).Value.Span);
    }
}
