using Interstice.Host.Commands;
using Interstice.Host.Projections;
using Interstice.Host.Reducers;
using Interstice.Host.Snapshots;
using Interstice.Kernel.Events;
using Interstice.Kernel.Hashing;
using Interstice.Kernel.Mutations;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;
using Interstice.Kernel.Values;
using Interstice.TestKit;
using Fault = Interstice.TestKit.EventStores.FaultInjectingStore.Fault;

namespace Interstice.Host.Tests.Reducers;

/// <summary>Goal: rows of the host's tables are as durable, and as undone, as any others, together with the reducer behind them.</summary>
public sealed class HostWorkTests
{
    private static readonly Identity Ann = Identity.Of("tests", "ann");

    [Fact]
    public async Task Rows_of_the_host_are_replayed_to_the_same_hash_and_stand_in_snapshots()
    {
        HostFixture first = await BankAsync();
        StateHash before = await first.HashAsync("bank");
        (await RunAsync(first, null, AddMigration(1))).ShouldBeOfType<CallOutcome.Committed>().Mutations.ShouldBe(1);
        StateHash hash = await first.HashAsync("bank");
        hash.ShouldNotBe(before);
        ModuleProjection rebuilt = await first.RebuildAsync("bank");
        rebuilt.StateHash.ShouldBe(hash);
        CountOf(rebuilt, SystemTables.Migrations).ShouldBe(1);

        (await SnapshotTaking.RunAsync(
            first.Snapshots, first.Journal, "bank", 1, TimeProvider.System, null, TestContext.Current.CancellationToken)).ShouldNotBeNull();
        await RunAsync(first, null, AddMigration(2));
        hash = await first.HashAsync("bank");
        string directory = await first.StopAsync();
        await using HostFixture second = await HostFixture.StartAsync(directory, hasSnapshots: true);
        second.Replayed[0].From.ShouldNotBe(Revision.None, "it began with the snapshot");
        (await second.HashAsync("bank")).ShouldBe(hash);
        (await second.Host.ViewAsync("bank", projection => CountOf(projection, SystemTables.Migrations))).ShouldBe(2);
    }

    [Fact]
    public async Task Rows_and_the_effects_of_the_reducer_behind_them_are_one_transaction_of_the_caller_named()
    {
        await using HostFixture fixture = await BankAsync();
        byte[] arguments = [.. Text("ann"), .. new byte[8]];
        CallOutcome outcome = await RunAsync(fixture, "open_account", AddMigration(1), arguments);
        var committed = outcome.ShouldBeOfType<CallOutcome.Committed>(outcome.ToString());
        committed.Mutations.ShouldBe(2);

        RecordedEvent[] events = await EventsAsync(fixture, new Revision(committed.Revision.Value - 1), 2);
        TransactionRecord record = TransactionRecord.Read(events[0].Metadata.Span);
        record.Reducer.ShouldBe("open_account");
        record.Caller.ShouldBe(Ann);
        record.EventCount.ShouldBe(2);
        RowEvent.Read(events[0].Data.Span, out ReadOnlySpan<byte> table, out _);
        System.Text.Encoding.UTF8.GetString(table).ShouldBe(SystemTables.Migrations);
    }

    [Fact]
    public async Task A_transaction_without_a_reducer_says_so()
    {
        await using HostFixture fixture = await BankAsync();
        var committed = (CallOutcome.Committed)await RunAsync(fixture, null, AddMigration(1), caller: HostIdentity.Value);
        RecordedEvent[] events = await EventsAsync(fixture, committed.Revision, 1);
        TransactionRecord record = TransactionRecord.Read(events[0].Metadata.Span);
        record.Reducer.ShouldBe("");
        record.Caller.ShouldBe(Identity.Of("interstice host", "host"));
        record.Fuel.ShouldBe(0UL);
    }

    [Fact]
    public async Task A_reducer_that_fails_leaves_no_rows_of_the_host_either()
    {
        await using HostFixture fixture = await BankAsync();
        StateHash before = await fixture.HashAsync("bank");
        byte[] arguments = [.. Text(""), .. new byte[8]];
        (await RunAsync(fixture, "open_account", AddMigration(1), arguments)).ShouldBeOfType<CallOutcome.Rejected>();
        (await fixture.HashAsync("bank")).ShouldBe(before);
    }

    [Fact]
    public async Task An_append_that_fails_undoes_them()
    {
        await using HostFixture fixture = await BankAsync();
        await RunAsync(fixture, null, AddMigration(1));
        StateHash before = await fixture.HashAsync("bank");
        fixture.Store.FailAppend(fixture.Store.AppendCount, Fault.RefusedBeforeWrite);
        (await RunAsync(fixture, null, AddMigration(2))).ShouldBeOfType<CallOutcome.Refused>();
        (await fixture.HashAsync("bank")).ShouldBe(before);
        (await RunAsync(fixture, null, AddMigration(2))).ShouldBeOfType<CallOutcome.Committed>();
        (await fixture.RebuildAsync("bank")).StateHash.ShouldBe(await fixture.HashAsync("bank"));
    }

    private static async Task<HostFixture> BankAsync()
    {
        HostFixture fixture = await HostFixture.StartAsync(hasSnapshots: true);
        await fixture.PublishAsync("bank");
        return fixture;
    }

    private static Task<CallOutcome> RunAsync(
        HostFixture fixture, string? reducer, HostRows rows, byte[]? arguments = null, Identity? caller = null)
    {
        fixture.Host.TryFind("bank", out ModuleLoop loop).ShouldBeTrue();
        var work = new HostWork(reducer, arguments ?? [], rows, caller ?? Ann);
        loop.Enqueue(work);
        return work.Answer;
    }

    private static HostRows AddMigration(byte number) => overlay =>
    {
        using var row = new PayloadWriter();
        row.UInt32(number);
        row.String("1.0.0");
        row.String("1.1.0");
        row.Int64(7);
        row.String("a test");
        int table = overlay.Schema.FindTable(SystemTables.Migrations)!.Number;
        overlay.Insert(table, row.Written, out _).ShouldBe(WriteOutcome.Done);
    };

    private static byte[] Text(string text)
    {
        var writer = new System.Buffers.ArrayBufferWriter<byte>();
        writer.WriteString(text);
        return writer.WrittenSpan.ToArray();
    }

    private static long CountOf(ModuleProjection projection, string table) => projection.State!.FindTable(table)!.Count;

    private static async Task<RecordedEvent[]> EventsAsync(HostFixture fixture, Revision from, int count)
    {
        List<RecordedEvent> events = [];
        await foreach (ReadOnlyMemory<RecordedEvent> batch in fixture.Store.ReadStreamAsync(
            StreamNames.Module("bank"), ReadDirection.Forwards, from, count, TestContext.Current.CancellationToken))
        {
            foreach (RecordedEvent recorded in batch.ToArray())
                events.Add(recorded with { Data = recorded.Data.ToArray(), Metadata = recorded.Metadata.ToArray() });
        }

        return [.. events];
    }
}
