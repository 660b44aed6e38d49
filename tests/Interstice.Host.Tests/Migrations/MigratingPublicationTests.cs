using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Projections;
using Interstice.Host.Replay;
using Interstice.Kernel.Events;
using Interstice.Kernel.Hashing;
using static Interstice.Host.Tests.Migrations.RowsModule;
using static Interstice.TestKit.EventStores.FaultInjectingStore;

namespace Interstice.Host.Tests.Migrations;

/// <summary>Goal: a new build over changed tables keeps every row, on the loop as in replay.</summary>
public sealed class MigratingPublicationTests
{
    private static readonly byte[] First = Build("1.0.0", Table("items", Column("name", "string")), Table("sold", Column("n", "u8")));

    private static readonly byte[] Second = Build(
        "1.1.0",
        Table("places", Column("name", "string")),
        Table("sold", Column("n", "u32")),
        Table("items", Column("price", "i64", ",\"default\":\"5\"") + Column("name", "string"), ""","indexes":[{"name":"by_name","columns":["name"]}]"""));

    private static readonly byte[] Third = Build(
        "2.0.0",
        Table("places", Column("name", "string")),
        Table("goods", Column("cents", "i64") + Column("label", "string", ",\"unique\":true")),
        Migration(
            "1.1.0",
            "2.0.0",
            """{"dropTable":{"table":"sold"}}""",
            """{"renameTable":{"table":"items","to":"goods"}}""",
            """{"renameColumn":{"table":"goods","column":"name","to":"label"}}""",
            """{"addColumn":{"table":"goods","column":"cents","value":"price * 100"}}""",
            """{"dropColumn":{"table":"goods","column":"price"}}"""));

    [Fact]
    public async Task Three_versions_in_one_log_are_replayed_to_the_same_hash_at_every_revision()
    {
        HostFixture host = await HostFixture.StartAsync();
        await RunThreeVersionsAsync(host);
        string[] goods = await RowsAsync(host.Host, "goods");
        goods.ShouldBe(
        [
            """{"id":1,"cents":"500","label":"apple"}""",
            """{"id":2,"cents":"1400","label":"pear"}""",
            """{"id":3,"cents":"7","label":"plum"}""",
        ]);
        StateHash hash = await host.HashAsync(Name);
        ModuleProjection rebuilt = await host.RebuildAsync(Name);
        (rebuilt.StateHash, rebuilt.Published!.Version).ShouldBe((hash, 3));
        Rows(rebuilt.State!, "goods").ShouldBe(goods);
        (await ReplayAsync(host, null, new ReplayOptions { Threads = 3, StretchEvents = 2 })).StateHash.ShouldBe(hash);

        // The second version again, as of its last revision.
        ModuleProjection asOf = await ReplayAsync(host, new Revision(rebuilt.PublishedAt.Value - 1), ReplayOptions.Start);
        Rows(asOf.State!, "items").ShouldBe(
            ["""{"id":1,"price":"5","name":"apple"}""", """{"id":2,"price":"14","name":"pear"}"""]);

        string directory = await host.StopAsync();
        await using HostFixture again = await HostFixture.StartAsync(directory);
        (await again.HashAsync(Name)).ShouldBe(hash);
        await InsertAsync(again.Mediator, again.Host, "goods", """[9,"1","fig"]""");
        (await again.RebuildAsync(Name)).StateHash.ShouldBe(await again.HashAsync(Name));
        again.Host.Names.ShouldBe([Name]);
    }

    [Fact]
    public async Task What_follows_a_migration_is_replayed_by_threads_over_the_rows_that_were_there()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        await PublishAsync(host.Mediator, First);
        for (int i = 1; i <= 40; i++) await InsertAsync(host.Mediator, host.Host, "items", $"[{(i * 7) % 41},\"n{i % 5}\"]");
        await PublishAsync(host.Mediator, Second);
        for (int i = 100; i < 140; i++) await InsertAsync(host.Mediator, host.Host, "items", $"[{i},\"{i % 3}\",\"n{i % 5}\"]");
        for (int i = 1; i <= 40; i += 3) await DeleteAsync(host, "items", (byte)i);
        for (int i = 2; i <= 40; i += 3) await UpdateAsync(host, "items", [(byte)i, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, (byte)'u', (byte)(i % 4)]);
        StateHash hash = await host.HashAsync(Name);
        string[] rows = await RowsAsync(host.Host, "items");
        for (int stretch = 1; stretch < 40; stretch += 6)
        {
            ModuleProjection replayed = await ReplayAsync(host, null, new ReplayOptions { Threads = 3, StretchEvents = stretch });
            replayed.StateHash.ShouldBe(hash);
            replayed.TransactionCount.ShouldBe(40 + 40 + 14 + 13);
            Rows(replayed.State!, "items").ShouldBe(rows);
            foreach (Kernel.Tables.Table table in replayed.State!.Tables.ToArray().Where(table => table.Schema.PrimaryKey is not null)) table.Verify();
            await ReplayAsync(host, new Revision(60), new ReplayOptions { Threads = 2, StretchEvents = stretch });
        }

        (await host.RebuildAsync(Name)).StateHash.ShouldBe(hash);
    }

    [Fact]
    public async Task A_snapshot_of_any_version_is_gone_on_from()
    {
        HostFixture host = await HostFixture.StartAsync(hasSnapshots: true);
        await PublishAsync(host.Mediator, First);
        await InsertAsync(host.Mediator, host.Host, "items", """[1,"apple"]""");
        await TakeAsync(host);
        await PublishAsync(host.Mediator, Second);
        await TakeAsync(host);
        string directory = await host.StopAsync();

        // Begins with the snapshot that was taken right behind the migration.
        host = await HostFixture.StartAsync(directory, hasSnapshots: true);
        host.Replayed.ShouldHaveSingleItem().Events.ShouldBe(0);
        (await RowsAsync(host.Host, "items")).ShouldBe(["""{"id":1,"price":"5","name":"apple"}"""]);
        await PublishAsync(host.Mediator, Third);
        StateHash hash = await host.HashAsync(Name);
        await host.StopAsync();

        // The publication behind the snapshot is taken from the log.
        await using HostFixture again = await HostFixture.StartAsync(directory, hasSnapshots: true);
        again.Replayed.ShouldHaveSingleItem().Events.ShouldBeGreaterThan(0);
        (await again.HashAsync(Name)).ShouldBe(hash);
        (await again.RebuildAsync(Name)).StateHash.ShouldBe(hash);
    }

    [Fact]
    public async Task Tables_that_cannot_follow_are_refused_with_every_reason_and_nothing_is_written()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        await PublishAsync(host.Mediator, First);
        await InsertAsync(host.Mediator, host.Host, "items", """[1,"apple"]""");
        Revision before = await host.Journal.GetLastRevisionAsync(StreamNames.Module(Name));
        StateHash hash = await host.HashAsync(Name);
        byte[] other = Build("1.1.0", Table("items", Column("name", "u8")));
        ModuleRefusedException refused = await Should.ThrowAsync<ModuleRefusedException>(() => PublishAsync(host.Mediator, other));
        refused.Kind.ShouldBe(ModuleRefusalKind.Incompatible);
        refused.Reasons.Count.ShouldBe(2);
        foreach (string reason in refused.Reasons) refused.Message.ShouldContain(reason);
        (await host.Journal.GetLastRevisionAsync(StreamNames.Module(Name))).ShouldBe(before);
        await InsertAsync(host.Mediator, host.Host, "items", """[2,"apple"]""");

        // Whether it can be taken depends on the rows.
        byte[] unique = Build("1.1.0", Table("items", Column("name", "string", ",\"unique\":true")), Table("sold", Column("n", "u8")));
        refused = await Should.ThrowAsync<ModuleRefusedException>(() => PublishAsync(host.Mediator, unique));
        refused.Reasons.ShouldHaveSingleItem().ShouldStartWith("table \"items\": rows [1] and [2] have the same key in the unique index \"name\"");
        (await RowsAsync(host.Host, "items")).Length.ShouldBe(2);
        (await host.RebuildAsync(Name)).StateHash.ShouldBe(await host.HashAsync(Name));
        hash.ShouldNotBe(await host.HashAsync(Name));
    }

    [Fact]
    public async Task A_plan_is_tried_over_the_rows_and_changes_nothing()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        (await host.Host.PlanAsync(First)).ShouldSatisfyAllConditions(
            plan => (plan.Version, plan.CurrentVersion, plan.Steps.Length).ShouldBe((1, null, 0)));
        await PublishAsync(host.Mediator, First);
        await InsertAsync(host.Mediator, host.Host, "items", """[1,"apple"]""");
        await InsertAsync(host.Mediator, host.Host, "items", """[2,"apple"]""");
        StateHash hash = await host.HashAsync(Name);
        PublicationPlan plan = await host.Host.PlanAsync(Second);
        (plan.Version, plan.DeclaredVersion, plan.CurrentVersion, plan.RunsAlready).ShouldBe((2, "1.1.0", "1.0.0", false));
        (plan.Steps.IsEmpty, plan.Refusals.IsEmpty).ShouldBe((false, true));
        byte[] unique = Build("1.1.0", Table("items", Column("name", "string", ",\"unique\":true")), Table("sold", Column("n", "u8")));
        (await host.Host.PlanAsync(unique)).Refusals.ShouldHaveSingleItem().ShouldContain("rows [1] and [2]");
        (await host.Host.PlanAsync(First)).RunsAlready.ShouldBeTrue();
        (await host.HashAsync(Name)).ShouldBe(hash);
        await InsertAsync(host.Mediator, host.Host, "items", """[3,"apple"]""");
        (await PublishAsync(host.Mediator, Second)).Steps.ShouldBe(plan.Steps.Select(step => step.Step.ToJson()));
        (await host.RebuildAsync(Name)).StateHash.ShouldBe(await host.HashAsync(Name));
    }

    [Fact]
    public async Task A_publication_that_was_found_in_the_stream_migrates_as_one_that_was_acknowledged()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        await PublishAsync(host.Mediator, First);
        await InsertAsync(host.Mediator, host.Host, "items", """[1,"apple"]""");
        host.Store.FailAppend(host.Store.AppendCount, Fault.UnknownWritten);
        PublishResult result = await PublishAsync(host.Mediator, Second);
        (result.Version, !result.Steps.IsEmpty).ShouldBe((2, true));
        (await RowsAsync(host.Host, "items")).ShouldBe(["""{"id":1,"price":"5","name":"apple"}"""]);
        await InsertAsync(host.Mediator, host.Host, "items", """[2,"14","pear"]""");
        (await host.RebuildAsync(Name)).StateHash.ShouldBe(await host.HashAsync(Name));
    }

    [Fact]
    public async Task A_publication_that_the_store_refuses_leaves_the_tables_as_they_were()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        await PublishAsync(host.Mediator, First);
        await InsertAsync(host.Mediator, host.Host, "items", """[1,"apple"]""");
        host.Store.FailAppend(host.Store.AppendCount, Fault.RefusedBeforeWrite);
        await Should.ThrowAsync<ModuleUnavailableException>(() => PublishAsync(host.Mediator, Second));
        (await RowsAsync(host.Host, "items")).ShouldBe(["""{"id":1,"name":"apple"}"""]);
        await InsertAsync(host.Mediator, host.Host, "items", """[2,"pear"]""");
        (await PublishAsync(host.Mediator, Second)).Version.ShouldBe(2);
        (await host.RebuildAsync(Name)).StateHash.ShouldBe(await host.HashAsync(Name));
    }

    private static async Task RunThreeVersionsAsync(HostFixture host)
    {
        await PublishAsync(host.Mediator, First);
        await InsertAsync(host.Mediator, host.Host, "items", """[1,"apple"]""");
        await InsertAsync(host.Mediator, host.Host, "sold", "[1,200]");
        (await PublishAsync(host.Mediator, Second)).Steps.ShouldNotBeEmpty();
        await InsertAsync(host.Mediator, host.Host, "items", """[2,"14","pear"]""");
        await InsertAsync(host.Mediator, host.Host, "sold", "[2,70000]");
        await PublishAsync(host.Mediator, Third);
        await InsertAsync(host.Mediator, host.Host, "goods", """[3,"7","plum"]""");
    }

    private static async Task<ModuleProjection> ReplayAsync(HostFixture host, Revision? to, ReplayOptions options)
    {
        var projection = new ModuleProjection(Name);
        await ModuleReplay.RunAsync(host.Journal, projection, to, options, TimeProvider.System, null, CancellationToken.None);
        return projection;
    }

    private static async Task DeleteAsync(HostFixture host, string table, byte id) =>
        await host.CommitAsync(Name, "delete", table, Convert.ToBase64String([1, id, 0, 0, 0]));

    private static async Task UpdateAsync(HostFixture host, string table, byte[] row) =>
        await host.CommitAsync(Name, "update", table, Convert.ToBase64String(row));

    private static async Task TakeAsync(HostFixture host) => (await Interstice.Host.Snapshots.SnapshotTaking.RunAsync(
        host.Snapshots, host.Journal, Name, 5, TimeProvider.System, null, CancellationToken.None)).ShouldNotBeNull();
}
