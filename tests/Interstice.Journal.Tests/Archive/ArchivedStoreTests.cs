using Interstice.Journal.Archive;
using Interstice.Journal.Repair;
using Interstice.Journal.Tests.Backup;
using Interstice.Journal.Verification;
using Interstice.Kernel.Events;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests.Archive;

// Goal: backup, repair, salvage and verification treat a segment in the archive as one of the store.
public sealed class ArchivedStoreTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_backup_holds_archived_segments_and_its_restored_store_needs_no_archive()
    {
        ArchivedStore made = await ArchivedStore.MovedAsync(6);
        MemoryFiles target = new();
        (await Backups.TakeAsync(made.Files, target)).Segments.ShouldBe(6);
        MemoryFiles restored = new();
        await Backups.RestoreAsync(target, restored);
        (await Backups.TextsOfAsync(restored)).ShouldBe(made.Texts);
        restored.List().ShouldNotContain(name => name.Contains("archived", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_first_backup_without_the_archive_is_refused_and_one_that_has_the_segments_goes_on()
    {
        ArchivedStore made = await ArchivedStore.FilledAsync(6);
        MemoryFiles early = new();
        await Backups.TakeAsync(made.Store, early);
        await using (JournalStore store = await Stores.OpenAsync(made.Files)) await ArchivedStore.ArchiveAsync(store);
        (await Should.ThrowAsync<ArchiveUnreachableException>(() => Backups.TakeAsync(made.FilesAlone, new MemoryFiles())))
            .Segment.Number.ShouldBe(1);
        await using (JournalStore store = await Stores.OpenAsync(made.FilesAlone)) await Stores.AppendAsync(store, $"{made.Events}");
        (await Backups.TakeAsync(made.FilesAlone, early)).Segments.ShouldBe(6);
        (await Backups.RestoredTextsAsync(early)).ShouldBe(Stores.Numbers(made.Events + 1));
    }

    [Theory]
    [InlineData(RepairMode.Skip)]
    [InlineData(RepairMode.Truncate)]
    public async Task Damage_in_the_archive_is_repaired_into_the_store_and_the_archive_is_left_alone(RepairMode mode)
    {
        ArchivedStore made = await ArchivedStore.MovedAsync(6);
        Flip(made.Archive, Stores.Segments(made.Archive)[1]);
        MemoryFiles archive = made.Archive.Copy();
        (await Stores.VerifyAsync(made.Files)).Errors.ShouldContain(error => error.Segment == 2);
        RepairReport report = await JournalRepair.RunAsync(made.Files, mode, new MemoryFiles(), cancellationToken: Cancel);
        report.IsDone.ShouldBeTrue();
        (await Stores.VerifyAsync(made.Files)).Errors.ShouldBeEmpty();
        foreach (string name in archive.List()) made.Archive.Read(name).ShouldBe(archive.Read(name));
        await using JournalStore store = await Stores.OpenAsync(made.Files);
        List<string> texts = await Stores.TextsAsync(store);
        texts.ShouldBe(made.Texts.Where(texts.Contains), "what is left is in order");
        (texts.Count > made.Events / 2).ShouldBe(mode == RepairMode.Skip);
        store.Archived.Select(segment => segment.Number).ShouldBe(
            mode == RepairMode.Skip ? [1, 4] : [1], "what was made again is in the store, what was cut off is gone");
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public async Task A_store_that_was_cut_off_right_behind_an_archived_segment_is_backed_up_and_written_on(int damaged)
    {
        ArchivedStore made = await ArchivedStore.MovedAsync(6);
        MemoryFiles holder = damaged <= 4 ? made.Archive : made.Store;
        Flip(holder, Stores.Segments(made.Files)[damaged - 1], 140);
        (await JournalRepair.RunAsync(made.Files, RepairMode.Truncate, new MemoryFiles(), cancellationToken: Cancel)).IsDone.ShouldBeTrue();
        await ExpectWrittenOnAsync(made, damaged - 1);
    }

    [Fact]
    public async Task A_store_whose_segment_behind_the_archived_ones_is_missing_is_repaired_and_written_on()
    {
        ArchivedStore made = await ArchivedStore.MovedAsync(6);
        made.Store.Delete(Stores.Segments(made.Store)[0]);
        (await JournalRepair.RunAsync(made.Files, RepairMode.Truncate, new MemoryFiles(), cancellationToken: Cancel)).IsDone.ShouldBeTrue();
        await ExpectWrittenOnAsync(made, 4);
    }

    [Fact]
    public async Task A_repair_that_cannot_read_the_archive_changes_nothing_and_says_which_segment_it_misses()
    {
        ArchivedStore made = await ArchivedStore.MovedAsync(6);
        Flip(made.Store, Stores.Segments(made.Store)[0]);
        MemoryFiles before = made.Store.Copy();
        foreach (RepairMode mode in Enum.GetValues<RepairMode>())
            (await Should.ThrowAsync<ArchiveUnreachableException>(
                () => JournalRepair.RunAsync(made.FilesAlone, mode, new MemoryFiles(), cancellationToken: Cancel))).Segment.Number.ShouldBe(1);
        made.Store.List().Order().ShouldBe(before.List().Order());
        foreach (string name in before.List()) made.Store.Read(name).ShouldBe(before.Read(name), name);
    }

    [Fact]
    public async Task A_salvage_copy_holds_archived_segments()
    {
        ArchivedStore made = await ArchivedStore.MovedAsync(6);
        Flip(made.Store, Stores.Segments(made.Store)[0]);
        MemoryFiles copy = new();
        await JournalRepair.CopyAsync(made.Files, copy, cancellationToken: Cancel);
        Stores.Segments(copy).Count.ShouldBe(6);
        (await Stores.VerifyAsync(copy)).Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_flipped_bit_in_the_archive_is_found_by_the_read_that_passes_it_and_by_verification()
    {
        ArchivedStore made = await ArchivedStore.MovedAsync(6);
        Flip(made.Archive, Stores.Segments(made.Archive)[2]);
        (await Stores.VerifyAsync(made.Files)).Errors.ShouldAllBe(error => error.Segment == 3 && error.Kind == VerificationErrorKind.Frame);
        await using JournalStore store = await Stores.OpenAsync(made.Files);
        JournalDamageException damage = await Should.ThrowAsync<JournalDamageException>(() => Stores.TextsAsync(store));
        damage.Segment.ShouldBe(3);
        damage.File.ShouldBe(Path.Join(made.Archive.Directory, Stores.Segments(made.Archive)[2]));
    }

    [Fact]
    public async Task Another_file_under_the_name_in_the_archive_does_not_pass_for_the_segment()
    {
        ArchivedStore made = await ArchivedStore.MovedAsync(6);
        ArchivedStore other = await ArchivedStore.MovedAsync(6);
        string first = Stores.Segments(made.Archive)[0];
        made.Archive.Replace(first, other.Archive.Read(Stores.Segments(other.Archive)[0]));
        (await Stores.VerifyAsync(made.Files)).Errors.Single().Kind.ShouldBe(VerificationErrorKind.Archive);
        await using JournalStore store = await Stores.OpenAsync(made.Files);
        (await Should.ThrowAsync<ArchiveUnreachableException>(() => Stores.TextsAsync(store))).Message.ShouldContain("another file");
    }

    // The last segment of the store, and of the log, is in the archive.
    private static async Task ExpectWrittenOnAsync(ArchivedStore made, int segments)
    {
        MemoryFiles archive = made.Archive.Copy();
        Stores.Segments(made.Store).ShouldBeEmpty();
        Stores.Segments(made.Files).Count.ShouldBe(segments);
        (await Stores.VerifyAsync(made.Files)).Errors.ShouldBeEmpty();
        MemoryFiles backup = new();
        (await Backups.TakeAsync(made.Files, backup)).Segments.ShouldBe(segments);
        List<string> left;
        await using (JournalStore store = await Stores.OpenAsync(made.Files))
        {
            left = await Stores.TextsAsync(store);
            left.ShouldBe(made.Texts.Take(left.Count));
            left.ShouldNotBeEmpty();
            await Stores.AppendAsync(store, "more");
        }

        await using (JournalStore store = await Stores.OpenAsync(made.Files))
        {
            (await Stores.TextsAsync(store)).ShouldBe([.. left, "more"]);
            store.Archived.Count.ShouldBe(segments);
        }

        (await Stores.VerifyAsync(made.Files)).Errors.ShouldBeEmpty();
        foreach (string name in archive.List()) made.Archive.Read(name).ShouldBe(archive.Read(name), name);
        (await Backups.RestoredTextsAsync(backup)).ShouldBe(left);
    }

    private static void Flip(MemoryFiles files, string name, int at = 300)
    {
        byte[] bytes = files.Read(name);
        bytes[at] ^= 1;
        files.Replace(name, bytes);
    }
}
