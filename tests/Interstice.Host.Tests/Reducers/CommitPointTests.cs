using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Reducers;
using Interstice.Host.Snapshots;
using Interstice.Kernel.Events;
using Interstice.Kernel.Hashing;
using Fault = Interstice.TestKit.EventStores.FaultInjectingStore.Fault;

namespace Interstice.Host.Tests.Reducers;

/// <summary>Goal: in a store that appends to one stream at a time a transaction over several modules happens in all of them or in none, once,
/// whatever becomes of each append and wherever the host ends.</summary>
public sealed class CommitPointTests
{
    private static readonly Script Everywhere =
        new Script().Put(1, 1).Call('b', new Script().Put(1, 1).Call('c', new Script().Put(1, 1)));

    // Changes a row in each of three modules, in other ways than the first transaction.
    private static readonly Script Next =
        new Script().Put(2, 2).Call('b', new Script().Delete(1).Put(2, 2).Emit(3).Call('c', new Script().Put(1, 9).Put(2, 2)));

    [Fact]
    public async Task The_outer_module_s_stream_holds_the_parts_of_all_others_which_follow_in_their_streams()
    {
        await using HostFixture host = await RelayHost.StartAsync(hasCommitPoints: true);

        await host.CommitAsync('a', Everywhere);

        RecordedEvent[] outer = [.. (await host.Journal.ReadAsync('a')).TakeLast(2)];
        outer.Select(recorded => recorded.Type).ShouldBe([EventTypes.GroupCommitted, EventTypes.RowInserted]);
        var group = GroupCommitted.Read(outer[0].Data.Span);
        group.Parts.Select(part => (part.Module, part.Number)).ShouldBe([("b", 1), ("c", 2)]);
        foreach (GroupPart part in group.Parts)
        {
            RecordedEvent last = (await host.Journal.ReadAsync(part.Module[0]))[^1];
            TransactionId.OfEvent(last.Id, out int index).ShouldBe(TransactionId.OfEvent(outer[0].Id, out _));
            index.ShouldBe(0);
            part.Events.Single().Data.ToArray().ShouldBe(last.Data.ToArray());
            part.Record.ToArray().ShouldBe(last.Metadata.ToArray()[..^ChainValue.Bytes]);
            last.Revision.ShouldBe(part.After.Next);
        }

        TransactionRecord.Read(outer[0].Metadata.Span).EventCount.ShouldBe(2);
    }

    [Fact]
    public async Task The_outer_module_holds_the_commit_point_although_it_changes_nothing()
    {
        await using HostFixture host = await RelayHost.StartAsync(hasCommitPoints: true);

        CallOutcome.Committed committed = await host.CommitAsync(
            'a', new Script().Call('b', new Script().Put(1, 1)).Call('c', new Script().Put(1, 1)));

        RecordedEvent last = (await host.Journal.ReadAsync('a'))[^1];
        last.Type.ShouldBe(EventTypes.GroupCommitted);
        committed.Revision.ShouldBe(last.Revision);
        committed.Mutations.ShouldBe(2);
        await host.ExpectLogsAgreeAsync();
    }

    [Theory]
    [InlineData(0, Fault.RefusedBeforeWrite)]
    [InlineData(0, Fault.Full)]
    [InlineData(0, Fault.WrongRevision)]
    [InlineData(0, Fault.UnknownNotWritten)]
    [InlineData(0, Fault.UnknownWritten)]
    [InlineData(1, Fault.RefusedBeforeWrite)]
    [InlineData(1, Fault.Full)]
    [InlineData(1, Fault.WrongRevision)]
    [InlineData(1, Fault.UnknownNotWritten)]
    [InlineData(1, Fault.UnknownWritten)]
    [InlineData(2, Fault.RefusedBeforeWrite)]
    [InlineData(2, Fault.Full)]
    [InlineData(2, Fault.WrongRevision)]
    [InlineData(2, Fault.UnknownNotWritten)]
    [InlineData(2, Fault.UnknownWritten)]
    public async Task Each_append_of_it_may_fail_in_every_way_and_the_group_goes_on_with_all_or_nothing(int append, Fault fault)
    {
        HostFixture host = await RelayHost.StartAsync(hasCommitPoints: true);
        await host.CommitAsync('a', Everywhere);
        StateHash[] before = await HashesAsync(host);
        host.Store.FailAppend(host.Store.AppendCount + append, fault);

        CallOutcome outcome = await host.RunAsync('a', Next);

        bool isCommitted = append > 0 || fault == Fault.UnknownWritten;
        if (isCommitted) outcome.ShouldBeOfType<CallOutcome.Committed>(outcome.ToString());
        else outcome.ShouldBeOfType<CallOutcome.Refused>(outcome.ToString()).Kind.ShouldBe(CallRefusal.NotCommitted);
        if (isCommitted) await ExpectNextAsync(host);
        else (await HashesAsync(host)).ShouldBe(before);
        await host.CommitAsync('c', new Script().Put(5, 5).Call('a', new Script().Put(5, 5)));
        await host.ExpectLogsAgreeAsync();
        StateHash[] last = await HashesAsync(host);

        await using HostFixture again = await RelayHost.RestartAsync(host);
        (await HashesAsync(again)).ShouldBe(last);
        await again.CommitAsync('a', Everywhere);
    }

    // Every operation on streams of modules is one after which the host never hears of its store again.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_host_that_ends_between_any_two_steps_leaves_all_or_nothing_to_the_next_one(bool hasSnapshots)
    {
        bool isWhole = false;
        int committed = 0, undone = 0;
        for (int steps = 1; !isWhole; steps++)
        {
            string directory = System.IO.Directory.CreateTempSubdirectory("interstice-host-").FullName;
            HostFixture host = await StartAsync(directory, hasSnapshots);
            foreach (char module in RelayHost.Modules) await host.PublishAsync("relay", $"{module}");
            await host.CommitAsync('a', Everywhere);
            StateHash[] before = await HashesAsync(host);
            host.Store.DiesAt = host.Store.OperationCount + steps;
            CallOutcome outcome = await host.RunAsync('a', Next);
            isWhole = host.Store.OperationCount < host.Store.DiesAt;
            host.Store.IsUnreachable = true;
            await host.Store.SettleAsync();
            if (hasSnapshots)
            {
                foreach (char module in RelayHost.Modules)
                    await SnapshotTaking.RunAsync(host.Snapshots, host.Journal, $"{module}", 1, TimeProvider.System, null, Cancel);
            }

            await host.StopAsync();

            await using HostFixture again = await StartAsync(directory, hasSnapshots);
            bool isThere = await again.ValueAsync('a', 2) == 2;
            string what = $"{steps} steps: {outcome}";
            if (outcome is CallOutcome.Committed) isThere.ShouldBeTrue(what);
            else if (outcome is CallOutcome.Refused) isThere.ShouldBeFalse(what);
            await again.CommitAsync('d', new Script().Put(1, 1).Call('c', new Script().Put(7, 7)));
            if (isThere) await ExpectNextAsync(again);
            else (await HashesAsync(again))[..2].ShouldBe(before[..2], what);
            await again.ExpectLogsAgreeAsync();
            if (isThere) committed++;
            else undone++;
        }

        committed.ShouldBeGreaterThan(2, "also where a part missed");
        undone.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_transaction_that_the_store_could_not_take_at_once_is_undone_and_says_why()
    {
        await using HostFixture host = await RelayHost.StartAsync(hasCommitPoints: true);
        StateHash[] before = await HashesAsync(host);
        host.Store.AppendBytesMaxOverride = 4_500;

        CallOutcome outcome = await host.RunAsync('a', Everywhere);

        outcome.ShouldBeOfType<CallOutcome.Trapped>(outcome.ToString()).ToString().ShouldContain("4500");
        (await HashesAsync(host)).ShouldBe(before);
        host.Store.AppendBytesMaxOverride = null;
        await host.CommitAsync('a', Everywhere);
        await host.ExpectLogsAgreeAsync();
    }

    // A host that knows module b alone runs a call of it where the part would stand.
    [Fact]
    public async Task A_group_stops_where_a_foreign_call_stands_in_the_place_of_a_part_also_after_a_restart()
    {
        string directory = await EndBehindCommitPointAsync();
        HostFixture lone = await StartWithoutAsync(directory, 'a', 'c', 'd');
        await lone.CommitAsync('b', new Script().Put(5, 5));
        directory = await lone.StopAsync();

        await using HostFixture again = await StartAsync(directory, hasSnapshots: false);
        CallOutcome outcome = await again.RunAsync('a', Next).WaitAsync(Patience, Cancel);

        var refused = outcome.ShouldBeOfType<CallOutcome.Refused>(outcome.ToString());
        refused.Kind.ShouldBe(CallRefusal.Unavailable);
        refused.Error.ShouldContain("restart the host");
        (await again.ValueAsync('c', 1)).ShouldBe(-1, "no part was appended behind one that cannot be");
    }

    [Fact]
    public async Task A_caller_is_told_that_it_is_committed_while_the_store_does_not_answer_the_claim_behind_it()
    {
        LoopOptions times = new() { ResolveTimeout = TimeSpan.FromMilliseconds(50), StopTimeout = TimeSpan.FromMilliseconds(50) };
        await using HostFixture host = await RelayHost.StartAsync(new() { Loop = times }, hasCommitPoints: true);
        await host.CommitAsync('a', Everywhere);
        host.Store.FailAppend(host.Store.AppendCount + 1, Fault.UnknownNotWritten);
        host.Store.HangsFrom = host.Store.AppendCount + 3;

        CallOutcome outcome = await host.RunAsync('a', Next).WaitAsync(Patience, Cancel);

        outcome.ShouldBeOfType<CallOutcome.Committed>(outcome.ToString());
    }

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // The commit point of a call is in its stream, and no other part.
    private static async Task<string> EndBehindCommitPointAsync()
    {
        string directory = System.IO.Directory.CreateTempSubdirectory("interstice-host-").FullName;
        HostFixture host = await StartAsync(directory, hasSnapshots: false);
        foreach (char module in RelayHost.Modules) await host.PublishAsync("relay", $"{module}");
        await host.CommitAsync('a', new Script().Put(8, 8).Call('b', new Script().Put(8, 8)).Call('c', new Script().Put(8, 8)));
        host.Store.DiesAt = host.Store.OperationCount + 2;
        CallOutcome outcome = await host.RunAsync('a', Everywhere).WaitAsync(Patience, Cancel);
        outcome.ShouldBeOfType<CallOutcome.Committed>(outcome.ToString());
        return await host.StopAsync();
    }

    private static Task<HostFixture> StartWithoutAsync(string directory, params char[] modules) => HostFixture.StartAsync(
        directory,
        new() { Loop = new() { ResolveTimeout = TimeSpan.FromMilliseconds(100) } },
        prepare: store =>
        {
            store.TakesOneStreamOnly = true;
            foreach (char module in modules) store.Hidden.Add(StreamNames.Module($"{module}"));
        });

    private static Task<HostFixture> StartAsync(string directory, bool hasSnapshots) => HostFixture.StartAsync(
        directory,
        new() { Loop = new() { ResolveTimeout = TimeSpan.FromMilliseconds(100) } },
        prepare: store => store.TakesOneStreamOnly = true,
        hasSnapshots: hasSnapshots);

    private static async Task ExpectNextAsync(HostFixture host)
    {
        (await host.ValueAsync('a', 2)).ShouldBe(2);
        (await host.ValueAsync('b', 1)).ShouldBe(-1);
        (await host.ValueAsync('b', 2)).ShouldBe(2);
        (await host.ValueAsync('c', 1)).ShouldBe(9);
        (await host.ValueAsync('c', 2)).ShouldBe(2);
        (await host.Journal.ReadAsync('b')).Count(recorded => recorded.Type == EventTypes.EventEmitted).ShouldBe(1, "once");
    }

    private static async Task<StateHash[]> HashesAsync(HostFixture host) =>
        await Task.WhenAll(RelayHost.Modules.Select(module => host.HashAsync($"{module}")));
}
