using Interstice.Journal.Backup;
using Interstice.Kernel.Events;
using Interstice.TestKit;

namespace Interstice.Journal.Tests.Backup;

public sealed class RestoreDirectoryTests : IDisposable
{
    private readonly TemporaryDirectory _place = new();

    private string Store => Path.Join(_place.Path, "store");

    private string Backup => Path.Join(_place.Path, "backup");

    private string Restored => Path.Join(_place.Path, "a", "restored");

    private string Beside => Restored + ".restoring";

    public void Dispose() => _place.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_store_is_restored_into_a_directory_that_is_missing_or_empty(bool isThere)
    {
        await BackUpAsync();
        if (isThere) Directory.CreateDirectory(Restored);
        await RestoreAsync(Restored + "/");
        await ExpectWholeAsync(Restored);
        Directory.Exists(Beside).ShouldBeFalse();
    }

    [Fact]
    public async Task A_directory_with_anything_in_it_is_refused_and_left_alone()
    {
        await BackUpAsync();
        foreach (string name in (string[])["file", "folder"])
        {
            string target = Path.Join(_place.Path, name);
            Directory.CreateDirectory(Path.Join(target, "in"));
            (await Backups.FailureAsync(() => RestoreAsync(target))).ShouldBe(EventStoreErrorKind.Refused);
            Directory.GetFileSystemEntries(target).ShouldHaveSingleItem();
        }

        await File.WriteAllTextAsync(Path.Join(_place.Path, "text"), "text", Backups.Cancel);
        (await Backups.FailureAsync(() => RestoreAsync(Path.Join(_place.Path, "text")))).ShouldBe(EventStoreErrorKind.Refused);
        (await Backups.FailureAsync(() => RestoreAsync(Store))).ShouldBe(EventStoreErrorKind.Refused);
    }

    [Fact]
    public async Task What_a_killed_restore_left_is_removed_and_what_is_something_else_is_not()
    {
        await BackUpAsync();
        Directory.CreateDirectory(Beside);
        foreach (string name in (string[])["restoring", "interstice.journal.new", Path.GetFileName(Directory.GetFiles(Store, "*.segment")[0])])
            await File.WriteAllTextAsync(Path.Join(Beside, name), "half", Backups.Cancel);
        await RestoreAsync(Restored);
        await ExpectWholeAsync(Restored);

        Directory.Delete(Restored, recursive: true);
        Directory.CreateDirectory(Beside);
        await File.WriteAllTextAsync(Path.Join(Beside, "interstice.journal"), "mine", Backups.Cancel);
        (await Backups.FailureAsync(() => RestoreAsync(Restored))).ShouldBe(EventStoreErrorKind.Refused);
        File.Exists(Path.Join(Beside, "interstice.journal")).ShouldBeTrue();
        Directory.Exists(Restored).ShouldBeFalse();
    }

    [Fact]
    public async Task A_restore_that_fails_leaves_nothing_behind()
    {
        await BackUpAsync();
        string segment = Directory.GetFiles(Backup, "*.segment")[0];
        byte[] bytes = await File.ReadAllBytesAsync(segment, Backups.Cancel);
        bytes[200] ^= 1;
        await File.WriteAllBytesAsync(segment, bytes, Backups.Cancel);
        await Should.ThrowAsync<BackupDamageException>(() => RestoreAsync(Restored));
        Directory.Exists(Path.GetDirectoryName(Restored)).ShouldBeFalse();

        using CancellationTokenSource ended = new();
        await ended.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(
            () => StoreRestore.RunAsync(Backup, Restored, cancellationToken: ended.Token));
        Directory.Exists(Path.GetDirectoryName(Restored)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_link_to_an_empty_directory_stays_a_link()
    {
        Requirement.Unix();
        await BackUpAsync();
        Directory.CreateDirectory(Restored);
        string link = Path.Join(_place.Path, "link");
        Directory.CreateSymbolicLink(link, Restored);
        await RestoreAsync(link);
        new DirectoryInfo(link).LinkTarget.ShouldBe(Restored);
        await ExpectWholeAsync(link);
    }

    private Task<RestoreReport> RestoreAsync(string target) =>
        StoreRestore.RunAsync(Backup, target, cancellationToken: Backups.Cancel);

    private async Task BackUpAsync()
    {
        await using JournalStore store = await JournalStore.OpenAsync(
            new JournalOptions { Directory = Store }, cancellationToken: Backups.Cancel);
        for (int i = 0; i < 3; i++) await Stores.AppendAsync(store, $"{i}");
        await StoreBackup.TakeAsync(Store, Backup, cancellationToken: Backups.Cancel);
    }

    private static async Task ExpectWholeAsync(string path)
    {
        await using JournalStore store = await JournalStore.OpenAsync(
            new JournalOptions { Directory = path }, cancellationToken: Backups.Cancel);
        (await Stores.TextsAsync(store)).ShouldBe(Stores.Numbers(3));
    }
}
