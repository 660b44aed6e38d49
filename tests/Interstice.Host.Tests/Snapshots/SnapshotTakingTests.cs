using Interstice.Cli.Stores;
using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Projections;
using Interstice.Host.Snapshots;
using Interstice.Kernel.Events;

namespace Interstice.Host.Tests.Snapshots;

public sealed class SnapshotTakingTests
{
    [Fact]
    public async Task As_many_snapshots_stay_as_were_asked_for_and_they_are_the_newest()
    {
        await using LoggedModule module = await LoggedModule.SmallAsync(new Random(2));
        List<string> taken = [];
        for (int i = 0; i < 5; i++)
        {
            await module.WorkAsync(3);
            taken.Add((await module.TakeAsync(keep: 3)).ShouldNotBeNull().Name.ToString());
        }

        module.SnapshotFiles.ShouldBe(taken[2..]);
        (await module.TakeAsync(keep: 1)).ShouldNotBeNull().Removed.ShouldBe(2);
        module.SnapshotFiles.ShouldBe(taken[4..]);
    }

    [Fact]
    public async Task Nothing_is_written_where_nothing_has_happened()
    {
        await using LoggedModule module = await LoggedModule.SmallAsync(new Random(2));
        await module.WorkAsync(3);
        SnapshotResult first = (await module.TakeAsync()).ShouldNotBeNull();
        first.IsNew.ShouldBeTrue();
        first.Bytes.ShouldBe(module.Files.Read(first.Name.ToString()).Length);
        SnapshotResult second = (await module.TakeAsync()).ShouldNotBeNull();
        second.IsNew.ShouldBeFalse();
        second.Name.ShouldBe(first.Name);
        second.StateHash.ShouldBe(first.StateHash);
    }

    [Fact]
    public async Task A_refused_snapshot_of_the_same_revision_is_replaced_and_other_refused_ones_stay()
    {
        await using LoggedModule module = await LoggedModule.SmallAsync(new Random(2));
        List<string> files = [];
        for (int i = 0; i < 2; i++)
        {
            await module.WorkAsync(3);
            files.Add((await module.TakeAsync()).ShouldNotBeNull().Name.ToString());
        }

        foreach (string file in files) module.Files.Replace(file, [1, 2, 3]);
        SnapshotResult taken = (await module.TakeAsync(keep: 1)).ShouldNotBeNull();
        taken.IsNew.ShouldBeTrue();
        taken.Refused.Count.ShouldBe(2);
        module.SnapshotFiles.ShouldBe(files);
        (await module.LoadAsync()).Used.ShouldBe(taken.Name);
    }

    [Fact]
    public async Task A_refused_snapshot_that_is_written_again_counts_among_those_that_stay()
    {
        await using LoggedModule module = await LoggedModule.SmallAsync(new Random(2));
        List<string> files = [];
        for (int i = 0; i < 2; i++)
        {
            await module.WorkAsync(3);
            files.Add((await module.TakeAsync()).ShouldNotBeNull().Name.ToString());
        }

        module.Files.Replace(files[1], [1, 2, 3]);
        (await module.TakeAsync(keep: 1)).ShouldNotBeNull().Removed.ShouldBe(1);
        module.SnapshotFiles.ShouldBe([files[1]]);
    }

    [Fact]
    public async Task Only_one_writer_takes_snapshots_at_a_time_and_it_removes_what_another_left()
    {
        await using LoggedModule module = await LoggedModule.SmallAsync(new Random(2));
        await module.WorkAsync(3);
        var name = new SnapshotName(LoggedModule.Name, new Revision(1));
        module.Files.Replace(name.Unfinished, [1]);
        module.Files.Replace("notes.new", [1]);
        using (new SnapshotDirectory(module.Files).TryLock().ShouldNotBeNull())
            (await Should.ThrowAsync<EventStoreException>(() => module.TakeAsync())).Kind.ShouldBe(EventStoreErrorKind.InUse);
        module.Files.List().ShouldContain(name.Unfinished);
        await module.TakeAsync();
        module.Files.List().ShouldNotContain(name.Unfinished);
        module.Files.List().ShouldContain("notes.new");
    }

    [Fact]
    public async Task A_cancelled_snapshot_leaves_nothing()
    {
        await using LoggedModule module = await LoggedModule.SmallAsync(new Random(2));
        await module.WorkAsync(3);
        using var cancelled = new CancellationTokenSource();
        module.Files.BeforeSync = cancelled.Cancel;
        await cancelled.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => SnapshotTaking.RunAsync(
            module.Snapshots, module.Store, LoggedModule.Name, 1, TimeProvider.System, null, cancelled.Token));
        module.SnapshotFiles.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_log_that_does_not_give_the_hash_it_recorded_gets_no_snapshot()
    {
        await using LoggedModule module = await LoggedModule.SmallAsync(new Random(2));
        await module.WorkAsync(3);
        module.Model.GetTable(0).Insert([255, 0, 0]);
        await module.TransactAsync();
        await Should.ThrowAsync<ReplayException>(() => module.TakeAsync());
        module.SnapshotFiles.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_running_host_takes_snapshots_while_it_works_and_the_next_host_begins_with_one()
    {
        var options = new ModuleHostOptions
        {
            Snapshots = new() { EveryEvents = 50, Keep = 3, CheckInterval = TimeSpan.FromMilliseconds(1) },
        };
        HostFixture first = await HostFixture.StartAsync(options: options, hasSnapshots: true);
        await first.PublishAsync("bank");
        while (first.SnapshotFiles.Length < 3) await first.CommitAsync("bank", "open_account", "somebody", "100");
        await first.CommitAsync("bank", "open_account", "last", "7");
        ulong epoch = await first.Host.ViewAsync("bank", projection => projection.Epoch);
        string folder = await first.StopAsync();
        first.SnapshotFiles.Length.ShouldBe(3);

        await using HostFixture second = await HostFixture.StartAsync(folder, options, hasSnapshots: true);
        second.Replayed.ShouldHaveSingleItem().From.ShouldNotBe(Revision.None);
        (await second.HashAsync("bank")).ShouldBe((await second.RebuildAsync("bank")).StateHash);
        CallOutcome.Committed next = await second.CommitAsync("bank", "open_account", "next", "7");
        (await second.Host.ViewAsync("bank", projection => projection.Epoch)).ShouldBe(epoch + 1);
        ModuleProjection rebuilt = await second.RebuildAsync("bank");
        rebuilt.Revision.ShouldBe(next.Revision);
        rebuilt.TransactionCount.ShouldBe(await second.Host.ViewAsync("bank", projection => projection.TransactionCount));
    }
}
