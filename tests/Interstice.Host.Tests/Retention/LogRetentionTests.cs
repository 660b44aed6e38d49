using Interstice.Cli.Stores;
using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Retention;
using Interstice.Host.Snapshots;
using Interstice.Journal;
using Interstice.Journal.Archive;
using Interstice.Kernel.Events;
using Interstice.Kernel.Hashing;

namespace Interstice.Host.Tests.Retention;

// Goal: what a start from any kept snapshot reads is in the store, whatever was archived; a replay from position zero reads the rest
// from the archive, and says which segment it misses where there is none.
public sealed class LogRetentionTests : IDisposable
{
    private const int SegmentBytes = 16 << 10;

    private readonly string _folder = Directory.CreateTempSubdirectory("interstice-retention-").FullName;

    private string Store => Path.Join(_folder, "store");

    private string Archive => Path.Join(_folder, "archive");

    private string Away => Path.Join(_folder, "away");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_running_host_archives_what_its_snapshots_make_needless_and_the_next_starts_without_the_archive()
    {
        var options = new ModuleHostOptions
        {
            Snapshots = new() { EveryEvents = 300, Keep = 2, CheckInterval = TimeSpan.FromMilliseconds(1) },
        };
        StateHash hash = await InHostAsync(
            async host =>
            {
                await host.PublishAsync("bank");
                while (host.Journal.Archived.Count < 3) await host.CommitAsync("bank", "open_account", "somebody", "100");
                return await host.HashAsync("bank");
            },
            options,
            opening => opening with { ArchiveDirectory = Archive, RetentionBytes = 0 });

        Directory.GetFiles(Archive, "*.segment").Length.ShouldBeGreaterThanOrEqualTo(3);
        Directory.Move(Archive, Away);
        hash = await InHostAsync(async alone =>
        {
            alone.Replayed.ShouldHaveSingleItem().From.ShouldNotBe(Revision.None);
            (await alone.HashAsync("bank")).ShouldBe(hash);
            (await Should.ThrowAsync<ArchiveUnreachableException>(() => alone.RebuildAsync("bank"))).Message.ShouldContain(Archive);
            await alone.CommitAsync("bank", "open_account", "later", "5");
            return await alone.HashAsync("bank");
        });
        await InHostAsync(
            async whole => (await whole.RebuildAsync("bank")).StateHash.ShouldBe(hash),
            settings: opening => opening with { ArchiveDirectory = Away });
    }

    [Fact]
    public async Task A_host_whose_archive_cannot_be_written_works_on_and_takes_snapshots()
    {
        await File.WriteAllTextAsync(Archive, "in the way", Cancel);
        var options = new ModuleHostOptions
        {
            Snapshots = new() { EveryEvents = 300, Keep = 100, CheckInterval = TimeSpan.FromMilliseconds(1) },
        };
        await InHostAsync(
            async host =>
            {
                await host.PublishAsync("bank");
                while (host.SnapshotFiles.Length < 5) await host.CommitAsync("bank", "open_account", "somebody", "100");
                LogNeeds needs = await LogNeeds.FindAsync(host.Snapshots, host.Journal, Cancel);
                var retention = new JournalRetention(host.Journal);
                (await retention.IsDueAsync(Cancel)).ShouldBeTrue("or nothing was tried");
                await Should.ThrowAsync<EventStoreException>(() => retention.ApplyAsync(needs, Cancel));
                await host.CommitAsync("bank", "open_account", "after", "100");
                host.Journal.Archived.ShouldBeEmpty();
            },
            options,
            opening => opening with { ArchiveDirectory = Archive, RetentionBytes = 0 });
    }

    [Fact]
    public async Task A_start_from_every_kept_snapshot_needs_no_archive()
    {
        await WorkAsync(snapshots: 3);
        await ArchiveAsync(await NeedsAsync());
        Directory.Move(Archive, Away);
        string[] newestFirst = [.. Directory.GetFiles(Path.Join(Store, "snapshots"), "*.snapshot").OrderDescending()];
        newestFirst.Length.ShouldBe(3);
        foreach (string snapshot in newestFirst)
        {
            SnapshotName.TryParse(Path.GetFileName(snapshot), out SnapshotName name).ShouldBeTrue();
            await InHostAsync(async host =>
            {
                host.Replayed.ShouldHaveSingleItem().From.ShouldBe(name.Revision);
                await host.CommitAsync("bank", "open_account", "works", "1");
            });
            File.Delete(snapshot);
        }

        await Should.ThrowAsync<ArchiveUnreachableException>(() => StartAsync());
    }

    // Planted bug: only the place of the snapshots counts, not the code and the other events that lie before it.
    [Fact]
    public async Task Without_the_events_that_lie_before_the_snapshots_a_start_would_need_the_archive()
    {
        await WorkAsync(snapshots: 1);
        LogNeeds needs = await NeedsAsync();
        await ArchiveAsync(needs with { Events = [] });
        Directory.Move(Archive, Away);
        await Should.ThrowAsync<ArchiveUnreachableException>(() => StartAsync());
    }

    [Fact]
    public async Task A_module_without_a_snapshot_keeps_everything_from_its_first_event_on()
    {
        await WorkAsync(snapshots: 1);
        Position first = default;
        await InHostAsync(async host =>
        {
            await host.PublishAsync("bank", "other");
            first = host.Journal.End;
            for (int i = 0; i < 400; i++) await host.CommitAsync("bank", "open_account", "after", "1");
            await SnapshotTaking.RunAsync(host.Snapshots, host.Journal, "bank", 1, TimeProvider.System, null, Cancel);
        });

        LogNeeds needs = await NeedsAsync();
        needs.WithoutSnapshot.ShouldBe(["other"]);
        needs.From.ShouldBeLessThan(first);
        ArchiveReport report = await ArchiveAsync(needs);
        report.Moved.ShouldAllBe(segment => segment.Position + (ulong)segment.Length <= needs.From.Commit);
        report.Stays.ShouldContain(stay => stay.Reason == SegmentStay.Replayed);
        Directory.Move(Archive, Away);
        await InHostAsync(alone =>
        {
            alone.Host.Names.ShouldBe(["bank", "other"]);
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task A_damaged_snapshot_does_not_count()
    {
        await WorkAsync(snapshots: 1);
        string file = Directory.GetFiles(Path.Join(Store, "snapshots"), "*.snapshot").ShouldHaveSingleItem();
        byte[] bytes = await File.ReadAllBytesAsync(file, Cancel);
        bytes[^20] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, Cancel);
        LogNeeds needs = await NeedsAsync();
        needs.WithoutSnapshot.ShouldBe(["bank"]);
        Position published = default;
        await InHostAsync(async host =>
        {
            await foreach (ReadOnlyMemory<RecordedEvent> batch in host.Journal
                .ReadStreamAsync(StreamNames.Module("bank"), ReadDirection.Forwards, Revision.First, 1, Cancel))
                published = batch.Span[0].Position;
        });
        needs.From.ShouldBe(published);
    }

    [Fact]
    public async Task The_code_of_a_build_that_was_published_after_the_snapshot_stays()
    {
        await WorkAsync(snapshots: 1);
        LogNeeds before = await NeedsAsync();
        byte[] second = [.. HostFixture.Binary("bank"), 0, 2, 1, (byte)'x']; // the same with one more custom section
        await InHostAsync(async host =>
        {
            await host.Mediator.Send(new PublishModule(second, HostFixture.Tester, "bank"));
            for (int i = 0; i < 200; i++) await host.CommitAsync("bank", "open_account", "after", "1");
        });

        LogNeeds after = await NeedsAsync();
        after.Events.Count.ShouldBeGreaterThan(before.Events.Count);
        await ArchiveAsync(after);
        Directory.Move(Archive, Away);
        await InHostAsync(alone => alone.CommitAsync("bank", "open_account", "works", "1"));
    }

    // Transactions, and a snapshot after each part of them.
    private Task WorkAsync(int snapshots) => InHostAsync(async host =>
    {
        await host.PublishAsync("bank");
        for (int taken = 0; taken < snapshots; taken++)
        {
            for (int i = 0; i < 400; i++) await host.CommitAsync("bank", "open_account", $"somebody {i}", "100");
            await SnapshotTaking.RunAsync(host.Snapshots, host.Journal, "bank", 10, TimeProvider.System, null, Cancel);
        }
    });

    private Task<LogNeeds> NeedsAsync() =>
        InHostAsync(host => LogNeeds.FindAsync(host.Snapshots, host.Journal, Cancel));

    private async Task<ArchiveReport> ArchiveAsync(LogNeeds needs)
    {
        ArchiveReport report = await InHostAsync(
            async host => await host.Journal.ArchiveAsync(JournalRetention.LimitsOf(needs), cancellationToken: Cancel),
            settings: opening => opening with { ArchiveDirectory = Archive });
        report.Moved.Count.ShouldBeGreaterThan(0, "or nothing is tested");
        return report;
    }

    private async Task InHostAsync(
        Func<HostFixture, Task> work,
        ModuleHostOptions? options = null,
        Func<JournalOptions, JournalOptions>? settings = null)
    {
        await InHostAsync(
            async host =>
            {
                await work(host);
                return true;
            },
            options,
            settings);
    }

    // Ends the host without removing its folder.
    private async Task<T> InHostAsync<T>(
        Func<HostFixture, Task<T>> work,
        ModuleHostOptions? options = null,
        Func<JournalOptions, JournalOptions>? settings = null)
    {
        HostFixture host = await StartAsync(options, settings);
        try
        {
            return await work(host);
        }
        finally
        {
            await host.StopAsync();
        }
    }

    private Task<HostFixture> StartAsync(
        ModuleHostOptions? options = null, Func<JournalOptions, JournalOptions>? settings = null) => HostFixture.StartAsync(
        Store,
        options ?? new ModuleHostOptions { Snapshots = new() { EveryEvents = 0, Keep = 10 } },
        hasSnapshots: true,
        settings: opening => (settings ?? (same => same))(opening with { SegmentBytes = SegmentBytes }));
}
