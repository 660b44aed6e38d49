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
    public async Task A_build_with_its_tables_in_another_order_is_not_compared()
    {
        await using HostFixture host = await StartAsync(Build("1.0.0", Items, Sold));
        await InsertAsync(host.Mediator, host.Host, "items", """[1,"apple"]""");

        await ExpectRefusedAsync(host, Build("1.0.1", Sold, Items), "or their order");
    }

    [Fact]
    public async Task A_build_with_its_indexes_in_another_order_is_not_compared()
    {
        await using HostFixture host = await StartAsync(Build("1.0.0", Stock(ByLabel, ByPlace)));

        await ExpectRefusedAsync(host, Build("1.0.1", Stock(ByPlace, ByLabel)), "or their order");
    }

    [Fact]
    public async Task Calls_that_were_made_on_tables_in_another_order_are_passed_over()
    {
        await using HostFixture host = await StartAsync(Build("1.0.0", Items, Sold));
        await InsertAsync(host.Mediator, host.Host, "items", """[1,"apple"]""");
        await PublishAsync(host.Mediator, Build("1.0.1", Sold, Items));
        await InsertAsync(host.Mediator, host.Host, "sold", """[1,"apple"]""");
        await InsertAsync(host.Mediator, host.Host, "items", """[2,"pear"]""");

        ReloadResult result = await host.Host.ReloadAsync(Name, Build("1.0.2", Sold, Items), HostFixture.Tester, All, null, Cancel);

        result.Canary!.Differences.ShouldBeEmpty();
        (result.Canary.Calls, result.Canary.NotRun).ShouldBe((2, 1));
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
