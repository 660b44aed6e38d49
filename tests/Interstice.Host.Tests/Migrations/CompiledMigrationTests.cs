using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Reexecution;
using Interstice.Host.Tests.Reexecution;
using Interstice.Kernel.Hashing;
using Interstice.Kernel.Migrations;

namespace Interstice.Host.Tests.Migrations;

/// <summary>Goal: migrations that the guest SDK compiled do on the host what their sources say (tests/modules/assemblyscript).</summary>
public sealed class CompiledMigrationTests
{
    private const string Name = "directory";

    private static readonly string[] Persons =
        ["""{"id":1,"sorted_by":"Brewster Hopper, Grace","sayings":["second"]}""", """{"id":3,"sorted_by":"Lovelace, Ada","sayings":["first","third"]}"""];

    [Fact]
    public async Task Both_migrations_run_in_one_publication_and_replay_runs_none()
    {
        HostFixture host = await HostFixture.StartAsync();
        await StartAsync(host);
        PublishResult result = await host.PublishAsync("directory-three");
        result.Steps.Select(MigrationStep.Parse).OfType<MigrationStep.RunReducer>().Select(step => step.Reducer).ShouldBe(["split", "join"]);
        (await RowsModule.RowsAsync(host.Host, "persons", Name)).ShouldBe(Persons);
        foreach (string table in (string[])["people", "sayings"])
            (await host.Host.ViewAsync(Name, projection => projection.State!.FindTable(table))).ShouldBeNull();

        StateHash hash = await host.HashAsync(Name);
        (await host.RebuildAsync(Name)).StateHash.ShouldBe(hash);
        ReexecutionResult again = await ReexecutionTests.HistoryOf(host.Journal).ReexecuteAsync(Name, new());
        again.Differences.ShouldBeEmpty();
        again.Migrations.ShouldBe(2);
        string directory = await host.StopAsync();
        await using HostFixture restarted = await HostFixture.StartAsync(directory);
        (await restarted.HashAsync(Name)).ShouldBe(hash);
        (await RowsModule.RowsAsync(restarted.Host, "persons", Name)).ShouldBe(Persons);
        await restarted.CommitAsync(Name, "add", "Alan", "Turing");
        (await RowsModule.RowsAsync(restarted.Host, "persons", Name))[^1].ShouldBe("""{"id":4,"sorted_by":"Turing, Alan","sayings":[]}""");
    }

    [Fact]
    public async Task A_text_given_to_ensure_refuses_the_publication()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        await StartAsync(host);
        await host.CommitAsync(Name, "add", "Plato", 0);
        StateHash hash = await host.HashAsync(Name);
        string told = "failed: Plato has one name only";
        (await host.Host.PlanAsync(HostFixture.Binary("directory-three"))).Refusals.ShouldHaveSingleItem().ShouldContain(told);
        ModuleRefusedException refused = await Should.ThrowAsync<ModuleRefusedException>(() => host.PublishAsync("directory-three"));
        refused.Message.ShouldContain(told);
        (await host.HashAsync(Name)).ShouldBe(hash);
        await host.CommitAsync(Name, "add", "Aristotle", 0);
    }

    [Fact]
    public async Task Where_the_module_is_new_no_migration_runs()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        (await host.PublishAsync("directory-three")).Steps.ShouldBeEmpty();
        await host.CommitAsync(Name, "add", "Alan", "Turing");
        (await RowsModule.RowsAsync(host.Host, "persons", Name)).ShouldHaveSingleItem().ShouldContain("Turing, Alan");
    }

    private static async Task StartAsync(HostFixture host)
    {
        await host.PublishAsync("directory-one");
        await host.CommitAsync(Name, "add", "Grace Brewster Hopper", 1906);
        await host.CommitAsync(Name, "add", "Somebody Else", 1900);
        await host.CommitAsync(Name, "add", "Ada Lovelace", 1815);
        await host.CommitAsync(Name, "remove", 2);
        await host.CommitAsync(Name, "say", 3, "first");
        await host.CommitAsync(Name, "say", 1, "second");
        await host.CommitAsync(Name, "say", 3, "third");
    }
}
