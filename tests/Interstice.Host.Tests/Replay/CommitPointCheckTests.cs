using Interstice.Host.Modules;
using Interstice.Host.Projections;
using Interstice.Host.Replay;
using Interstice.Host.Tests.Reducers;
using Interstice.Journal;
using Interstice.Kernel.Events;
using Interstice.TestKit;

namespace Interstice.Host.Tests.Replay;

/// <summary>Goal: what a commit point promises is looked for, found where it is, missed where it is lost, and not taken for lost where it is only not there yet.
/// Method: logs of a host that ends between the steps of a transaction, whole and copied without some events.</summary>
public sealed class CommitPointCheckTests
{
    private static readonly ModuleHostOptions Impatient = new() { Loop = new() { ResolveTimeout = TimeSpan.FromMilliseconds(100) } };

    private static readonly Script Everywhere = EverywhereWith(1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Parts_that_are_in_their_streams_are_found_and_modules_that_have_none_are_not_asked()
    {
        await using HostFixture host = await StartAsync();
        for (byte i = 1; i <= 5; i++) await host.CommitAsync('a', EverywhereWith(i));
        await host.CommitAsync('b', new Script().Put(7, 7).Call('c', new Script().Put(7, 7)));
        await host.CommitAsync('c', new Script().Put(8, 8));

        (await CheckAsync(host.Journal)).Describe().ShouldBe((6, "", ""));
        (await CheckAsync(host.Journal, "a")).Checked.ShouldBe(5);
        (await CheckAsync(host.Journal, "c")).Checked.ShouldBe(6);
        (await CheckAsync(host.Journal, "d")).Checked.ShouldBe(0);
    }

    // Every operation on streams of modules is one after which the host never hears of its store again.
    [Fact]
    public async Task A_commit_point_is_open_while_parts_miss_and_closed_by_the_next_host()
    {
        bool isWhole = false;
        int open = 0;
        for (int steps = 1; !isWhole; steps++)
        {
            HostFixture host = await StartAsync();
            await host.CommitAsync('a', Everywhere);
            host.Store.DiesAt = host.Store.OperationCount + steps;
            await host.RunAsync('a', EverywhereWith(2));
            isWhole = host.Store.OperationCount < host.Store.DiesAt;
            host.Store.IsUnreachable = true;
            await host.Store.SettleAsync();
            string directory = await host.StopAsync();

            await using (JournalStore left = await JournalStore.OpenAsync(new() { Directory = directory, ReadOnly = true }))
            {
                CommitPointReport report = await CheckAsync(left);
                report.Faults.ShouldBeEmpty($"{steps} steps");
                string[] missing = await MissingAsync(left);
                report.Open.SelectMany(point => point.Missing).ShouldBe(missing, $"{steps} steps");
                if (missing.Length > 0) open++;
            }

            await using HostFixture again = await HostFixture.StartAsync(directory, Impatient, prepare: store => store.TakesOneStreamOnly = true);
            await again.CommitAsync('c', new Script().Put(9, 9));
            CommitPointReport whole = await CheckAsync(again.Journal);
            (whole.Open.Count, whole.Faults.Count).ShouldBe((0, 0), $"{steps} steps");
        }

        open.ShouldBeGreaterThan(1, "also where a part missed");
    }

    [Fact]
    public async Task A_part_that_is_lost_is_a_fault_when_the_outer_module_has_gone_on()
    {
        using TemporaryDirectory directory = new();
        await using HostFixture host = await StartAsync();
        await host.CommitAsync('a', Everywhere);
        await host.CommitAsync('a', new Script().Put(2, 2));
        RecordedEvent part = (await host.Journal.ReadAsync('b'))[^1];

        await using JournalStore copy = await CopyAsync(host.Journal, directory.Path, recorded => recorded.Id == part.Id ? [] : [recorded]);

        CommitPointReport report = await CheckAsync(copy);
        report.Open.ShouldBeEmpty();
        CommitPointFault fault = report.Faults.ShouldHaveSingleItem();
        (fault.Module, fault.PartModule, fault.PartRevision, fault.IsLost).ShouldBe(("a", "b", part.Revision, true));
        fault.Expected.ShouldContain(TransactionId.OfEvent(part.Id, out _).ToString());
        (await CheckAsync(copy, "b")).Faults.ShouldHaveSingleItem();
        (await CheckAsync(copy, "c")).Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_stands_in_the_place_of_a_part_or_is_not_what_was_committed_is_a_fault()
    {
        using TemporaryDirectory first = new();
        using TemporaryDirectory second = new();
        await using HostFixture host = await StartAsync();
        await host.CommitAsync('b', new Script().Put(5, 5));
        TransactionId foreign = new(1, 2);
        RecordedEvent alone = (await host.Journal.ReadAsync('b'))[^1];
        await host.CommitAsync('a', Everywhere);
        RecordedEvent part = (await host.Journal.ReadAsync('b'))[^1];

        await using JournalStore other = await CopyAsync(
            host.Journal, first.Path, recorded => recorded.Id == part.Id ? [recorded with { Id = foreign.EventId(0), Metadata = alone.Metadata }] : [recorded]);
        CommitPointFault replaced = (await CheckAsync(other)).Faults.ShouldHaveSingleItem();
        (replaced.PartModule, replaced.PartRevision, replaced.IsLost, replaced.Found).ShouldBe(("b", part.Revision, false, part.Type));

        await using JournalStore changed = await CopyAsync(
            host.Journal, second.Path, recorded => recorded.Id == part.Id ? [recorded with { Data = alone.Data }] : [recorded]);
        CommitPointFault differs = (await CheckAsync(changed)).Faults.ShouldHaveSingleItem();
        (differs.PartModule, differs.PartRevision, differs.IsLost).ShouldBe(("b", part.Revision, false));
        differs.Expected.ShouldContain("as it was committed");
    }

    // What cannot be read in one stream says nothing of the others.
    [Fact]
    public async Task A_part_that_cannot_be_read_is_named_with_its_own_place_beside_one_that_is_lost()
    {
        using TemporaryDirectory directory = new();
        await using HostFixture host = await StartAsync();
        await host.CommitAsync('a', Everywhere);
        await host.CommitAsync('a', new Script().Put(2, 2));
        RecordedEvent unread = (await host.Journal.ReadAsync('b'))[^1];
        RecordedEvent lost = (await host.Journal.ReadAsync('c'))[^1];

        await using JournalStore copy = await CopyAsync(
            host.Journal,
            directory.Path,
            recorded => recorded.Id == lost.Id ? [] : recorded.Id == unread.Id ? [recorded with { Metadata = new byte[] { 0xFF, 1, 2 } }] : [recorded]);

        IReadOnlyList<CommitPointFault> faults = (await CheckAsync(copy)).Faults;
        faults.Select(fault => (fault.Module, fault.PartModule, fault.PartRevision, fault.IsLost)).ShouldBe(
            [("a", "b", unread.Revision, false), ("a", "c", lost.Revision, true)]);
        faults[0].Expected.ShouldBe("an event that can be read");
    }

    [Fact]
    public async Task More_faults_than_are_listed_are_counted_and_those_of_a_repair_take_no_place_among_them()
    {
        const int Copies = CommitPointCheck.FaultsMax / 2 + 1;
        using TemporaryDirectory directory = new();
        await using HostFixture host = await StartAsync();
        await host.CommitAsync('a', Everywhere);
        RecordedEvent point = (await host.Journal.ReadAsync('a')).Last(recorded => recorded.Type == EventTypes.GroupCommitted);

        await using JournalStore copy = await CopyAsync(host.Journal, directory.Path, recorded => recorded.Id != point.Id
            ? [recorded]
            : [.. Enumerable.Range(0, Copies).Select(i => recorded with { Id = new TransactionId(7, (uint)i).EventId(0) }), recorded]);

        CommitPointReport report = await CheckAsync(copy);
        (report.Checked, report.FaultCount, report.Faults.Count).ShouldBe((Copies + 1, 2 * Copies, CommitPointCheck.FaultsMax));

        // A hole where the last copy stands: all copies but that one were committed before it, and the parts come behind it.
        RecordedEvent last = (await copy.ReadAsync('a')).Where(recorded => recorded.Type == EventTypes.GroupCommitted).SkipLast(1).Last();
        IReadOnlyList<ulong> holes = [last.Position.Commit];
        CommitPointReport repaired = await CommitPointCheck.RunAsync(copy, new CommitPointScope { ListHoles = _ => Task.FromResult(holes) }, Cancel);
        repaired.FaultCount.ShouldBe(2);
        repaired.Faults.ShouldAllBe(fault => fault.Revision == last.Revision);
    }

    [Fact]
    public async Task Commit_points_are_found_in_the_streams_of_the_modules_that_are_named()
    {
        await using HostFixture host = await StartAsync();
        for (byte i = 1; i <= 3; i++) await host.CommitAsync('a', EverywhereWith(i));
        await host.CommitAsync('b', new Script().Put(7, 7).Call('c', new Script().Put(7, 7)));

        foreach ((string[] modules, int count) in (IEnumerable<(string[], int)>)[(["a", "b", "c"], 4), (["a"], 3), (["b"], 1), (["c"], 0)])
            (await CommitPointCheck.RunAsync(host.Journal, new CommitPointScope { OuterModules = modules }, Cancel)).Describe().ShouldBe((count, "", ""));
        foreach ((string module, bool has) in (IEnumerable<(string, bool)>)[("a", true), ("b", true), ("c", false)])
        {
            var every = new ModuleProjection(module) { ComparesEveryHash = true };
            (await ModuleReplay.RunAsync(host.Journal, every, null, TimeProvider.System, null, Cancel)).HasCommitPoint.ShouldBe(has, module);
            var fast = new ModuleProjection(module);
            (await ModuleReplay.RunAsync(host.Journal, fast, null, TimeProvider.System, null, Cancel)).HasCommitPoint.ShouldBe(has, module);
        }
    }

    // Another host took the outer module over before the commit point arrived: nothing was committed, and no part comes.
    [Fact]
    public async Task A_void_commit_point_promises_nothing()
    {
        using TemporaryDirectory directory = new();
        await using HostFixture host = await StartAsync();
        await host.CommitAsync('a', Everywhere);
        RecordedEvent point = (await host.Journal.ReadAsync('a')).Last(recorded => recorded.Type == EventTypes.GroupCommitted);
        TransactionId id = TransactionId.OfEvent(point.Id, out _);
        byte[] ownership = new OwnershipTaken(Guid.NewGuid(), 1_000).ToBytes();

        await using JournalStore copy = await CopyAsync(host.Journal, directory.Path, recorded =>
        {
            if (recorded.Id == point.Id)
                return [recorded with { Id = Guid.NewGuid(), Type = EventTypes.OwnershipTaken, Data = ownership, Metadata = default }, recorded];
            bool isPart = recorded.Stream != point.Stream && EventTypes.IsOfTransaction(recorded.Type) && TransactionId.OfEvent(recorded.Id, out _) == id;
            return isPart ? [] : [recorded];
        });

        (await CheckAsync(copy)).Describe().ShouldBe((0, "", ""));
    }

    private static Script EverywhereWith(byte value) =>
        new Script().Put(1, value).Call('b', new Script().Put(1, value).Call('c', new Script().Put(1, value)));

    private static Task<HostFixture> StartAsync() => RelayHost.StartAsync(Impatient, hasCommitPoints: true);

    private static Task<CommitPointReport> CheckAsync(IEventStore store, string? module = null) => CommitPointCheck.RunAsync(
        store, new CommitPointScope { OnlyModule = module }, Cancel);

    // Of the last commit point, by looking through whole streams.
    private static async Task<string[]> MissingAsync(JournalStore store)
    {
        RecordedEvent point = (await store.ReadAsync('a')).Last(recorded => recorded.Type == EventTypes.GroupCommitted);
        TransactionId id = TransactionId.OfEvent(point.Id, out _);
        List<string> missing = [];
        foreach (GroupPart part in GroupCommitted.Read(point.Data.Span).Parts)
        {
            List<RecordedEvent> there = await store.ReadAsync(part.Module[0]);
            if (!there.Exists(recorded => EventTypes.IsOfTransaction(recorded.Type) && TransactionId.OfEvent(recorded.Id, out _) == id)) missing.Add(part.Module);
        }

        return [.. missing];
    }

    // A journal with the same events in the same order, but for what is changed on the way.
    private static async Task<JournalStore> CopyAsync(JournalStore from, string directory, Func<RecordedEvent, RecordedEvent[]> change)
    {
        JournalStore copy = await JournalStore.OpenAsync(new() { Directory = directory });
        await foreach (ReadOnlyMemory<RecordedEvent> batch in from.ReadAllAsync(
            ReadDirection.Forwards, Position.Start, new EventFilter.All(), cancellationToken: Cancel))
        {
            foreach (RecordedEvent recorded in batch.ToArray().SelectMany(change))
            {
                EventData[] one = [new(recorded.Id, recorded.Type, recorded.IsJson, recorded.Data, recorded.Metadata)];
                (await copy.AppendAsync(recorded.Stream, ExpectedRevision.Any, one, Cancel)).ShouldBeOfType<AppendResult.Appended>();
            }
        }

        return copy;
    }
}

file static class ReportText
{
    public static (long Checked, string Open, string Faults) Describe(this CommitPointReport report) =>
        (report.Checked, string.Join("; ", report.Open), string.Join("; ", report.Faults));
}
