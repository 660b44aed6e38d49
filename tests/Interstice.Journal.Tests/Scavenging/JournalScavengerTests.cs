using System.Globalization;
using Interstice.Journal.Archive;
using Interstice.Journal.Repair;
using Interstice.Journal.Scavenging;
using Interstice.Kernel.Events;
using Interstice.TestKit.EventStores;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests.Scavenging;

// Goal: a scavenge takes what settings hide and nothing else, at any moment of which the store is the old one, the new one, or one that is
// finished by the command of a repair.
// Method: random histories with settings of every kind, compared before and after by every way of reading; each step made the last one.
public sealed partial class JournalScavengerTests
{
    private const int PowerLosses = 3;

    private static readonly StreamName Module = StreamNames.Module("bank");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_can_be_read_is_the_same_afterwards_at_the_same_positions_and_the_store_goes_on()
    {
        long gone = 0;
        for (int round = 0; round < 12 * Stores.Scale; round++)
        {
            int seed = Random.Shared.Next();
            Random random = new(seed);
            ManualTime time = new();
            MemoryFiles files = new();
            await using (JournalStore store = await OpenAsync(files, time)) await FillAsync(store, random, time, 150);
            for (int again = 0; again < 3; again++)
            {
                MemoryFiles before = files.Copy();
                List<string> seen = await VisibleAsync(files, time);
                long bytes = await BytesAsync(files);
                ScavengeReport plan = await JournalScavenger.PlanAsync(files, 0, time, Cancel);
                Images(files).ShouldBe(Images(before), $"seed {seed}: a dry run changes nothing");
                MemoryFiles backup = new();
                ScavengeReport report = await JournalScavenger.RunAsync(files, backup, 0, time, Cancel);
                report.Segments.ShouldBe(plan.Segments, $"seed {seed}");
                gone += report.Events;
                (await Stores.VerifyAsync(files)).Errors.ShouldBeEmpty($"seed {seed}");
                (await VisibleAsync(files, time)).ShouldBe(seen, $"seed {seed}");
                (await BytesAsync(files)).ShouldBe(bytes, $"seed {seed}");
                foreach (string name in backup.List().Where(name => name != JournalScavenger.ReportName))
                    backup.Read(name).ShouldBe(before.Read(name), $"seed {seed}, {name}");
                (await JournalScavenger.PlanAsync(files, 0, time, Cancel)).Chosen.ShouldBeEmpty($"seed {seed}: nothing is gone twice");
                (await JournalRepair.PlanAsync(files, RepairMode.Skip, cancellationToken: Cancel)).Findings.ShouldBeEmpty($"seed {seed}");
                await using JournalStore store = await OpenAsync(files, time);
                await FillAsync(store, random, time, 40);
            }

            (await Stores.VerifyAsync(files)).Errors.ShouldBeEmpty($"seed {seed}");
        }

        gone.ShouldBeGreaterThan(100, "or nothing is tested");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_scavenge_that_ends_at_any_step_leaves_the_old_store_the_new_one_or_one_that_is_finished(bool isSticky)
    {
        MemoryFiles made = await TruncatedAsync();
        MemoryFiles done = made.Copy();
        (await JournalScavenger.RunAsync(done, new MemoryFiles(), 0, null, Cancel)).Chosen.Count().ShouldBeGreaterThan(2);
        List<string> texts = await TextsAsync(made);
        int before = 0, between = 0, after = 0;
        for (int at = 1; ; at++)
        {
            for (int seed = 0; seed < 1 + PowerLosses; seed++)
            {
                MemoryFiles files = made.Copy();
                files.Faults = new FaultPlan(at, FaultPlan.Device, isSticky, IsShort: true);
                MemoryFiles backup = new();
                if (await FailureAsync(files, backup) is not { } failure)
                {
                    (before > 0 && between > 0).ShouldBeTrue($"{before}, {between}, {after}");
                    TestContext.Current.TestOutputHelper?.WriteLine($"{before} before, {between} between, {after} after");
                    return;
                }

                failure.ShouldBeAssignableTo<EventStoreException>($"step {at}: {failure}");
                files.Crash();
                if (seed > 0) files.LosePower(new Random(at * 100 + seed));
                files.Faults = FaultPlan.None;
                bool isBegun = files.List().Contains("repair.intent");
                bool isOld = Images(files).Zip(Images(made)).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second));
                if (!isOld || isBegun)
                    foreach (string name in Stores.Segments(made).Where(name => !made.Read(name).AsSpan().SequenceEqual(done.Read(name))))
                        backup.Read(name).ShouldBe(made.Read(name), $"step {at}: changed before the backup was there");
                if (isBegun)
                {
                    between++;
                    (await Should.ThrowAsync<EventStoreException>(async () => await Stores.OpenAsync(files))).Message.ShouldContain("log-repair");
                    (await Should.ThrowAsync<EventStoreException>(async () => await RunAsync(files, new MemoryFiles())))
                        .Message.ShouldContain("log-repair");
                    (await JournalRepair.RunAsync(files, RepairMode.Skip, new MemoryFiles(), cancellationToken: Cancel)).IsResumed.ShouldBeTrue();
                }
                else if (isOld)
                {
                    before++;
                }
                else
                {
                    after++;
                }

                (await Stores.VerifyAsync(files)).Errors.ShouldBeEmpty($"step {at}, seed {seed}");
                (await TextsAsync(files)).ShouldBe(texts, $"step {at}, seed {seed}");
                await RunAsync(files, new MemoryFiles());
                (await TextsAsync(files)).ShouldBe(texts, $"step {at}, seed {seed}");
            }
        }
    }

    [Fact]
    public async Task Without_room_for_the_backup_or_with_one_that_is_not_empty_nothing_is_changed()
    {
        MemoryFiles made = await TruncatedAsync();
        for (int at = 1; ; at++)
        {
            MemoryFiles files = made.Copy();
            MemoryFiles backup = new() { Faults = new FaultPlan(at, FaultPlan.Full, IsSticky: true, IsShort: true) };
            if (await FailureAsync(files, backup) is not { } failure) break;
            failure.Message.ShouldContain("backup");
            Images(files).ShouldBe(Images(made), $"operation {at} on the backup");
        }

        MemoryFiles full = new();
        full.Replace("here", [1]);
        MemoryFiles left = made.Copy();
        (await Should.ThrowAsync<EventStoreException>(() => RunAsync(left, full))).Message.ShouldContain("not empty");
        Images(left).ShouldBe(Images(made));
    }

    [Theory]
    [InlineData("bit")]
    [InlineData("footer")]
    [InlineData("missing segment")]
    [InlineData("seal")]
    [InlineData("padding")]
    public async Task A_damaged_store_is_refused_and_left_as_it_is(string damage)
    {
        MemoryFiles files = Repair.Damages.Apply(await TruncatedAsync(), damage);
        byte[][] images = Images(files);
        (await Should.ThrowAsync<EventStoreException>(() => RunAsync(files, new MemoryFiles()))).Kind.ShouldBe(EventStoreErrorKind.Damaged);
        Images(files).ShouldBe(images);
    }

    // The plan is made from what was read first; what is written is what is read last.
    [Fact]
    public async Task A_device_that_gives_other_bytes_the_second_time_is_caught_before_anything_is_replaced()
    {
        MemoryFiles made = await TruncatedAsync();
        List<string> texts = await TextsAsync(made);
        int caught = 0;
        for (int flipped = 1; flipped <= 60; flipped++)
        {
            MemoryFiles files = made.Copy();
            FilesThatLieOnce lying = new(files, Stores.Segments(made)[1], flipped);
            try
            {
                await JournalScavenger.RunAsync(lying, new MemoryFiles(), 0, null, Cancel);
            }
            catch (Exception e) when (e is EventStoreException or InvalidOperationException)
            {
                caught++;
                Images(files).ShouldBe(Images(made), $"read {flipped}: {e.Message}");
            }

            if (!lying.HasLied) break;
            (await Stores.VerifyAsync(files)).Errors.ShouldBeEmpty($"read {flipped}");
            (await TextsAsync(files)).ShouldBe(texts, $"read {flipped}");
        }

        caught.ShouldBeGreaterThan(2);
        TestContext.Current.TestOutputHelper?.WriteLine($"{caught} lies caught");
    }

    [Theory]
    [InlineData("interstice_modules")]
    [InlineData("interstice-bank")]
    [InlineData("interstice_code-0123")]
    public async Task Streams_that_replay_reads_take_no_settings(string name)
    {
        await using JournalStore store = await Stores.OpenAsync(new MemoryFiles());
        foreach (StreamMetadata metadata in new[] { new StreamMetadata(new Revision(3)), new(MaxCount: 4), new(MaxAge: TimeSpan.FromDays(1)) })
        {
            EventStoreException refused = await Should.ThrowAsync<EventStoreException>(
                async () => await store.SetMetadataAsync(new StreamName(name), ExpectedRevision.Any, metadata, Cancel));
            refused.Kind.ShouldBe(EventStoreErrorKind.Refused);
            refused.Message.ShouldContain("$tb");
        }

        foreach (DeletionKind kind in Enum.GetValues<DeletionKind>())
        {
            (await Should.ThrowAsync<EventStoreException>(
                async () => await store.DeleteAsync(new StreamName(name), ExpectedRevision.Any, kind, Cancel))).Kind.ShouldBe(EventStoreErrorKind.Refused);
        }

        (await store.GetMetadataAsync(new StreamName(name), Cancel)).ShouldBe(StreamMetadata.Empty);
        StreamMetadata harmless = new(Properties: """{"owner":"operations"}""");
        await store.SetMetadataAsync(new StreamName(name), ExpectedRevision.Any, harmless, Cancel);
        (await store.GetMetadataAsync(new StreamName(name), Cancel)).ShouldBe(harmless);
    }

    [Fact]
    public async Task A_stream_that_was_truncated_whole_goes_on_at_its_next_revision()
    {
        MemoryFiles files = new();
        await using (JournalStore store = await Stores.OpenAsync(files))
        {
            for (int i = 0; i < 100; i++) await AppendAtAsync(store, i, 100);
            await store.SetMetadataAsync(Stores.Stream, ExpectedRevision.Any, new StreamMetadata(new Revision(long.MaxValue)), Cancel);
            for (int i = 0; i < 60; i++) await store.AppendAsync(Module, ExpectedRevision.Any, new[] { Stores.Event("x", 100) }, Cancel);
        }

        (await JournalScavenger.RunAsync(files, new MemoryFiles(), 0, null, Cancel)).Events.ShouldBeGreaterThan(80);
        await using JournalStore again = await Stores.OpenAsync(files);
        (await again.GetLastRevisionAsync(Stores.Stream, Cancel)).Value.ShouldBe(99);
        (await again.AppendAsync(Stores.Stream, ExpectedRevision.Any, new[] { Stores.Event("next") }, Cancel))
            .ShouldBeOfType<AppendResult.Appended>();
        (await again.GetLastRevisionAsync(Stores.Stream, Cancel)).Value.ShouldBe(100);
    }

    [Fact]
    public async Task A_clock_that_runs_ahead_makes_nothing_older()
    {
        MemoryFiles files = new();
        ManualTime time = new();
        await using (JournalStore store = await OpenAsync(files, time))
        {
            await store.SetMetadataAsync(Stores.Stream, ExpectedRevision.Any, new StreamMetadata(MaxAge: TimeSpan.FromHours(1)), Cancel);
            for (int i = 0; i < 100; i++) await AppendAtAsync(store, i, 100);
        }

        time.Now += TimeSpan.FromDays(1000);
        (await JournalScavenger.PlanAsync(files, 0, time, Cancel)).Segments.ShouldBeEmpty();
        await using (JournalStore store = await OpenAsync(files, time)) await Stores.AppendAsync(store, "a thousand days later");
        (await JournalScavenger.PlanAsync(files, 0, time, Cancel)).Events.ShouldBeGreaterThan(50);
    }

    // A repeated append without an exact expectation is found by its id, as long as it is among those that are remembered.
    [Fact]
    public async Task An_append_that_was_truncated_is_still_recognised_when_it_is_repeated()
    {
        MemoryFiles files = new();
        EventData first = Stores.Event("first", 50);
        await using (JournalStore store = await Stores.OpenAsync(files))
        {
            await store.AppendAsync(Stores.Stream, ExpectedRevision.Any, new[] { first }, Cancel);
            for (int i = 0; i < 100; i++) await Stores.AppendAsync(store, $"{i}", 100);
            await store.SetMetadataAsync(Stores.Stream, ExpectedRevision.Any, new StreamMetadata(new Revision(90)), Cancel);
        }

        await JournalScavenger.RunAsync(files, new MemoryFiles(), 0, null, Cancel);
        await using JournalStore again = await Stores.OpenAsync(files);
        await again.AppendAsync(Stores.Stream, ExpectedRevision.Any, new[] { first }, Cancel);
        (await again.GetLastRevisionAsync(Stores.Stream, Cancel)).Value.ShouldBe(100, "no event was added");
    }

    [Fact]
    public async Task A_new_backup_of_the_store_is_whole_and_an_old_one_stays_and_is_not_gone_on_with()
    {
        MemoryFiles files = await TruncatedAsync();
        MemoryFiles old = new();
        await Backup.Backups.TakeAsync(files, old);
        List<string> texts = await TextsAsync(files);
        await RunAsync(files, new MemoryFiles());
        MemoryFiles fresh = new();
        await Backup.Backups.TakeAsync(files, fresh);
        (await Backup.Backups.RestoredTextsAsync(fresh)).ShouldBe(texts);
        (await Should.ThrowAsync<EventStoreException>(() => Backup.Backups.TakeAsync(files, old))).Message.ShouldContain("into an empty directory");
        (await Backup.Backups.RestoredTextsAsync(old)).ShouldBe(texts);
    }

    [Fact]
    public async Task Segments_in_an_archive_and_the_one_before_stay()
    {
        MemoryFiles store = await TruncatedAsync();
        MemoryFiles archive = new();
        StoreFiles files = new(store, archive);
        await using (JournalStore opened = await Stores.OpenAsync(files))
            await opened.ArchiveAsync(new ArchiveLimits(new Position(9000, 9000), []), cancellationToken: Cancel);
        int archived = Stores.Segments(archive).Count;
        archived.ShouldBeGreaterThan(0);
        MemoryFiles before = archive.Copy();
        ScavengeReport report = await JournalScavenger.RunAsync(files, new MemoryFiles(), 0, null, Cancel);
        report.Segments.Count(segment => segment.Stay == ScavengeStay.Archived).ShouldBe(archived);
        report.Chosen.ShouldNotBeEmpty();
        foreach (string name in before.List()) archive.Read(name).ShouldBe(before.Read(name));
        (await Stores.VerifyAsync(files)).Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Blocks_that_hold_nothing_are_not_written()
    {
        MemoryFiles files = new();
        await using (JournalStore store = await Stores.OpenAsync(files, 1 << 20))
        {
            for (int i = 0; Stores.Segments(files).Count < 4; i++) await AppendAtAsync(store, i, 3000);
            await store.SetMetadataAsync(Stores.Stream, ExpectedRevision.Any, new StreamMetadata(MaxCount: 5), Cancel);
            for (int i = 0; i < 400; i++) await store.AppendAsync(Module, ExpectedRevision.Any, new[] { Stores.Event("x", 3000) }, Cancel);
        }

        WritesCounted counted = new(files);
        ScavengeReport report = await JournalScavenger.RunAsync(counted, new MemoryFiles(), 90, null, Cancel);
        report.Chosen.Count().ShouldBeGreaterThan(1);
        long length = report.Chosen.Sum(segment => segment.Bytes);
        report.ReclaimableBytes.ShouldBeGreaterThan(length * 9 / 10);
        foreach (SegmentScavenge segment in report.Chosen)
        {
            counted.Written[segment.File + ".repaired"].ShouldBeLessThanOrEqualTo(segment.Bytes - segment.ReclaimableBytes, segment.File);
            files.Read(segment.File).Length.ShouldBe((int)segment.Bytes);
        }
    }
}
