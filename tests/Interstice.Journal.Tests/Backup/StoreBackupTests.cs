using Interstice.Journal.Backup;
using Interstice.Kernel.Events;
using Interstice.TestKit;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests.Backup;

public sealed class StoreBackupTests
{
    private const int StoreFileBytes = 64;

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task A_restored_store_is_byte_for_byte_the_one_that_was_backed_up(int segments)
    {
        (MemoryFiles files, int events) = await Stores.FilledAsync(segments);
        MemoryFiles target = new();
        BackupReport report = await Backups.TakeAsync(files, target);
        (report.Number, report.Segments, report.BytesCopied).ShouldBe((1, segments, report.Bytes));

        MemoryFiles restored = new();
        RestoreReport result = await Backups.RestoreAsync(target, restored);
        result.StoreId.ShouldBe(report.StoreId);
        result.Position.ShouldBe(report.Position);
        result.Events.ShouldBe(events);
        restored.Read(Stores.StoreFileName).ShouldBe(files.Read(Stores.StoreFileName));
        Stores.Segments(restored).ShouldBe(Stores.Segments(files));
        foreach (string name in Stores.Segments(files))
        {
            byte[] copy = restored.Read(name);
            byte[] original = files.Read(name);
            copy.ShouldBe(original[..copy.Length]);
            original.AsSpan(copy.Length).IndexOfAnyExcept((byte)0).ShouldBe(-1);
        }

        (await Backups.TextsOfAsync(restored)).ShouldBe(Stores.Numbers(events));
    }

    [Fact]
    public async Task A_second_backup_copies_what_is_new_and_nothing_else()
    {
        (MemoryFiles files, int events) = await Stores.FilledAsync(3);
        MemoryFiles target = new();
        BackupReport first = await Backups.TakeAsync(files, target);
        (await Backups.TakeAsync(files, target)).BytesCopied.ShouldBe(0);
        for (int round = 0; round < 20; round++)
        {
            await Backups.AppendAsync(files, events, count: 1 + round * 3, closes: round % 2 == 0);
            events += 1 + round * 3;
            CountingFiles counting = new(files);
            BackupReport next = await Backups.TakeAsync(counting, target);
            next.BytesCopied.ShouldBe(next.Bytes - first.Bytes);
            next.Number.ShouldBe(round + 3);
            List<string> names = Stores.Segments(files);
            if (first.Segments > 1) counting.Read[names[0]].ShouldBeLessThan(512); // a sealed one is known by header and seal
            (await Backups.RestoredTextsAsync(target)).ShouldBe(Stores.Numbers(events));
            first = next;
        }

        first.Segments.ShouldBeGreaterThan(5);
        target.List().Count(name => name.EndsWith(".manifest", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task A_store_without_an_event_can_be_backed_up_and_restored()
    {
        MemoryFiles files = new();
        await (await Stores.OpenAsync(files)).DisposeAsync();
        MemoryFiles target = new();
        await Backups.TakeAsync(files, target);
        (await Backups.RestoredTextsAsync(target)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_torn_tail_is_left_out_and_does_not_stop_the_backup()
    {
        (MemoryFiles files, int events) = await Stores.FilledAsync(2, closes: false);
        string last = Stores.Segments(files)[^1];
        byte[] bytes = files.Read(last);
        int tail = Array.FindLastIndex(bytes, value => value != 0) + 1;
        bytes.AsSpan(tail - 20, 10).Clear();
        files.Replace(last, bytes);
        MemoryFiles target = new();
        await Backups.TakeAsync(files, target);
        (await Backups.RestoredTextsAsync(target)).ShouldBe(Stores.Numbers(events - 1));
    }

    [Fact]
    public async Task A_damaged_store_is_not_backed_up_and_the_backup_before_stays()
    {
        (MemoryFiles files, int events) = await Stores.FilledAsync(3, closes: false);
        MemoryFiles target = new();
        await Backups.TakeAsync(files, target);
        await Backups.AppendAsync(files, events, 40);
        foreach (string name in Stores.Segments(files))
        {
            MemoryFiles damaged = files.Copy();
            byte[] bytes = damaged.Read(name);
            bytes[300] ^= 4;
            damaged.Replace(name, bytes);
            JournalDamageException damage =
                await Should.ThrowAsync<JournalDamageException>(() => Backups.TakeAsync(damaged, new MemoryFiles()));
            damage.File.ShouldEndWith(name);
        }

        string newest = Stores.Segments(files)[^1];
        byte[] last = files.Read(newest);
        last[300] ^= 4;
        files.Replace(newest, last);
        await Should.ThrowAsync<JournalDamageException>(() => Backups.TakeAsync(files, target));
        (await Backups.RestoredTextsAsync(target)).ShouldBe(Stores.Numbers(events));
    }

    [Fact]
    public async Task A_store_that_does_not_go_on_from_the_backup_is_refused_and_the_backup_stays()
    {
        (MemoryFiles files, int events) = await Stores.FilledAsync(2);
        MemoryFiles earlier = files.Copy();
        await Backups.AppendAsync(files, events, 5);
        MemoryFiles target = new();
        await Backups.TakeAsync(files, target);

        (await Backups.FailureAsync(() => Backups.TakeAsync(earlier, target))).ShouldBe(EventStoreErrorKind.Refused); // shorter
        await Backups.AppendAsync(earlier, 0, 60); // longer, and other
        (await Backups.FailureAsync(() => Backups.TakeAsync(earlier, target))).ShouldBe(EventStoreErrorKind.Refused);
        (MemoryFiles other, _) = await Stores.FilledAsync(2);
        (await Backups.FailureAsync(() => Backups.TakeAsync(other, target))).ShouldBe(EventStoreErrorKind.Refused);
        (await Backups.RestoredTextsAsync(target)).ShouldBe(Stores.Numbers(events + 5));
    }

    [Fact]
    public async Task A_target_with_anything_else_in_it_is_refused_and_left_alone()
    {
        (MemoryFiles files, _) = await Stores.FilledAsync(1);
        MemoryFiles foreign = new();
        foreign.Replace("letter.txt", [1]);
        foreach (MemoryFiles target in (MemoryFiles[])[files, files.Copy(), foreign])
        {
            List<string> before = [.. target.List().Order(StringComparer.Ordinal)];
            (await Backups.FailureAsync(() => Backups.TakeAsync(files, target))).ShouldBe(EventStoreErrorKind.Refused);
            target.List().Order(StringComparer.Ordinal).ShouldBe(before);
        }

        // Segments without a store file are what is left of somebody's store.
        MemoryFiles headless = files.Copy();
        headless.Delete(Stores.StoreFileName);
        (await Backups.FailureAsync(() => Backups.TakeAsync(files, headless))).ShouldBe(EventStoreErrorKind.Refused);
        Stores.Segments(headless).Count.ShouldBe(1);
        (await Backups.FailureAsync(() => Backups.TakeAsync(new MemoryFiles(), new MemoryFiles())))
            .ShouldBe(EventStoreErrorKind.Unavailable);
    }

    [Fact]
    public async Task A_backup_cannot_be_opened_as_a_store()
    {
        (MemoryFiles files, _) = await Stores.FilledAsync(1);
        MemoryFiles target = new();
        await Backups.TakeAsync(files, target);
        (await Backups.FailureAsync(async () => await Stores.OpenAsync(target))).ShouldBe(EventStoreErrorKind.UnknownFormat);
        (await Backups.FailureAsync(async () => await Stores.OpenAsync(target, readOnly: true)))
            .ShouldBe(EventStoreErrorKind.Unavailable);
        files.Read(Stores.StoreFileName).Length.ShouldBe(StoreFileBytes);
    }

    [Fact]
    public async Task Two_backups_into_one_directory_at_a_time_are_refused()
    {
        (MemoryFiles files, _) = await Stores.FilledAsync(1);
        MemoryFiles target = new();
        using (target.TryLock("lock", "another", out _))
            (await Backups.FailureAsync(() => Backups.TakeAsync(files, target))).ShouldBe(EventStoreErrorKind.InUse);
        await Backups.TakeAsync(files, target);
    }

    [Fact]
    public async Task Directories_that_are_one_or_lie_in_each_other_are_refused_also_behind_links()
    {
        Requirement.Unix();
        using TemporaryDirectory place = new();
        string store = Path.Join(place.Path, "store");
        JournalOptions options = new() { Directory = store };
        await (await JournalStore.OpenAsync(options, cancellationToken: Backups.Cancel)).DisposeAsync();
        string link = Path.Join(place.Path, "link");
        Directory.CreateSymbolicLink(link, store);
        string circle = Path.Join(place.Path, "circle");
        Directory.CreateSymbolicLink(circle, circle);
        string[] targets = [store, store + "/", Path.Join(store, "in"), link, Path.Join(link, "in", "deep"), place.Path];
        foreach (string target in targets)
        {
            (await Backups.FailureAsync(() => StoreBackup.TakeAsync(store, target).AsTask())).ShouldBe(EventStoreErrorKind.Refused, target);
            (await Backups.FailureAsync(() => StoreBackup.TakeAsync(link, target).AsTask())).ShouldBe(EventStoreErrorKind.Refused, target);
            (await Backups.FailureAsync(() => StoreRestore.RunAsync(store, target))).ShouldBe(EventStoreErrorKind.Refused, target);
        }

        (await Backups.FailureAsync(() => StoreBackup.TakeAsync(store, circle).AsTask())).ShouldBe(EventStoreErrorKind.Unavailable);
        string outside = Path.Join(place.Path, "store-backup");
        await StoreBackup.TakeAsync(link, outside, cancellationToken: Backups.Cancel);
        Directory.Exists(Path.Join(store, "in")).ShouldBeFalse();
    }
}
