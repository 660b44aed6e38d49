using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Ownership;
using Interstice.Host.Projections;
using Interstice.Host.Replay;
using Interstice.Host.Snapshots;
using Interstice.Journal;
using Interstice.Kernel.Events;
using Interstice.TestKit.Journals;
using Fault = Interstice.TestKit.EventStores.FaultInjectingStore.Fault;

namespace Interstice.Host.Tests.Tables;

public sealed class EphemeralTableTests
{
    private const string Presence =
        """{"table":{"name":"presence","columns":[{"name":"id","type":"u64","primaryKey":true,"autoInc":true},{"name":"who","type":"string","unique":true}],"kind":"ephemeral"}}""";

    private const string Notes =
        """{"table":{"name":"notes","columns":[{"name":"id","type":"u64","primaryKey":true,"autoInc":true},{"name":"text","type":"string"}]}}""";

    private const string Pings = """{"table":{"name":"pings","columns":[{"name":"at","type":"u64"}],"kind":"event"}}""";

    private const string Rang = """{"event":{"name":"rang","type":"u64"}}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ephemeral_rows_stay_between_calls_and_are_in_no_event_and_no_hash()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        ScriptedHost module = await PublishAsync(host);
        await module.RunAsync(new Script().Insert("notes", Note(module, 0, "a")));
        var hash = await host.HashAsync("script");
        Revision before = await module.ViewAsync(projection => projection.Revision);

        CallOutcome outcome = await module.CallAsync(new Script().Insert("presence", Person(module, 1, "ann")).Insert("presence", Person(module, 2, "bob")));

        CallOutcome.Committed committed = outcome.ShouldBeOfType<CallOutcome.Committed>();
        (committed.Mutations, committed.Revision).ShouldBe((2, before));
        var read = await module.ReadAsync(new Script().CountRows("presence").Get("presence", module.Key("presence", "who", "\"bob\""), "who"));
        (read[0].Value, module.Text("presence", read[1].Content)).ShouldBe((2, """{"id":"2","who":"bob"}"""));
        (await host.HashAsync("script")).ShouldBe(hash);
        (await host.RebuildAsync("script")).StateHash.ShouldBe(hash);
        (await host.RebuildAsync("script")).State!.FindTable("presence")!.Count.ShouldBe(0);
    }

    [Fact]
    public async Task One_call_may_write_both_kinds_and_only_the_logged_row_is_an_event()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        ScriptedHost module = await PublishAsync(host);
        Revision before = await module.ViewAsync(projection => projection.Revision);
        CallOutcome outcome = await module.CallAsync(new Script()
            .Insert("presence", Person(module, 5, "ann")).Insert("notes", Note(module, 0, "a")).Insert("presence", Person(module, 6, "bob")));
        CallOutcome.Committed committed = outcome.ShouldBeOfType<CallOutcome.Committed>();
        (committed.Mutations, committed.Revision).ShouldBe((3, before + 2), "an ownership and one event");
        (await module.CountAsync("presence"), await module.CountAsync("notes")).ShouldBe((2, 1));
        (await host.RebuildAsync("script")).StateHash.ShouldBe(await host.HashAsync("script"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_restart_empties_ephemeral_tables_and_their_counters(bool hasSnapshots)
    {
        HostFixture host = await HostFixture.StartAsync(hasSnapshots: hasSnapshots);
        ScriptedHost module = await PublishAsync(host);
        await module.RunAsync(new Script().Insert("notes", Note(module, 0, "a")).Insert("presence", Person(module, 70, "ann")));
        var hash = await host.HashAsync("script");
        if (hasSnapshots) await SnapshotTaking.RunAsync(host.Snapshots, host.Journal, "script", 1, TimeProvider.System, null, Cancel);

        await using HostFixture again = await HostFixture.StartAsync(await host.StopAsync(), hasSnapshots: hasSnapshots);

        module = await ScriptedHost.FindAsync(again);
        (await again.HashAsync("script")).ShouldBe(hash);
        (await module.CountAsync("presence"), await module.CountAsync("notes")).ShouldBe((0, 1));
        var answers = await module.RunAsync(new Script().Insert("presence", Person(module, 0, "ann")));
        module.Text("presence", answers[0].Content).ShouldBe("""{"id":"1","who":"ann"}""");
    }

    public static TheoryData<string, string> Flows()
    {
        var flows = new TheoryData<string, string>();
        foreach (string read in new[] { "get", "get none", "scan", "count", "delete", "generated", "next" })
            foreach (string write in new[] { "insert", "emit", "event row" }) flows.Add(read, write);
        return flows;
    }

    [Theory]
    [MemberData(nameof(Flows))]
    public async Task What_was_read_from_an_ephemeral_table_may_not_flow_into_the_log_in_either_order(string read, string write)
    {
        await using HostFixture host = await HostFixture.StartAsync();
        ScriptedHost module = await PublishAsync(host);
        await module.RunAsync(new Script().Insert("presence", Person(module, 1, "ann")));
        var hash = await host.HashAsync("script");
        foreach (string[] order in new[] { new[] { read, write }, [write, read] })
        {
            using var script = new Script();
            foreach (string step in order) Add(script, module, step);

            CallOutcome outcome = await module.CallAsync(script);

            CallOutcome.Trapped trapped = outcome.ShouldBeOfType<CallOutcome.Trapped>($"{string.Join(", ", order)}: {outcome}");
            trapped.Kind.ShouldBe(ModuleTrapKind.EphemeralFlow);
            trapped.Error.ShouldContain("\"presence\"");
            (await module.CountAsync("presence"), await module.CountAsync("notes")).ShouldBe((1, 0));
        }

        (await host.HashAsync("script")).ShouldBe(hash);
    }

    [Theory]
    [InlineData(1, "bob", "primary key")]
    [InlineData(2, "ann", "\"who\"")]
    public async Task A_conflict_in_an_ephemeral_table_ends_the_call(int id, string who, string said)
    {
        await using HostFixture host = await HostFixture.StartAsync();
        ScriptedHost module = await PublishAsync(host);
        await module.RunAsync(new Script().Insert("presence", Person(module, 1, "ann")));

        CallOutcome outcome = await module.CallAsync(
            new Script().Insert("notes", Note(module, 0, "a")).Insert("presence", Person(module, id, who)));

        CallOutcome.Trapped trapped = outcome.ShouldBeOfType<CallOutcome.Trapped>(outcome.ToString());
        trapped.Kind.ShouldBe(ModuleTrapKind.EphemeralConflict);
        trapped.Error.ShouldContain(said);
        (await module.CountAsync("presence"), await module.CountAsync("notes")).ShouldBe((1, 0));
    }

    // Goal: what rests on an append that fails goes with it, and its caller is told so for certain, also when the append itself is found.
    // Method: an ephemeral write behind an append that is held back, which then ends in each way in which it can.
    [Theory]
    [InlineData(Fault.RefusedBeforeWrite)]
    [InlineData(Fault.UnknownNotWritten)]
    [InlineData(Fault.UnknownWritten)]
    public async Task Ephemeral_rows_behind_a_failed_append_are_undone(Fault fault)
    {
        await using HostFixture host = await HostFixture.StartAsync();
        ScriptedHost module = await PublishAsync(host);
        await module.RunAsync(new Script().Insert("notes", Note(module, 0, "a")));
        await module.RunAsync(new Script().Insert("presence", Person(module, 1, "ann")));
        host.Store.FailAppend(host.Store.AppendCount, fault);
        host.Store.CloseGate();
        int appends = host.Store.AppendCount;
        Task<CallOutcome> logged = module.CallAsync(new Script().Insert("notes", Note(module, 0, "b")));
        await WaitFor.ConditionAsync(() => host.Store.AppendCount > appends, "the append to be sent");
        Task<CallOutcome> ephemeral = module.CallAsync(new Script().Insert("presence", Person(module, 2, "bob")));
        Task<CallOutcome> deleted = module.CallAsync(new Script().Delete("presence", module.Key("presence", "", "1")));
        Task<CallOutcome> both = module.CallAsync(
            new Script().Insert("presence", Person(module, 3, "cid")).Insert("notes", Note(module, 0, "c")));
        await WaitFor.ConditionAsync(() => host.Store.AppendCount > appends + 1, "all three to have run");
        host.Store.OpenGate();

        bool isWritten = fault == Fault.UnknownWritten;
        foreach (Task<CallOutcome> call in new[] { logged, both })
        {
            if (isWritten) (await call).ShouldBeOfType<CallOutcome.Committed>();
            else (await call).ShouldBeOfType<CallOutcome.Refused>().Kind.ShouldBe(CallRefusal.NotCommitted);
        }

        foreach (Task<CallOutcome> call in new[] { ephemeral, deleted })
            (await call).ShouldBeOfType<CallOutcome.Refused>().Kind.ShouldBe(CallRefusal.NotCommitted);
        (await module.CountAsync("presence"), await module.CountAsync("notes")).ShouldBe((1, isWritten ? 3 : 1));
        await module.RunAsync(new Script().Insert("presence", Person(module, 2, "bob")).Insert("notes", Note(module, 0, "d")));
        ModuleProjection rebuilt = await host.RebuildAsync("script");
        (await module.ViewAsync(projection => (projection.StateHash, projection.Revision, projection.TransactionCount)))
            .ShouldBe((rebuilt.StateHash, rebuilt.Revision, rebuilt.TransactionCount));
    }

    [Fact]
    public async Task Ephemeral_writes_behind_an_append_in_flight_are_answered_when_it_is_durable()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        ScriptedHost module = await PublishAsync(host);
        await module.RunAsync(new Script().Insert("notes", Note(module, 0, "a")));
        host.Store.CloseGate();
        int appends = host.Store.AppendCount;
        Task<CallOutcome> logged = module.CallAsync(new Script().Insert("notes", Note(module, 0, "b")));
        await WaitFor.ConditionAsync(() => host.Store.AppendCount > appends, "the append to be sent");
        Task<CallOutcome>[] ephemeral = [.. Enumerable.Range(1, 50).Select(i => module.CallAsync(new Script().Insert("presence", Person(module, i, $"p{i}"))))];
        ephemeral.ShouldAllBe(call => !call.IsCompleted);
        host.Store.OpenGate();
        (await logged).ShouldBeOfType<CallOutcome.Committed>();
        foreach (Task<CallOutcome> call in ephemeral) (await call).ShouldBeOfType<CallOutcome.Committed>();
        (await module.CountAsync("presence")).ShouldBe(50);
        for (int i = 0; i < 20; i++)
        {
            await module.RunAsync(new Script().Delete("presence", module.Key("presence", "", $"{i + 1}")));
            await module.RunAsync(new Script().Insert("notes", Note(module, 0, $"{i}")));
        }

        host.Store.FailAppend(host.Store.AppendCount, Fault.RefusedBeforeWrite);
        (await module.CallAsync(new Script().Insert("notes", Note(module, 0, "lost")))).ShouldBeOfType<CallOutcome.Refused>();
        (await module.CountAsync("presence"), await module.CountAsync("notes")).ShouldBe((30, 22));
    }

    [Fact]
    public async Task A_build_over_the_same_tables_finds_the_ephemeral_rows_there()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        ScriptedHost module = await PublishAsync(host);
        await module.RunAsync(new Script().Insert("presence", Person(module, 1, "ann")));
        byte[] next = [.. ScriptedModule.Binary(Presence, Notes, Pings, Rang), 0, 2, 1, (byte)'x'];
        (await host.Mediator.Send(new PublishModule(next, HostFixture.Tester), Cancel)).Changed.ShouldBeTrue();
        (await module.CountAsync("presence")).ShouldBe(1);
    }

    // Goal: who takes over begins with empty ephemeral tables, and who lost keeps none that it could show when it follows.
    [Fact]
    public async Task Ephemeral_tables_are_empty_after_a_fail_over_on_both_hosts()
    {
        var options = new JournalOptions { Directory = "/memory", SegmentBytes = 8 << 20 };
        await using JournalStore journal = await JournalStore.OpenAsync(options, null, new MemoryFiles(), Cancel);
        await using SharedHost first = await SharedHost.StartAsync(journal);
        ScriptedHost module = await ScriptedHost.PublishAsync(first.Host, first.Mediator, Presence, Notes);
        await module.RunAsync(new Script().Insert("notes", Note(module, 0, "a")));
        await module.RunAsync(new Script().Insert("presence", Person(module, 1, "ann")));
        await using SharedHost second = await SharedHost.StartAsync(journal);
        ScriptedHost there = await ScriptedHost.FindAsync(second.Host, second.Mediator);
        (await there.CountAsync("presence")).ShouldBe(0);

        await there.RunAsync(new Script().Insert("notes", Note(there, 0, "b")).Insert("presence", Person(there, 9, "eve")));
        CallOutcome lost = await module.CallAsync(new Script().Insert("notes", Note(module, 0, "c")));

        lost.ShouldBeOfType<CallOutcome.Refused>(lost.ToString()).Kind.ShouldBe(CallRefusal.NotOwner);
        await WaitFor.ConditionAsync(() => first.Host.StandingOf("script")!.Role == ModuleRole.Following, "the first host to follow");
        (await module.CountAsync("presence")).ShouldBe(0);
        var projection = new ModuleProjection("script") { ComparesEveryHash = true };
        await ModuleReplay.RunAsync(journal, projection, null, TimeProvider.System, null, Cancel);
        (await there.ViewAsync(other => other.StateHash)).ShouldBe(projection.StateHash);
    }

    private static Task<ScriptedHost> PublishAsync(HostFixture host) => ScriptedHost.PublishAsync(host, Presence, Notes, Pings, Rang);

    private static byte[] Person(ScriptedHost module, int id, string who) =>
        module.Row("presence", $$"""{"id":{{id}},"who":"{{who}}"}""");

    private static byte[] Note(ScriptedHost module, int id, string text) =>
        module.Row("notes", $$"""{"id":{{id}},"text":"{{text}}"}""");

    private static void Add(Script script, ScriptedHost module, string step)
    {
        _ = step switch
        {
            "get" => script.Get("presence", module.Key("presence", "", "1")),
            "get none" => script.Get("presence", module.Key("presence", "", "99")),
            "scan" => script.Scan("presence"),
            "next" => script.Open("presence").Next(0, 1000),
            "count" => script.CountRows("presence"),
            "delete" => script.Delete("presence", module.Key("presence", "", "1")),
            "generated" => script.Insert("presence", Person(module, 0, "new")),
            "insert" => script.Insert("notes", Note(module, 0, "x")),
            "emit" => script.Emit("rang", [1, 0, 0, 0, 0, 0, 0, 0]),
            "event row" => script.Insert("pings", [1, 0, 0, 0, 0, 0, 0, 0]),
            _ => throw new ArgumentException(step, nameof(step)),
        };
    }
}
