using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Reexecution;
using Interstice.Host.Reloading;
using Interstice.Host.Tests.Migrations;
using Interstice.TestKit.Engines;

namespace Interstice.Host.Tests.Reloading;

/// <summary>Goal: a candidate whose tables are others is run over what is recorded as its tables would have it, and only what its code does
/// otherwise is told.</summary>
public sealed class MappedCanaryTests
{
    private const string Id = """{"name":"id","type":"u64","primaryKey":true,"autoInc":true}""";

    private static readonly ReloadOptions All = new() { CanaryCalls = long.MaxValue };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_build_that_only_widens_a_column_is_clean_and_takes_over()
    {
        await using HostFixture host = await TallyAsync(5, 7, 99);
        await host.CommitAsync("tally", "change", 2, 8);
        await host.CommitAsync("tally", "remove", 1);

        ReloadResult result = await host.Host.ReloadAsync("tally", HostFixture.Binary("tally_wide"), HostFixture.Tester, All, null, Cancel);

        result.Canary!.Differences.ShouldBeEmpty();
        (result.Canary.Calls, result.Canary.NotRun, result.Published!.Version).ShouldBe((5, 0, 2));
        (await RowsModule.RowsAsync(host.Host, "entries", "tally")).ShouldBe(["""{"id":2,"amount":"8"}""", """{"id":3,"amount":"99"}"""]);
        (await host.RebuildAsync("tally")).StateHash.ShouldBe(await host.HashAsync("tally"));
    }

    [Fact]
    public async Task A_build_that_widens_and_changes_the_amount_is_held_back_at_the_transactions_that_differ()
    {
        await using HostFixture host = await TallyAsync(5, 150, 7);
        CallOutcome.Committed changed = await host.CommitAsync("tally", "change", 1, 200);
        await host.CommitAsync("tally", "change", 1, 6);
        long before = changed.Revision.Value;

        ReloadResult result = await host.Host.ReloadAsync("tally", HostFixture.Binary("tally_wide"), HostFixture.Tester, All, null, Cancel);

        result.Published.ShouldBeNull();
        (result.Canary!.Calls, result.Canary.DifferentCalls).ShouldBe((5, 2));
        result.Canary.Differences.Select(difference => (difference.Revision.Value, difference.Kind, difference.Expected, difference.Found)).ShouldBe(
        [
            (before - 2, EffectKind.Event, """insert entries {"id":2,"amount":"150"}""", """insert entries {"id":2,"amount":"300"}"""),
            (before, EffectKind.Event, """update entries {"id":1,"amount":"5"} to {"id":1,"amount":"200"}""",
                """update entries {"id":1,"amount":"5"} to {"id":1,"amount":"400"}"""),
        ]);
        (await host.Host.ViewAsync("tally", projection => projection.Published!.Version)).ShouldBe(1);
    }

    [Fact]
    public async Task Columns_that_are_new_are_not_compared_and_those_that_both_have_are()
    {
        // Every row of it has another note than the default; changing an amount to what it is changes the note alone.
        await using HostFixture host = await TallyAsync(5, 7);
        await host.CommitAsync("tally", "change", 1, 6);
        ReloadResult clean = await host.Host.ReloadAsync(
            "tally", HostFixture.Binary("tally_noted"), HostFixture.Tester, All with { DifferencesMax = 3 }, null, Cancel);
        clean.Canary!.Differences.ShouldBeEmpty();
        clean.Published.ShouldNotBeNull();
        (await RowsModule.RowsAsync(host.Host, "entries", "tally")).ShouldBe(["""{"id":1,"amount":6,"note":7}""", """{"id":2,"amount":7,"note":7}"""]);

        await using HostFixture other = await TallyAsync(5, 13);
        ReloadResult held = await other.Host.ReloadAsync("tally", HostFixture.Binary("tally_noted"), HostFixture.Tester, All, null, Cancel);
        EffectDifference difference = held.Canary!.Differences.ShouldHaveSingleItem();
        difference.Expected.ShouldBe("""insert entries {"id":2,"amount":13,"note":7}""");
        difference.Found.ShouldBe("""insert entries {"id":2,"amount":14,"note":114}""");
        held.Published.ShouldBeNull();
    }

    [Fact]
    public async Task Steps_are_taken_by_recorded_rows_too()
    {
        // Amounts become cents: code that does not know it writes other values than the migration makes of the recorded ones.
        string[] cents =
        [
            .. Counter($$"""{{Id}},{"name":"cents","type":"i64"}"""),
            """{"migration":{"from":"1.0.0","to":"2.0.0","steps":[{"renameColumn":{"table":"counters","column":"value","to":"cents"}},{"changeColumn":{"table":"counters","column":"cents","value":"cents * 100"}}]}}""",
        ];
        await using HostFixture host = await CounterAsync(1, 0, 2);
        ReloadResult result = await host.Host.ReloadAsync(
            "counter", Declarations.Replace(HostFixture.Binary("counter"), cents), HostFixture.Tester, All, null, Cancel);

        result.Canary!.DifferentCalls.ShouldBe(2);
        result.Canary.Differences[0].Expected.ShouldBe("""insert counters {"id":"1","cents":"100"}""");
        result.Canary.Differences[0].Found.ShouldBe("""insert counters {"id":"1","cents":"1"}""");
    }

    [Fact]
    public async Task Rows_that_have_no_place_in_the_new_tables_are_told_with_their_revision()
    {
        // Both rows have the value 5 for a while: a unique index would have refused the second.
        await using HostFixture host = await TallyAsync(5, 5);
        await host.CommitAsync("tally", "remove", 2);
        ReloadResult result = await host.Host.ReloadAsync(
            "tally", UniqueTally(), HostFixture.Tester, All, null, Cancel);

        result.Published.ShouldBeNull();
        result.Canary!.Differences.ShouldContain(difference => difference.Expected.StartsWith("rows that have a place", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(long.MaxValue, 2, true)]
    [InlineData(1, 0, false)]
    public async Task Rows_that_had_no_place_on_the_way_do_not_hold_back_who_accepts_changes(long calls, int callsRun, bool areDifferent)
    {
        // Where all calls are looked at, the second row finds no place; where the last one is, the state that it was made on finds none.
        await using HostFixture host = await TallyAsync(5, 5);
        CallOutcome.Committed removed = await host.CommitAsync("tally", "remove", 2);
        ReloadOptions options = new() { CanaryCalls = calls };
        ReloadResult held = await host.Host.ReloadAsync("tally", UniqueTally(), HostFixture.Tester, options, null, Cancel);
        held.Published.ShouldBeNull();

        ReloadResult result = await host.Host.ReloadAsync(
            "tally", UniqueTally(), HostFixture.Tester, options with { AcceptsChanges = true }, null, Cancel);
        result.Published.ShouldNotBeNull().Version.ShouldBe(2);
        EffectDifference told = result.Canary!.Differences[^1];
        told.Expected.ShouldBe("rows that have a place in the tables of the new code");
        told.Found.ShouldContain("\"amount\"");
        told.Revision.Value.ShouldBe(removed.Revision.Value - 1);
        (result.Canary.Calls, result.Canary.NotRun, result.Canary.DifferentCalls > 0).ShouldBe((callsRun, 1, areDifferent));
        (await RowsModule.RowsAsync(host.Host, "entries", "tally")).ShouldBe(["""{"id":1,"amount":5}"""]);
        (await host.RebuildAsync("tally")).StateHash.ShouldBe(await host.HashAsync("tally"));
    }

    [Fact]
    public async Task A_row_that_moves_to_another_primary_key_has_a_place_there()
    {
        // The new code finds no row under the amount to come. Calls behind that are run over the rows that are recorded.
        string[] byAmount =
        [
            .. Tally("""{"name":"id","type":"u32"},{"name":"amount","type":"u32","primaryKey":true}"""),
            """{"migration":{"from":"1.0.0","to":"2.0.0","steps":[{"changeKey":{"table":"entries"}}]}}""",
        ];
        await using HostFixture host = await TallyAsync(5, 7);
        await host.CommitAsync("tally", "change", 1, 8);
        await host.CommitAsync("tally", "change", 2, 7);
        ReloadResult result = await host.Host.ReloadAsync(
            "tally", Declarations.Replace(HostFixture.Binary("tally"), byAmount), HostFixture.Tester, All with { AcceptsChanges = true }, null, Cancel);

        result.Canary!.NotRun.ShouldBe(0);
        result.Canary.Differences.ShouldNotContain(difference => difference.Expected.StartsWith("rows that have", StringComparison.Ordinal));
        result.Canary.Differences.ShouldContain(difference => difference.Reducer == "change" && difference.Kind == EffectKind.Ending);
        result.Published.ShouldNotBeNull();
        (await RowsModule.RowsAsync(host.Host, "entries", "tally")).ShouldBe(["""{"id":2,"amount":7}""", """{"id":1,"amount":8}"""]);
    }

    [Fact]
    public async Task Tables_that_a_reducer_makes_are_not_compared()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        await RowsModule.PublishAsync(host.Mediator, MigratingModule.First);
        ModuleRefusedException refused = await Should.ThrowAsync<ModuleRefusedException>(() =>
            host.Host.ReloadAsync(MigratingModule.Name, MigratingModule.Second, HostFixture.Tester, All, null, Cancel));
        refused.Kind.ShouldBe(ModuleRefusalKind.Canary);
        refused.Message.ShouldContain("reducer \"split\"");
        (await host.Host.ReloadAsync(MigratingModule.Name, MigratingModule.Second, HostFixture.Tester, new() { CanaryCalls = 0 }, null, Cancel))
            .Published!.Version.ShouldBe(2);
    }

    private static byte[] UniqueTally() => Declarations.Replace(
        HostFixture.Binary("tally"),
        Tally("""{"name":"id","type":"u32","primaryKey":true,"autoInc":true},{"name":"amount","type":"u32","unique":true}"""));

    private static string[] Tally(string columns) =>
    [
        """{"module":{"name":"tally","version":"2.0.0","abi":1}}""",
        $$$"""{"table":{"name":"entries","columns":[{{{columns}}}]}}""",
        """{"reducer":{"name":"add","parameters":[{"name":"amount","type":"u32"}],"result":"u32"}}""",
        """{"reducer":{"name":"change","parameters":[{"name":"id","type":"u32"},{"name":"amount","type":"u32"}]}}""",
        """{"reducer":{"name":"remove","parameters":[{"name":"id","type":"u32"}]}}""",
    ];

    private static string[] Counter(string columns) =>
    [
        """{"module":{"name":"counter","version":"2.0.0","abi":1}}""",
        $$$"""{"table":{"name":"counters","columns":[{{{columns}}}]}}""",
        """{"reducer":{"name":"add","parameters":[{"name":"value","type":"i64"}],"result":"u64"}}""",
        """{"query":{"name":"size","result":"i64"}}""",
    ];

    private static async Task<HostFixture> CounterAsync(params int[] values)
    {
        HostFixture host = await HostFixture.StartAsync();
        await host.PublishAsync("counter");
        foreach (int value in values) await host.CommitAsync("counter", "add", $"{value}");
        return host;
    }

    private static async Task<HostFixture> TallyAsync(params int[] amounts)
    {
        HostFixture host = await HostFixture.StartAsync();
        await host.PublishAsync("tally");
        foreach (int amount in amounts) await host.CommitAsync("tally", "add", amount);
        return host;
    }
}
