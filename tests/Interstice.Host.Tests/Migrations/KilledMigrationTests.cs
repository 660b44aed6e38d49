using Interstice.Host.Commands;
using Interstice.Host.Projections;
using Interstice.Host.Replay;
using Interstice.Journal;
using Interstice.Kernel.Events;
using Interstice.TestKit.Journals;
using static Interstice.Host.Tests.Migrations.MigratingModule;
using static Interstice.TestKit.EventStores.FaultInjectingStore;

namespace Interstice.Host.Tests.Migrations;

/// <summary>Goal: a host that is killed anywhere in a migration by reducer leaves the tables as they were or as they are to be, whole, and
/// publishing the build again gives what it would have given at once.
/// Method: the host's connection dies at its n-th operation, for each n until the publication is through; another host starts over the store.</summary>
public sealed class KilledMigrationTests
{
    private const string OldRow = """{"id":1,"name":"Ada Lovelace"}""";
    private const string NewRow = """{"id":1,"first":"Ada","last":"Lovelace"}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_host_that_is_killed_anywhere_in_it_leaves_all_of_it_or_nothing(bool isWritten)
    {
        int old = 0;
        int done = 0;
        bool isThrough = false;
        for (int operation = 1; !isThrough; operation++)
        {
            await using JournalStore store = await JournalStore.OpenAsync(
                new JournalOptions { Directory = "/memory", SegmentBytes = 1 << 20 }, null, new MemoryFiles(), Cancel);
            isThrough = await KillAsync(store, operation, isWritten);

            await using SharedHost second = await SharedHost.StartAsync(store);
            string row = (await RowsModule.RowsAsync(second.Host, "people", Name))[0];
            row.ShouldBeOneOf(OldRow, NewRow);
            if (isThrough) row.ShouldBe(NewRow);
            if (row == OldRow) old++;
            else done++;
            await RowsModule.PublishAsync(second.Mediator, Second);
            (await RowsModule.RowsAsync(second.Host, "people", Name))[0].ShouldBe(NewRow);
            (await RowsModule.RowsAsync(second.Host, "_migrations", Name)).Length.ShouldBe(1, "once");
            ModuleProjection rebuilt = new(Name) { ComparesEveryHash = true };
            await ModuleReplay.RunAsync(store, rebuilt, null, TimeProvider.System, null, Cancel);
            rebuilt.StateHash.ShouldBe(await second.Host.ViewAsync(Name, projection => projection.StateHash));
            operation.ShouldBeLessThan(100, "it is through at some time");
        }

        done.ShouldBeGreaterThan(0);
        if (!isWritten) old.ShouldBeGreaterThan(0);
        TestContext.Current.SendDiagnosticMessage($"{old} were as before, {done} were migrated");
    }

    // Whether the publication was through before the connection died.
    private static async Task<bool> KillAsync(JournalStore store, int operation, bool isWritten)
    {
        await using SharedHost first = await SharedHost.StartAsync(store);
        await RowsModule.PublishAsync(first.Mediator, First);
        await RowsModule.InsertAsync(first.Mediator, first.Host, "people", """[0,"Ada Lovelace"]""", Name);

        // Of what is written the host never hears.
        if (isWritten) first.Store.FailAppend(first.Store.AppendCount, Fault.UnknownWritten);
        first.Store.DiesAt = first.Store.OperationCount + operation + (isWritten ? 1 : 0);
        try
        {
            await RowsModule.PublishAsync(first.Mediator, Second).WaitAsync(TimeSpan.FromSeconds(60), Cancel);
            return !first.Store.IsUnreachable;
        }
        catch (ModuleUnavailableException)
        {
            return false;
        }
    }
}
