using Interstice.Host.Modules;
using Interstice.Host.Reexecution;
using Interstice.Journal;
using Interstice.Kernel.Events;
using Interstice.ManagedEngine;

namespace Interstice.Host.Tests.Reexecution;

/// <summary>Goal: recorded calls, run again, give what is recorded, and what gives something else is named with its place.</summary>
public sealed class ReexecutionTests
{
    // Behind the publication, the take-over, and the first of three calls.
    private static readonly Revision Second = new(3);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_call_of_a_bank_gives_again_what_is_recorded()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        await host.PublishAsync("bank");
        await FillBankAsync(host, transfers: 200);

        ReexecutionResult result = await History(host).ReexecuteAsync("bank", new(), null, Cancel);

        result.Differences.ShouldBeEmpty();
        result.IsEqual.ShouldBeTrue();
        result.Calls.ShouldBe(220);
        result.FuelCompared.ShouldBe(result.Calls);
        result.To.ShouldBe(await host.Host.ViewAsync("bank", projection => projection.Revision));
        (result.NotRun, result.HostTransactions, result.VoidTransactions).ShouldBe((0, 0, 0));
    }

    [Fact]
    public async Task A_range_is_run_over_the_state_before_it()
    {
        await using HostFixture host = await HostFixture.StartAsync(hasSnapshots: true);
        await host.PublishAsync("bank");
        await FillBankAsync(host, transfers: 60);
        RecordedHistory history = History(host);
        ReexecutionResult whole = await history.ReexecuteAsync("bank", new(), null, Cancel);
        long calls = 0;
        for (long from = 0; from <= whole.To.Value; from += 17)
        {
            ReexecutionResult part = await history.ReexecuteAsync(
                "bank", new() { From = new(from), To = new(from + 16) }, null, Cancel);
            part.Differences.ShouldBeEmpty();
            calls += part.Calls;
        }

        calls.ShouldBe(whole.Calls);
    }

    [Fact]
    public async Task Every_call_is_run_in_the_build_that_made_it()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        await host.PublishAsync("stamp_one");
        await host.CommitAsync("stamp", "stamp");
        await host.PublishAsync("stamp_two");
        await host.CommitAsync("stamp", "stamp");
        await host.PublishAsync("stamp_one");
        await host.CommitAsync("stamp", "stamp");

        ReexecutionResult result = await History(host).ReexecuteAsync("stamp", new(), null, Cancel);

        result.Differences.ShouldBeEmpty();
        result.Calls.ShouldBe(3);
    }

    [Fact]
    public async Task A_row_that_the_call_does_not_give_is_named_with_its_revision()
    {
        await using HostFixture host = await CountAsync(1, 2, 3);
        using var payload = new PayloadWriter();
        byte[] row = [.. BitConverter.GetBytes(2UL), .. BitConverter.GetBytes(44L)];
        RowEvent.Write(payload, "counters"u8, row);

        ReexecutionResult result = await ReexecuteAsync(host, Second, recorded => recorded with { Data = payload.Written.ToArray() });

        EffectDifference first = result.Differences[0];
        (first.Kind, first.Revision, first.Reducer).ShouldBe((EffectKind.Event, Second, "add"));
        first.Call.ShouldBe("""add({"value":"2"})""");
        first.Expected.ShouldBe("""insert counters {"id":"2","value":"44"}""");
        first.Found.ShouldBe("""insert counters {"id":"2","value":"2"}""");

        // The record's hash was that of the other row.
        result.Differences[1].Kind.ShouldBe(EffectKind.StateHash);
        (result.DifferentCalls, result.DifferenceCount).ShouldBe((1, 2));
    }

    [Fact]
    public async Task A_return_value_that_the_call_does_not_give_is_named()
    {
        await using HostFixture host = await CountAsync(1, 2, 3);

        ReexecutionResult result = await ReexecuteAsync(
            host, Second, recorded => recorded.With(record => record with { Result = BitConverter.GetBytes(7UL) }));

        EffectDifference only = result.Differences.ShouldHaveSingleItem();
        (only.Kind, only.Revision, only.Expected, only.Found).ShouldBe((EffectKind.Result, Second, "7", "2"));
    }

    [Fact]
    public async Task Fuel_is_compared_where_the_engine_is_the_recorded_one()
    {
        await using HostFixture host = await CountAsync(1, 2, 3);

        ReexecutionResult result = await ReexecuteAsync(
            host, Second, recorded => recorded.With(record => record with { Fuel = record.Fuel + 1 }));
        ReexecutionResult elsewhere = await ReexecuteAsync(
            host, Second, recorded => recorded.With(record => record with { Fuel = record.Fuel + 1, Engine = "another-1" }));

        result.Differences.ShouldHaveSingleItem().Kind.ShouldBe(EffectKind.Fuel);
        elsewhere.Differences.ShouldBeEmpty();
        (result.FuelCompared, elsewhere.FuelCompared).ShouldBe((3, 2));
    }

    [Fact]
    public async Task Other_arguments_give_another_row()
    {
        await using HostFixture host = await CountAsync(1, 2, 3);

        ReexecutionResult result = await ReexecuteAsync(
            host, Second, recorded => recorded.With(record => record with { Arguments = BitConverter.GetBytes(5L) }));

        EffectDifference only = result.Differences.ShouldHaveSingleItem();
        (only.Kind, only.Found).ShouldBe((EffectKind.Event, """insert counters {"id":"2","value":"5"}"""));
    }

    [Fact]
    public async Task A_call_that_is_refused_now_is_named_with_its_ending()
    {
        await using HostFixture host = await CountAsync(1, 2, 3);

        ReexecutionResult result = await ReexecuteAsync(
            host, Second, recorded => recorded.With(record => record with { Reducer = "subtract" }));

        EffectDifference only = result.Differences.ShouldHaveSingleItem();
        (only.Kind, only.Reducer, only.Expected).ShouldBe((EffectKind.Ending, "subtract", "success"));
        only.Found.ShouldContain("no reducer \"subtract\"");
    }

    [Fact]
    public async Task The_order_of_events_counts()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        await host.PublishAsync("bank");
        await FillBankAsync(host, transfers: 3);
        (Revision first, Dictionary<Revision, RecordedEvent> swapped) = await SwapFirstUpdatesAsync(host);
        await using JournalStore log = await CopiedLog.WriteAsync(
            host.Journal,
            recorded => recorded.Stream == StreamNames.Module("bank") && swapped.TryGetValue(recorded.Revision, out RecordedEvent other)
                ? recorded with { Data = other.Data }
                : recorded);

        ReexecutionResult result = await HistoryOf(log).ReexecuteAsync("bank", new(), null, Cancel);

        result.Differences.Select(difference => (difference.Kind, difference.Revision))
            .ShouldBe([(EffectKind.Event, first), (EffectKind.Event, first.Next)]);
        result.DifferentCalls.ShouldBe(1);
    }

    [Fact]
    public async Task All_differences_are_counted_and_only_the_first_kept()
    {
        await using HostFixture host = await CountAsync(1, 2, 3, 4, 5);
        await using JournalStore log = await CopiedLog.WriteAsync(
            host.Journal,
            recorded => recorded.Type == EventTypes.RowInserted ? recorded.With(record => record with { Fuel = record.Fuel + 1 }) : recorded);

        ReexecutionResult result = await HistoryOf(log).ReexecuteAsync("counter", new() { DifferencesMax = 2 }, null, Cancel);

        (result.DifferentCalls, result.DifferenceCount, result.Differences.Count).ShouldBe((5, 5, 2));
    }

    [Fact]
    public async Task Calls_of_a_build_whose_code_is_gone_are_not_taken_for_equal()
    {
        await using HostFixture host = await CountAsync(1);
        CodeHash code = await host.Host.ViewAsync("counter", projection => projection.Published!.Code);
        await host.PublishAsync("counter_next");
        await host.CommitAsync("counter", "add", "2");
        await using JournalStore log = await CopiedLog.WriteAsync(
            host.Journal, recorded => recorded.Stream == StreamNames.Code(code) ? null : recorded);

        ReexecutionResult result = await HistoryOf(log).ReexecuteAsync("counter", new(), null, Cancel);

        result.IsEqual.ShouldBeFalse();
        (result.NotRun, result.Calls).ShouldBe((1, 1));
        result.Differences.ShouldHaveSingleItem().Kind.ShouldBe(EffectKind.Build);
    }

    [Fact]
    public async Task Transactions_that_no_reducer_made_are_applied_and_counted()
    {
        await using HostFixture host = await CountAsync(1, 2, 3);

        ReexecutionResult result = await ReexecuteAsync(
            host, Second, recorded => recorded.With(record => record with { Reducer = "", Arguments = default, Result = null }));

        result.Differences.ShouldBeEmpty();
        (result.Calls, result.HostTransactions).ShouldBe((2, 1));
    }

    [Fact]
    public async Task Transactions_of_a_host_that_had_lost_the_module_are_passed_over()
    {
        await using HostFixture host = await CountAsync(1, 2, 3);
        bool hasBegun = false;
        await using JournalStore log = await CopiedLog.WriteAsync(host.Journal, recorded =>
        {
            if (recorded.Stream != StreamNames.Module("counter") || recorded.Revision < Second) return recorded;
            if (hasBegun) return null;
            hasBegun = true;
            return recorded.With(record => record with { Epoch = 0 });
        });

        ReexecutionResult result = await HistoryOf(log).ReexecuteAsync("counter", new(), null, Cancel);

        result.Differences.ShouldBeEmpty();
        (result.Calls, result.VoidTransactions).ShouldBe((1, 1));
    }

    [Fact]
    public async Task It_ends_when_it_is_cancelled_and_changes_nothing()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        await host.PublishAsync("bank");
        await FillBankAsync(host, transfers: 20);
        Revision before = await host.Journal.GetLastRevisionAsync(StreamNames.Module("bank"), Cancel);

        await Should.ThrowAsync<OperationCanceledException>(() =>
            History(host).ReexecuteAsync("bank", new(), null, new CancellationToken(canceled: true)));

        (await host.Journal.GetLastRevisionAsync(StreamNames.Module("bank"), Cancel)).ShouldBe(before);
    }

    [Fact]
    public async Task Limits_of_today_do_not_count()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        await host.PublishAsync("bank");
        await FillBankAsync(host, transfers: 5);
        ModuleLimits narrow = new() { FuelPerCall = 1, MutationsMax = 1, TransactionBytesMax = 1, ResultBytesMax = 0, IteratorsMax = 1 };

        ReexecutionResult result = await History(host).ReexecuteAsync("bank", new() { Limits = narrow }, null, Cancel);

        result.Differences.ShouldBeEmpty();
    }

    internal static RecordedHistory History(HostFixture host) =>
        new(host.Journal, new ManagedModuleEngine(), host.Snapshots, TimeProvider.System);

    internal static RecordedHistory HistoryOf(IEventStore store) => new(store, new ManagedModuleEngine(), null, TimeProvider.System);

    // Twenty accounts, and transfers between them.
    internal static async Task FillBankAsync(HostFixture host, int transfers)
    {
        for (int i = 0; i < 20; i++) await host.CommitAsync("bank", "open_account", $"owner {i}", "1000000");
        for (int i = 0; i < transfers; i++)
            await host.CommitAsync("bank", "transfer", $"{1 + (i % 20)}", $"{1 + ((i + 7) % 20)}", $"{i + 1}");
    }

    private static async Task<HostFixture> CountAsync(params int[] values)
    {
        HostFixture host = await HostFixture.StartAsync();
        await host.PublishAsync("counter");
        foreach (int value in values) await host.CommitAsync("counter", "add", $"{value}");
        return host;
    }

    private static async Task<ReexecutionResult> ReexecuteAsync(
        HostFixture host, Revision at, Func<RecordedEvent, RecordedEvent> change)
    {
        await using JournalStore log = await CopiedLog.WriteAsync(
            host.Journal,
            recorded => recorded.Stream == StreamNames.Module("counter") && recorded.Revision == at ? change(recorded) : recorded);
        return await HistoryOf(log).ReexecuteAsync("counter", new(), null, Cancel);
    }

    // The first two updates of the last transaction, each with the bytes of the other.
    private static async Task<(Revision First, Dictionary<Revision, RecordedEvent> Swapped)> SwapFirstUpdatesAsync(HostFixture host)
    {
        List<RecordedEvent> updates = [];
        await foreach (ReadOnlyMemory<RecordedEvent> batch in host.Journal.ReadStreamAsync(
            StreamNames.Module("bank"), ReadDirection.Forwards, Revision.First, long.MaxValue, Cancel))
        {
            foreach (RecordedEvent recorded in batch.ToArray())
                if (recorded.Type == EventTypes.RowUpdated) updates.Add(recorded with { Data = recorded.Data.ToArray() });
        }

        (RecordedEvent one, RecordedEvent two) = (updates[^2], updates[^1]);
        two.Revision.ShouldBe(one.Revision.Next);
        return (one.Revision, new() { [one.Revision] = two, [two.Revision] = one });
    }
}
