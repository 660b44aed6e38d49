using Interstice.Host.Modules;
using Interstice.Host.Reloading;
using Interstice.Host.Replay;
using static Interstice.Host.Tests.Migrations.RowsModule;

namespace Interstice.Host.Tests.Reloading;

/// <summary>Goal: no call is compared on other tables than the candidate has, and no table is changed behind a canary's back.</summary>
public sealed class CanaryTablesTests
{
    private const string ByLabel = """{"name":"by_label","columns":["label"]}""";
    private const string ByPlace = """{"name":"by_place","columns":["place"]}""";

    private static readonly ReloadOptions All = new() { CanaryCalls = long.MaxValue };

    private static readonly string Items = Table("items", Column("name", "string"));
    private static readonly string Sold = Table("sold", Column("name", "string"));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_build_with_its_tables_in_another_order_is_compared_by_name()
    {
        await using HostFixture host = await StartAsync(Build("1.0.0", Items, Sold));
        await InsertAsync(host.Mediator, host.Host, "items", """[1,"apple"]""");

        await ExpectCleanAsync(host, Build("1.0.1", Sold, Items), calls: 1);
    }

    [Fact]
    public async Task A_build_with_its_indexes_in_another_order_is_compared()
    {
        await using HostFixture host = await StartAsync(Build("1.0.0", Stock(ByLabel, ByPlace)));
        await InsertAsync(host.Mediator, host.Host, "stock", """[1,"apple","here"]""");

        await ExpectCleanAsync(host, Build("1.0.1", Stock(ByPlace, ByLabel)), calls: 1);
    }

    [Fact]
    public async Task Calls_that_were_made_on_tables_in_another_order_are_run_too()
    {
        await using HostFixture host = await StartAsync(Build("1.0.0", Items, Sold));
        await InsertAsync(host.Mediator, host.Host, "items", """[1,"apple"]""");
        await PublishAsync(host.Mediator, Build("1.0.1", Sold, Items));
        await InsertAsync(host.Mediator, host.Host, "sold", """[1,"apple"]""");
        await InsertAsync(host.Mediator, host.Host, "items", """[2,"pear"]""");

        await ExpectCleanAsync(host, Build("1.0.2", Sold, Items), calls: 3);
    }

    [Fact]
    public async Task Calls_before_tables_that_cannot_follow_are_passed_over()
    {
        await using HostFixture host = await StartAsync(Build("1.0.0", Items, Sold));
        await InsertAsync(host.Mediator, host.Host, "items", """[1,"apple"]""");
        await PublishAsync(host.Mediator, Build("1.1.0", Items, Migration("1.0.0", "1.1.0", """{"dropTable":{"table":"sold"}}""")));
        await InsertAsync(host.Mediator, host.Host, "items", """[2,"pear"]""");

        // It knows no way from the first tables.
        ReloadResult result = await host.Host.ReloadAsync(Name, Build("1.2.0", Items), HostFixture.Tester, All, null, Cancel);
        result.Canary!.Differences.ShouldBeEmpty();
        (result.Canary.Calls, result.Canary.NotRun).ShouldBe((1, 1));
        result.Published!.Version.ShouldBe(3);
    }

    [Fact]
    public async Task Other_tables_that_are_published_while_it_runs_are_not_migrated_by_a_reload()
    {
        await using HostFixture host = await StartAsync(Build("1.0.0", Stock(ByLabel)));
        await InsertAsync(host.Mediator, host.Host, "stock", """[1,"apple","here"]""");
        var between = new Publishing(host, Build("1.0.1", Stock(ByLabel, ByPlace)));

        await ExpectRefusedAsync(host, Build("1.0.2", Stock(ByLabel)), "meanwhile", between, version: 2);

        (await host.Host.ViewAsync(Name, projection => projection.Schema!.Tables[0].Indexes.Any(index => index.Name == "by_place"))).ShouldBeTrue();
    }

    private static string Stock(params string[] indexes) =>
        Table("stock", Column("label", "string") + Column("place", "string"), $""","indexes":[{string.Join(',', indexes)}]""");

    private static async Task<HostFixture> StartAsync(byte[] binary)
    {
        HostFixture host = await HostFixture.StartAsync();
        await PublishAsync(host.Mediator, binary);
        return host;
    }

    private static async Task ExpectCleanAsync(HostFixture host, byte[] binary, long calls)
    {
        ReloadResult result = await host.Host.ReloadAsync(Name, binary, HostFixture.Tester, All, null, Cancel);
        result.Canary!.Differences.ShouldBeEmpty();
        (result.Canary.Calls, result.Canary.NotRun).ShouldBe((calls, 0));
        result.Published.ShouldNotBeNull();
        (await host.RebuildAsync(Name)).StateHash.ShouldBe(await host.HashAsync(Name));
    }

    private static async Task ExpectRefusedAsync(
        HostFixture host, byte[] binary, string message, IProgress<ReplayProgress>? progress = null, int version = 1)
    {
        ModuleRefusedException refused = await Should.ThrowAsync<ModuleRefusedException>(() =>
            host.Host.ReloadAsync(Name, binary, HostFixture.Tester, All with { AcceptsChanges = true }, progress, Cancel));
        refused.Kind.ShouldBe(ModuleRefusalKind.Canary);
        refused.Message.ShouldContain(message);
        (await host.Host.ViewAsync(Name, projection => projection.Published!.Version)).ShouldBe(version);
    }

    // Publishes once, when the canary has read something.
    private sealed class Publishing(HostFixture host, byte[] binary) : IProgress<ReplayProgress>
    {
        private bool _isDone;

        public void Report(ReplayProgress progress)
        {
            if (_isDone) return;
            _isDone = true;
            PublishAsync(host.Mediator, binary).GetAwaiter().GetResult();
        }
    }
}
