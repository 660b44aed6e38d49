using Interstice.Journal.Archive;
using Interstice.Journal.Files;
using Interstice.Journal.Tests.Backup;
using Interstice.Journal.Verification;
using Interstice.Kernel.Events;
using Interstice.TestKit;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests.Archive;

public sealed class ArchivingTests
{
    [Fact]
    public async Task What_was_archived_is_read_from_the_archive_by_the_store_that_moved_it_and_by_later_ones()
    {
        ArchivedStore made = await ArchivedStore.FilledAsync(6);
        await using (JournalStore store = await Stores.OpenAsync(made.Files))
        {
            ArchiveReport report = await ArchivedStore.ArchiveAsync(store);
            report.Moved.Select(segment => segment.Number).ShouldBe([1, 2, 3, 4]);
            report.Stays.ShouldBe([(5, SegmentStay.Newest), (6, SegmentStay.Newest)]);
            (await Stores.TextsAsync(store)).ShouldBe(made.Texts);
            store.Archived.Select(segment => segment.Number).ShouldBe([1, 2, 3, 4]);
        }

        Stores.Segments(made.Store).Count.ShouldBe(2);
        Stores.Segments(made.Archive).Count.ShouldBe(4);
        foreach (bool isReader in new[] { false, true })
        {
            await using JournalStore store = await Stores.OpenAsync(made.Files, readOnly: isReader);
            (await Stores.TextsAsync(store)).ShouldBe(made.Texts);
            store.Archived.Select(segment => segment.Directory).Distinct().ShouldBe([made.Archive.Directory]);
        }

        VerificationReport verified = await Stores.VerifyAsync(made.Files);
        verified.Errors.ShouldBeEmpty();
        verified.Archived.Count.ShouldBe(4);
        verified.Events.ShouldBe(made.Events);
    }

    [Fact]
    public async Task A_store_opens_and_takes_appends_without_its_archive_and_says_which_segment_a_read_misses()
    {
        ArchivedStore made = await ArchivedStore.MovedAsync(6);
        MemoryFiles away = new();
        await using JournalStore store = await Stores.OpenAsync(new StoreFiles(made.Store, away));
        await Stores.AppendAsync(store, $"{made.Events}");
        ArchiveUnreachableException missing = await Should.ThrowAsync<ArchiveUnreachableException>(() => Stores.TextsAsync(store));
        missing.Kind.ShouldBe(EventStoreErrorKind.Unavailable);
        missing.Segment.Number.ShouldBe(1);
        missing.Message.ShouldContain("segment 1");
        missing.Message.ShouldContain("--archive-directory");
        (await Stores.LastTextAsync(store)).ShouldBe($"{made.Events}");

        foreach (string name in made.Archive.List()) away.Replace(name, made.Archive.Read(name));
        (await Stores.TextsAsync(store)).ShouldBe(Stores.Numbers(made.Events + 1), "it is looked for again");
    }

    [Fact]
    public async Task Verifying_without_the_archive_reports_each_segment_and_nothing_else()
    {
        ArchivedStore made = await ArchivedStore.MovedAsync(6);
        VerificationReport report = await Stores.VerifyAsync(made.FilesAlone);
        report.Errors.Select(error => (error.Kind, error.Segment)).ShouldBe(
            [.. Enumerable.Range(1, 4).Select(number => (VerificationErrorKind.Archive, (long?)number))]);
        report.Archived.Count.ShouldBe(4);
        report.Segments.ShouldBe(6);
    }

    [Fact]
    public async Task A_segment_that_is_missing_and_not_recorded_is_damage()
    {
        ArchivedStore made = await ArchivedStore.MovedAsync(6);
        string record = made.Store.List().Order(StringComparer.Ordinal).Skip(1).First(name => name.EndsWith(".archived", StringComparison.Ordinal));
        made.Store.Delete(record);
        await Should.ThrowAsync<JournalDamageException>(async () => await Stores.OpenAsync(made.Files));
        (await Stores.VerifyAsync(made.Files)).Errors.ShouldContain(error => error.Kind == VerificationErrorKind.MissingSegment);
    }

    [Fact]
    public async Task Segments_that_are_replayed_or_needed_stay()
    {
        ArchivedStore made = await ArchivedStore.FilledAsync(8);
        ulong[] bases = [.. Stores.Segments(made.Store).Select(name => ulong.Parse(name[11..31], System.Globalization.CultureInfo.InvariantCulture))];
        ArchiveLimits limits = new(At(bases[5]), [At(bases[2]), At(bases[4] - 1)]);
        await using (JournalStore store = await Stores.OpenAsync(made.Files))
        {
            ArchiveReport planned = await ArchivedStore.ArchiveAsync(store, limits, isDryRun: true);
            Stores.Segments(made.Store).Count.ShouldBe(8);
            made.Archive.List().ShouldBeEmpty();
            ArchiveReport report = await ArchivedStore.ArchiveAsync(store, limits);
            report.Moved.Select(segment => segment.Number).ShouldBe([1, 2, 5]);
            planned.Moved.Select(segment => segment.Number).ShouldBe([1, 2, 5]);
            report.Stays.ShouldBe([
                (3, SegmentStay.Needed), (4, SegmentStay.Needed), (6, SegmentStay.Replayed), (7, SegmentStay.Newest), (8, SegmentStay.Newest)]);
            (await ArchivedStore.ArchiveAsync(store, limits)).Earlier.ShouldBe(3);
        }

        await using JournalStore reopened = await Stores.OpenAsync(made.Files);
        (await Stores.TextsAsync(reopened)).ShouldBe(made.Texts);
        (await Stores.VerifyAsync(made.Files)).Errors.ShouldBeEmpty();

        static Position At(ulong position) => new(position, position);
    }

    [Fact]
    public async Task Retention_keeps_the_newest_bytes_or_hours_whichever_is_less()
    {
        ArchivedStore made = await ArchivedStore.FilledAsync(8);
        ulong[] bases = [.. Stores.Segments(made.Store).Select(name => ulong.Parse(name[11..31], System.Globalization.CultureInfo.InvariantCulture))];
        ManualTime time = new() { Now = DateTimeOffset.UtcNow };
        (await MovesAsync(new() { Directory = "/memory", ArchiveDirectory = "a", RetentionBytes = long.MaxValue })).ShouldBeEmpty();
        (await MovesAsync(new() { Directory = "/memory", ArchiveDirectory = "a", RetentionAge = TimeSpan.FromHours(1) })).ShouldBeEmpty();
        (await MovesAsync(new()
        {
            Directory = "/memory",
            ArchiveDirectory = "a",
            RetentionAge = TimeSpan.FromHours(1),
            RetentionBytes = 0,
        })).ShouldBe([1, 2, 3, 4, 5, 6]);
        time.Now += TimeSpan.FromHours(2);
        (await MovesAsync(new() { Directory = "/memory", ArchiveDirectory = "a", RetentionAge = TimeSpan.FromHours(1) }))
            .ShouldBe([1, 2, 3, 4, 5, 6]);
        long end = (long)bases[7] + 100;
        (await MovesAsync(new() { Directory = "/memory", ArchiveDirectory = "a", RetentionBytes = end - (long)bases[3] }))
            .ShouldBe([1, 2, 3]);

        async Task<List<long>> MovesAsync(JournalOptions options)
        {
            await using JournalStore store = await JournalStore.OpenAsync(
                options with { SegmentBytes = JournalOptions.SegmentBytesMin }, time, made.Copy().Files, TestContext.Current.CancellationToken);
            return [.. (await ArchivedStore.ArchiveAsync(store, isDryRun: true)).Moved.Select(segment => segment.Number)];
        }
    }

    [Fact]
    public async Task Readers_go_on_while_segments_are_moved_and_appends_too()
    {
        ArchivedStore made = await ArchivedStore.FilledAsync(40);
        await using JournalStore store = await Stores.OpenAsync(made.Files);
        using CancellationTokenSource done = new();
        Task[] readers = [.. Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            do (await Stores.TextsAsync(store)).Take(made.Events).ShouldBe(made.Texts);
            while (!done.IsCancellationRequested);
        }))];
        Task writer = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested) await Stores.AppendAsync(store, "while");
        });
        (await ArchivedStore.ArchiveAsync(store)).Moved.Count.ShouldBeGreaterThanOrEqualTo(38);
        await done.CancelAsync();
        await Task.WhenAll([.. readers, writer]);
    }

    [Fact]
    public async Task A_reader_beside_the_process_that_archives_sees_everything_before_and_after()
    {
        ArchivedStore made = await ArchivedStore.FilledAsync(6);
        await using JournalStore writer = await Stores.OpenAsync(made.Files);
        await using JournalStore reader = await Stores.OpenAsync(made.Files, readOnly: true);
        (await Stores.TextsAsync(reader)).ShouldBe(made.Texts);
        await ArchivedStore.ArchiveAsync(writer);
        (await Stores.TextsAsync(reader)).ShouldBe(made.Texts);
        int events = made.Events;
        while (Stores.Segments(made.Store).Count < 4) await Stores.AppendAsync(writer, $"{events++}", padding: 50);
        (await Stores.TextsAsync(reader)).ShouldBe(Stores.Numbers(events));
    }

    [Fact]
    public async Task Backups_verifications_and_openings_succeed_while_segments_are_moved()
    {
        ArchivedStore made = await ArchivedStore.FilledAsync(60);
        await using JournalStore store = await Stores.OpenAsync(made.Files);
        using CancellationTokenSource done = new();
        Task[] others =
        [
            RepeatAsync(async () => (await Stores.VerifyAsync(made.Files)).Errors.ShouldBeEmpty()),
            RepeatAsync(async () => (await Backups.TakeAsync(made.Files, new MemoryFiles())).Segments.ShouldBe(60)),
            RepeatAsync(async () =>
            {
                await using JournalStore reader = await Stores.OpenAsync(made.Files, readOnly: true);
                (await Stores.TextsAsync(reader)).ShouldBe(made.Texts);
            }),
        ];
        (await ArchivedStore.ArchiveAsync(store)).Moved.Count.ShouldBe(58);
        await done.CancelAsync();
        await Task.WhenAll(others);

        Task RepeatAsync(Func<Task> work) => Task.Run(async () =>
        {
            do await work();
            while (!done.IsCancellationRequested);
        });
    }

    [Fact]
    public async Task Closing_the_store_ends_archiving_in_between_and_nothing_is_lost()
    {
        ArchivedStore made = await ArchivedStore.FilledAsync(30);
        JournalStore store = await Stores.OpenAsync(made.Files);
        TaskCompletionSource begun = new();
        using ManualResetEventSlim mayGoOn = new();
        made.Archive.BeforeSync = () =>
        {
            begun.TrySetResult();
            mayGoOn.Wait();
        };
        Task<ArchiveReport> archiving = ArchivedStore.ArchiveAsync(store).AsTask();
        await begun.Task;
        Task closing = store.DisposeAsync().AsTask();
        closing.IsCompleted.ShouldBeFalse("the copy that was begun is let end");
        mayGoOn.Set();
        (await Should.ThrowAsync<EventStoreException>(() => archiving)).Kind.ShouldBe(EventStoreErrorKind.Unavailable);
        await closing;
        Stores.Segments(made.Store).Count.ShouldBe(29, "one was moved");
        await made.CheckAsync("closed in between");
    }

    [Fact]
    public async Task A_store_that_is_only_read_or_has_no_archive_refuses_and_a_cancelled_run_moves_nothing()
    {
        ArchivedStore made = await ArchivedStore.FilledAsync(5);
        await using (JournalStore reader = await Stores.OpenAsync(made.Files, readOnly: true))
            (await Should.ThrowAsync<EventStoreException>(async () => await ArchivedStore.ArchiveAsync(reader))).Kind
                .ShouldBe(EventStoreErrorKind.ReadOnly);
        await using (JournalStore alone = await Stores.OpenAsync(made.FilesAlone))
            (await Should.ThrowAsync<InvalidOperationException>(async () => await ArchivedStore.ArchiveAsync(alone))).Message
                .ShouldContain("ArchiveDirectory");
        await using JournalStore store = await Stores.OpenAsync(made.Files);
        await Should.ThrowAsync<OperationCanceledException>(
            async () => await store.ArchiveAsync(ArchivedStore.NoLimits, cancellationToken: new CancellationToken(canceled: true)));
        Stores.Segments(made.Store).Count.ShouldBe(5);
        made.Archive.List().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_segment_that_is_put_back_counts_at_once_and_can_be_archived_again()
    {
        ArchivedStore made = await ArchivedStore.MovedAsync(6);
        foreach (string name in made.Archive.List()) made.Store.Replace(name, made.Archive.Read(name));
        await using (JournalStore store = await Stores.OpenAsync(made.FilesAlone))
        {
            store.Archived.ShouldBeEmpty();
            (await Stores.TextsAsync(store)).ShouldBe(made.Texts);
        }

        await made.CheckAsync("put back");
        Stores.Segments(made.Store).Count.ShouldBe(2);
    }

    [Fact]
    public async Task An_archive_that_is_a_store_or_belongs_to_another_one_is_refused_and_nothing_is_moved()
    {
        ArchivedStore one = await ArchivedStore.FilledAsync(4);
        ArchivedStore other = await ArchivedStore.MovedAsync(4);
        foreach (MemoryFiles archive in new[] { other.Archive, other.Store })
        {
            await using JournalStore store = await Stores.OpenAsync(new StoreFiles(one.Store, archive));
            EventStoreException refused = await Should.ThrowAsync<EventStoreException>(
                async () => await ArchivedStore.ArchiveAsync(store));
            refused.Kind.ShouldBe(EventStoreErrorKind.Refused);
        }

        Stores.Segments(one.Store).Count.ShouldBe(4);
        one.Store.List().ShouldNotContain(name => name.Contains("archived", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_archive_that_is_a_backup_of_the_same_store_is_refused_and_every_segment_stays_in_both()
    {
        ArchivedStore made = await ArchivedStore.FilledAsync(4);
        MemoryFiles backup = new();
        await Backups.TakeAsync(made.Store, backup);
        MemoryFiles unfinished = backup.Copy();
        unfinished.Rename(unfinished.List().Single(name => name.EndsWith(".manifest", StringComparison.Ordinal)), "backup.manifest.new");
        foreach (MemoryFiles archive in new[] { backup, unfinished })
        {
            await using JournalStore store = await Stores.OpenAsync(new StoreFiles(made.Store, archive));
            EventStoreException refused = await Should.ThrowAsync<EventStoreException>(
                async () => await ArchivedStore.ArchiveAsync(store));
            refused.Kind.ShouldBe(EventStoreErrorKind.Refused);
            refused.Message.ShouldContain("is a backup");
            Stores.Segments(archive).Count.ShouldBe(4);
        }

        Stores.Segments(made.Store).Count.ShouldBe(4);
        made.Store.List().ShouldNotContain(name => name.Contains("archived", StringComparison.Ordinal));
        (await Backups.RestoredTextsAsync(backup)).ShouldBe(made.Texts);
    }

    [Fact]
    public async Task An_archive_that_is_not_mounted_is_not_begun_anew_and_goes_on_when_it_is_back()
    {
        ArchivedStore made = await ArchivedStore.MovedAsync(4);
        MemoryFiles mountPoint = new();
        int events = made.Events;
        await using (JournalStore store = await Stores.OpenAsync(new StoreFiles(made.Store, mountPoint)))
        {
            while (Stores.Segments(made.Store).Count < 4) await Stores.AppendAsync(store, $"{events++}", padding: 50);
            ArchiveUnreachableException missing = await Should.ThrowAsync<ArchiveUnreachableException>(
                async () => await ArchivedStore.ArchiveAsync(store));
            missing.Segment.Number.ShouldBe(2, "the last one that was moved");
            mountPoint.List().ShouldBeEmpty();
            Stores.Segments(made.Store).Count.ShouldBe(4);
            store.Archived.Select(segment => segment.Number).ShouldBe([1, 2]);
            foreach (string name in made.Archive.List()) mountPoint.Replace(name, made.Archive.Read(name));
            (await ArchivedStore.ArchiveAsync(store)).Moved.Select(segment => segment.Number).ShouldBe([3, 4]);
            (await Stores.TextsAsync(store)).ShouldBe(Stores.Numbers(events));
        }

        await (made with { Archive = mountPoint, Events = events }).CheckAsync("mounted again");
    }

    [Fact]
    public async Task A_damaged_segment_is_not_archived()
    {
        ArchivedStore made = await ArchivedStore.FilledAsync(5);
        string second = Stores.Segments(made.Store)[1];
        byte[] bytes = made.Store.Read(second);
        bytes[200] ^= 1;
        made.Store.Replace(second, bytes);
        await using JournalStore store = await Stores.OpenAsync(made.Files);
        JournalDamageException damage = await Should.ThrowAsync<JournalDamageException>(
            async () => await ArchivedStore.ArchiveAsync(store));
        damage.Segment.ShouldBe(2);
        Stores.Segments(made.Store).ShouldContain(second);
        made.Archive.List().ShouldBe([Stores.Segments(made.Archive).Single()]);
    }

    [Fact]
    public async Task In_directories_the_archive_is_found_by_its_record_and_by_the_setting_after_it_was_moved()
    {
        using TemporaryDirectory directory = new();
        string path = Path.Join(directory.Path, "store");
        string archive = Path.Join(directory.Path, "archive");
        JournalOptions options = new() { Directory = path, SegmentBytes = JournalOptions.SegmentBytesMin, ArchiveDirectory = archive };
        int events = 0;
        await using (JournalStore store = await OpenAsync(options))
        {
            for (; store.End.Commit < 30_000; events++) await Stores.AppendAsync(store, $"{events}", padding: 100);
            (await ArchivedStore.ArchiveAsync(store)).Moved.Count.ShouldBeGreaterThan(3);
            EventStoreException apart = await Should.ThrowAsync<EventStoreException>(async () =>
            {
                await using JournalStore nested = await OpenAsync(options with
                {
                    Directory = Path.Join(directory.Path, "other"),
                    ArchiveDirectory = Path.Join(directory.Path, "other", "archive"),
                });
                await ArchivedStore.ArchiveAsync(nested);
            });
            apart.Kind.ShouldBe(EventStoreErrorKind.Refused);
            apart.Message.ShouldEndWith("or one lies in the other; they need directories of their own");
        }

        await ExpectAllAsync(options with { ArchiveDirectory = null });
        Directory.Move(archive, archive + "-moved");
        await using (JournalStore alone = await OpenAsync(options))
            (await Should.ThrowAsync<ArchiveUnreachableException>(() => Stores.TextsAsync(alone))).Message.ShouldContain(archive);
        await ExpectAllAsync(options with { ArchiveDirectory = archive + "-moved" });

        async Task ExpectAllAsync(JournalOptions with)
        {
            await using JournalStore store = await OpenAsync(with);
            (await Stores.TextsAsync(store)).ShouldBe(Stores.Numbers(events));
        }

        static ValueTask<JournalStore> OpenAsync(JournalOptions with) =>
            JournalStore.OpenAsync(with, cancellationToken: TestContext.Current.CancellationToken);
    }
}
