using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Projections;
using Interstice.Host.Reexecution;
using Interstice.Host.Replay;
using Interstice.Host.Snapshots;
using Interstice.Host.Tests.Reexecution;
using Interstice.Journal;
using Interstice.Kernel.Events;
using Interstice.Kernel.Hashing;
using Interstice.Kernel.Migrations;
using Interstice.TestKit;
using static Interstice.Host.Tests.Migrations.MigratingModule;
using static Interstice.TestKit.EventStores.FaultInjectingStore;

namespace Interstice.Host.Tests.Migrations;

/// <summary>Goal: a migration that code does is done once, wholly or not at all, and never again: whoever replays the log needs no code.</summary>
public sealed class ReducerMigrationTests
{
    private static readonly string[] SplitRows =
        ["""{"id":1,"first":"Ada","last":"Lovelace"}""", """{"id":2,"first":"Grace","last":"Brewster Hopper"}"""];

    [Fact]
    public async Task Rows_are_what_the_reducer_made_of_the_old_ones_and_replay_gives_the_same_without_code()
    {
        HostFixture host = await HostFixture.StartAsync();
        await StartAsync(host);
        PublishResult result = await PublishAsync(host, Second);
        result.Steps.Select(MigrationStep.Parse).OfType<MigrationStep.RunReducer>().ShouldHaveSingleItem()
            .ShouldBe(new("split", "people", "people, names", null));
        (await RowsAsync(host, "people")).ShouldBe(SplitRows);
        (await RowsAsync(host, "names")).ShouldBe(["""{"id":1,"text":"Ada"}""", """{"id":2,"text":"Grace"}"""]);
        await InsertAsync(host, "people", """[0,"Alan","Turing"]""");

        // The third row of the first version is gone, and its number is not given out again.
        (await RowsAsync(host, "people"))[2].ShouldBe("""{"id":4,"first":"Alan","last":"Turing"}""");
        (await RowsAsync(host, "_migrations")).ShouldHaveSingleItem().ShouldContain("\"from\":\"1.0.0\",\"to\":\"2.0.0\"");
        StateHash hash = await host.HashAsync(Name);
        ModuleProjection rebuilt = await host.RebuildAsync(Name);
        rebuilt.StateHash.ShouldBe(hash);
        rebuilt.Published!.Effects.ShouldBeEmpty();
        var parallel = new ModuleProjection(Name);
        await ModuleReplay.RunAsync(
            host.Journal, parallel, null, new ReplayOptions { Threads = 3, StretchEvents = 2 }, TimeProvider.System, null, CancellationToken.None);
        parallel.StateHash.ShouldBe(hash);

        string directory = await host.StopAsync();
        await using HostFixture again = await HostFixture.StartAsync(directory);
        (await again.HashAsync(Name)).ShouldBe(hash);
        (await RowsAsync(again, "people"))[..2].ShouldBe(SplitRows);
    }

    [Fact]
    public async Task Versions_that_were_skipped_are_taken_in_order()
    {
        await using HostFixture direct = await HostFixture.StartAsync();
        await StartAsync(direct);
        await PublishAsync(direct, Third);
        string[] persons = ["""{"id":1,"name":"Lovelace, Ada"}""", """{"id":2,"name":"Brewster Hopper, Grace"}"""];
        (await RowsAsync(direct, "persons")).ShouldBe(persons);
        (await RowsAsync(direct, "names")).Length.ShouldBe(2);
        await using HostFixture oneByOne = await HostFixture.StartAsync();
        await StartAsync(oneByOne);
        await PublishAsync(oneByOne, Second);
        await PublishAsync(oneByOne, Third);
        (await RowsAsync(oneByOne, "persons")).ShouldBe(persons);
        foreach (HostFixture host in (HostFixture[])[direct, oneByOne])
        {
            (await host.Host.ViewAsync(Name, projection => projection.State!.FindTable("people"))).ShouldBeNull();
            (await host.RebuildAsync(Name)).StateHash.ShouldBe(await host.HashAsync(Name));
        }
    }

    [Fact]
    public async Task A_build_that_runs_already_is_no_second_run()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        await StartAsync(host);
        await PublishAsync(host, Second);
        Revision before = await LastAsync(host);
        (await PublishAsync(host, Second)).Changed.ShouldBeFalse();

        // Another build with the same migration does not take it either: it was taken.
        byte[] other = Build("2.0.1", Table(Split), Table(Names), ToTwoNames);
        (await PublishAsync(host, other)).Steps.ShouldBeEmpty();
        (await LastAsync(host)).ShouldBe(before.Next);
        (await RowsAsync(host, "people")).ShouldBe(SplitRows);
    }

    [Theory]
    [InlineData("trap", "unreachable")]
    [InlineData("spin", "fuel")]
    [InlineData("flood", "bytes")]
    [InlineData("write_old", "can only be read")]
    [InlineData("write_other", "does not fill table \"persons\"")]
    [InlineData("read_other", "neither reads nor fills table \"persons\"")]
    [InlineData("say", "emit was called in the migration say")]
    public async Task A_reducer_that_fails_leaves_everything_as_it_was(string reducer, string told)
    {
        await using HostFixture host = await HostFixture.StartAsync(
            options: new() { Limits = new ModuleLimits { FuelPerCall = 100_000_000 } });
        await StartAsync(host);
        byte[] failing = Build(
            "2.0.0", Table(Split), Table(Names), Table(Persons), Migration("1.0.0", "2.0.0", reducer, [People], ["\"people\"", "\"names\""]));
        await ExpectRefusedAsync(host, failing, $"reducer \"{reducer}\" of the migration from 1.0.0 to 2.0.0 failed: ", told);
    }

    [Fact]
    public async Task A_reducer_that_says_no_refuses_the_publication_with_its_words()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        await StartAsync(host);
        await InsertAsync(host, "people", """[0,"Plato"]""");
        await ExpectRefusedAsync(host, Second, "failed: somebody has one name only");
        await using HostFixture twice = await HostFixture.StartAsync();
        await StartAsync(twice);
        await InsertAsync(twice, "people", """[0,"Ada Yonath"]""");
        await ExpectRefusedAsync(twice, Second, "failed: a first name stands twice");
    }

    [Theory]
    [InlineData("""{"name":"people","columns":[{"name":"id","type":"u32","primaryKey":true},{"name":"name","type":"bytes"}]}""", "(id u32, name string) by (id)")]
    [InlineData("""{"name":"peeple","columns":[{"name":"id","type":"u32","primaryKey":true},{"name":"name","type":"string"}]}""", "there is no table \"peeple\"")]
    public async Task Tables_that_the_reducer_was_not_written_for_are_told(string reads, string told)
    {
        await using HostFixture host = await HostFixture.StartAsync();
        await StartAsync(host);
        byte[] build = Build("2.0.0", Table(Split), Table(Names), Migration("1.0.0", "2.0.0", "split", [reads], ["\"people\"", "\"names\""]));
        await ExpectRefusedAsync(host, build, told);
    }

    [Fact]
    public async Task Rows_that_nobody_reads_are_not_replaced()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        await StartAsync(host);
        byte[] build = Build("2.0.0", Table(Split), Table(Names), Migration("1.0.0", "2.0.0", "split", [], ["\"people\"", "\"names\""]));
        await ExpectRefusedAsync(host, build, "the rows of table \"people\" would be lost");
    }

    [Theory]
    [InlineData(Fault.RefusedBeforeWrite, false)]
    [InlineData(Fault.Full, false)]
    [InlineData(Fault.UnknownNotWritten, true)]
    [InlineData(Fault.UnknownWritten, true)]
    [InlineData(Fault.UnknownWrittenLate, true)]
    public async Task An_append_that_fails_publishes_all_or_nothing(Fault fault, bool isPublished)
    {
        await using HostFixture host = await HostFixture.StartAsync();
        await StartAsync(host);
        await host.Host.PlanAsync(Second);
        await PublishAsync(host, Build("1.0.0", Table(People), Table(Names)));
        byte[] next = Build(
            "2.0.0", Table(Split), Table(Names), Migration("1.0.0", "2.0.0", "split", [People, Names], ["\"people\"", "\"names\""]));
        host.Store.FailAppend(host.Store.AppendCount, fault);
        if (isPublished) (await PublishAsync(host, next)).Steps.ShouldNotBeEmpty();
        else await Should.ThrowAsync<ModuleUnavailableException>(() => PublishAsync(host, next));
        if (isPublished) (await RowsAsync(host, "people")).ShouldBe(SplitRows);
        else (await RowsAsync(host, "people"))[0].ShouldBe("""{"id":1,"name":"Ada Lovelace"}""");
        (await host.RebuildAsync(Name)).StateHash.ShouldBe(await host.HashAsync(Name));
    }

    [Fact]
    public async Task A_plan_runs_the_reducer_over_the_rows_and_changes_nothing()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        await StartAsync(host);
        (StateHash hash, Revision before) = (await host.HashAsync(Name), await LastAsync(host));
        PublicationPlan plan = await host.Host.PlanAsync(Second);
        plan.Refusals.ShouldBeEmpty();
        plan.Steps.Select(step => step.Sentence).ShouldContain("reducer \"split\" fills people, names, out of people");
        plan.Effects.ShouldHaveSingleItem().Tables.Select(table => (table.Table, table.Rows.Length)).ShouldBe([("people", 2), ("names", 2)]);
        await InsertAsync(host, "people", """[0,"Plato"]""");
        (await host.Host.PlanAsync(Second)).Refusals.ShouldHaveSingleItem().ShouldContain("somebody has one name only");
        (await LastAsync(host)).ShouldBe(before.Next);
        hash.ShouldNotBe(await host.HashAsync(Name));
        (await host.RebuildAsync(Name)).StateHash.ShouldBe(await host.HashAsync(Name));
    }

    [Fact]
    public async Task Timers_and_idempotency_keys_outlive_it()
    {
        var time = new ManualTime();
        HostFixture host = await HostFixture.StartAsync(time: time);
        await StartAsync(host);
        string ada = Convert.ToBase64String([0, 0, 0, 0, 3, 0, 0, 0, .. "Ada"u8, 4, 0, 0, 0, .. "King"u8]);
        (await host.CallAsync(Name, "later", "people", ada)).ShouldBeOfType<CallOutcome.Committed>();
        string plain = Convert.ToBase64String([0, 0, 0, 0, 6, 0, 0, 0, .. "Al One"u8]);
        var first = (CallOutcome.Committed)await host.CallWithKeyAsync("k", Name, "insert", "people", plain);
        await PublishAsync(host, Second);

        // Made again, the call is the one that was made, and the timer finds the tables of now.
        ((CallOutcome.Committed)await host.CallWithKeyAsync("k", Name, "insert", "people", plain)).Revision.ShouldBe(first.Revision);
        (await RowsAsync(host, "_timers")).Length.ShouldBe(1);
        Revision before = await LastAsync(host);
        time.Advance(TimeSpan.FromSeconds(11));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await host.Host.ViewAsync(Name, projection => projection.Revision) == before)
        {
            patience.IsCancellationRequested.ShouldBeFalse("waited in vain for the timer");
            await Task.Delay(1, Cancel); // leaves the pool to the host
            time.Advance(TimeSpan.FromMilliseconds(1)); // no more, so that no call seems to take long
        }

        string[] people = [.. SplitRows, """{"id":4,"first":"Al","last":"One"}""", """{"id":5,"first":"Ada","last":"King"}"""];
        (await RowsAsync(host, "people")).ShouldBe(people);
        (await RowsAsync(host, "_timers")).ShouldBeEmpty();
        string directory = await host.StopAsync();
        await using HostFixture again = await HostFixture.StartAsync(directory, time: time);
        ((CallOutcome.Committed)await again.CallWithKeyAsync("k", Name, "insert", "people", plain)).Revision.ShouldBe(first.Revision);
        (await RowsAsync(again, "people")).ShouldBe(people);
        (await again.RebuildAsync(Name)).StateHash.ShouldBe(await again.HashAsync(Name));
    }

    [Fact]
    public async Task A_counter_that_was_not_in_the_log_is_not_taken_over_into_a_table_that_is()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        await PublishAsync(host, Build("1.0.0", Table(People), Table(Names[..^1] + ",\"kind\":\"ephemeral\"}")));
        await InsertAsync(host, "people", """[0,"Ada Lovelace"]""");
        await InsertAsync(host, "names", """[57,"online"]""");
        await PublishAsync(host, Second);
        (await RowsAsync(host, "names")).ShouldBe(["""{"id":1,"text":"Ada"}"""]);
        (await host.RebuildAsync(Name)).StateHash.ShouldBe(await host.HashAsync(Name));
        (await ReexecutionTests.HistoryOf(host.Journal).ReexecuteAsync(Name, new())).Differences.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_snapshot_behind_it_is_used()
    {
        HostFixture host = await HostFixture.StartAsync();
        await StartAsync(host);
        await PublishAsync(host, Second);
        await InsertAsync(host, "people", """[0,"Alan","Turing"]""");
        (StateHash hash, Revision last) = (await host.HashAsync(Name), await LastAsync(host));
        SnapshotResult? taken = await SnapshotTaking.RunAsync(host.Snapshots, host.Journal, Name, 2, TimeProvider.System, null, Cancel);
        taken.ShouldNotBeNull().Name.Revision.ShouldBe(last);
        string directory = await host.StopAsync();
        await using HostFixture again = await HostFixture.StartAsync(directory, hasSnapshots: true);
        ReplayResult replayed = again.Replayed.ShouldHaveSingleItem();
        replayed.Refused.ShouldBeEmpty();
        (replayed.From, await again.HashAsync(Name)).ShouldBe((last, hash));
        (await RowsAsync(again, "people"))[..2].ShouldBe(SplitRows);
    }

    [Fact]
    public async Task Rows_that_steps_before_it_give_one_key_refuse_the_publication()
    {
        const string oneKey =
            """{"migration":{"from":"1.0.0","to":"1.5.0","steps":[{"changeColumn":{"table":"people","column":"id","type":"u32","value":"1"}}]}}""";
        byte[] build = Build("2.0.0", Table(Split), Table(Names), oneKey, Migration("1.5.0", "2.0.0", "split", [People], ["\"people\"", "\"names\""]));
        await using HostFixture host = await HostFixture.StartAsync();
        await StartAsync(host);
        const string told = "reducer \"split\" of the migration from 1.5.0 to 2.0.0 cannot read table \"people\": two rows have the primary key [1]";
        (await host.Host.PlanAsync(build)).Refusals.ShouldBe([told]);
        await ExpectRefusedAsync(host, build, told);
    }

    [Fact]
    public async Task Running_it_again_gives_the_recorded_rows_and_others_are_named()
    {
        const string stamps =
            """{"name":"stamps","columns":[{"name":"id","type":"u32","primaryKey":true},{"name":"at","type":"timestamp"},{"name":"chance","type":"i64"}]}""";
        await using HostFixture host = await HostFixture.StartAsync();
        await StartAsync(host);
        await PublishAsync(host, Build("2.0.0", Table(People), Table(stamps), Migration("1.0.0", "2.0.0", "stamp", [], ["\"stamps\""])));
        await InsertAsync(host, "people", """[0,"Alan Turing"]""");
        ReexecutionResult again = await ReexecutionTests.HistoryOf(host.Journal).ReexecuteAsync(Name, new());
        again.Differences.ShouldBeEmpty();
        (again.Migrations, again.Calls).ShouldBe((1, 5));

        // Another seed is another random number.
        Revision at = await host.Host.ViewAsync(Name, projection => projection.PublishedAt);
        await using JournalStore forged = await CopiedLog.WriteAsync(host.Journal, recorded =>
            recorded.Stream == StreamNames.Module(Name) && recorded.Revision == at ? recorded with { Data = WithSeed(recorded.Data, 7) } : recorded);
        again = await ReexecutionTests.HistoryOf(forged).ReexecuteAsync(Name, new());
        EffectDifference other = again.Differences.ShouldHaveSingleItem();
        (other.Revision, other.Reducer, other.Kind).ShouldBe((at, "migration:stamp", EffectKind.Event));
        again.DifferentCalls.ShouldBe(1);
    }

    /// <summary>Publications of the second version as nobody makes them.</summary>
    internal static readonly Func<ModulePublished, ModulePublished>[] Forgeries =
    [
        published => published with { Effects = [] },
        published => published with { Effects = [published.Effects[0] with { Tables = published.Effects[0].Tables[..1] }] },
        published => published with { Effects = [published.Effects[0], published.Effects[0]] },
        published => published with { Effects = [published.Effects[0] with { Tables = [new TableRows("people", [new byte[] { 1 }])] }] },
        published => published with { Effects = [published.Effects[0] with { Tables = [new TableRows("nobody", [])] }] },
    ];

    [Fact]
    public async Task A_publication_whose_rows_were_changed_is_damage()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        await StartAsync(host);
        await PublishAsync(host, Second);
        Revision at = await host.Host.ViewAsync(Name, projection => projection.PublishedAt);
        foreach (Func<ModulePublished, ModulePublished> change in Forgeries)
        {
            await using JournalStore forged = await CopiedLog.WriteAsync(host.Journal, recorded =>
                recorded.Stream == StreamNames.Module(Name) && recorded.Revision == at
                    ? recorded with { Data = change(ModulePublished.Read(recorded.Data.Span)).ToBytes() } : recorded);
            var projection = new ModuleProjection(Name);
            ReplayException damage = await Should.ThrowAsync<ReplayException>(() => ModuleReplay.RunAsync(
                forged, projection, null, ReplayOptions.Start, TimeProvider.System, null, CancellationToken.None));
            damage.Revision.ShouldBe(at);
        }
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static ReadOnlyMemory<byte> WithSeed(ReadOnlyMemory<byte> payload, UInt128 seed)
    {
        ModulePublished published = ModulePublished.Read(payload.Span);
        return (published with { Effects = [published.Effects[0] with { Seed = seed }] }).ToBytes();
    }

    private static async Task StartAsync(HostFixture host)
    {
        await PublishAsync(host, First);
        await InsertAsync(host, "people", """[0,"Ada Lovelace"]""");
        await InsertAsync(host, "people", """[0,"Grace Brewster Hopper"]""");
        await InsertAsync(host, "people", """[0,"Gone Soon"]""");
        CallOutcome deleted = await host.CallAsync(Name, "delete", "people", Convert.ToBase64String([1, 3, 0, 0, 0]));
        deleted.ShouldBeOfType<CallOutcome.Committed>(deleted.ToString());
    }

    private static async Task ExpectRefusedAsync(HostFixture host, byte[] binary, params string[] told)
    {
        (StateHash hash, Revision before, string[] rows) = (await host.HashAsync(Name), await LastAsync(host), await RowsAsync(host, "people"));
        ModuleRefusedException refused = await Should.ThrowAsync<ModuleRefusedException>(() => PublishAsync(host, binary));
        foreach (string words in told) refused.Message.ShouldContain(words, customMessage: refused.Message);
        refused.Reasons.ShouldHaveSingleItem();
        (await host.HashAsync(Name), await LastAsync(host)).ShouldBe((hash, before));
        (await RowsAsync(host, "people")).ShouldBe(rows);

        // The build that was in force goes on.
        await InsertAsync(host, "people", """[0,"Who Else"]""");
        (await host.RebuildAsync(Name)).StateHash.ShouldBe(await host.HashAsync(Name));
    }

    private static Task<Revision> LastAsync(HostFixture host) => host.Journal.GetLastRevisionAsync(StreamNames.Module(Name)).AsTask();

    private static Task<PublishResult> PublishAsync(HostFixture host, byte[] binary) => RowsModule.PublishAsync(host.Mediator, binary);

    private static Task InsertAsync(HostFixture host, string table, string values) =>
        RowsModule.InsertAsync(host.Mediator, host.Host, table, values, Name);

    private static Task<string[]> RowsAsync(HostFixture host, string table) => RowsModule.RowsAsync(host.Host, table, Name);
}
