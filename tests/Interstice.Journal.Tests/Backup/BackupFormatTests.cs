using Interstice.Journal.Backup;
using Interstice.Journal.Files;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests.Backup;

// Goal: every backup ever taken can be restored for ever, and what is written today is what the page on the format says.
// Method: a backup of the golden store of version 2 is kept beside the tests.
public sealed class BackupFormatTests
{
    private static readonly DirectoryFiles GoldenStoreFiles = new(Path.Join(AppContext.BaseDirectory, "Golden", "version-2"));
    private static readonly DirectoryFiles GoldenBackup = new(Path.Join(AppContext.BaseDirectory, "Golden", "backup-1"));

    [Fact]
    public async Task What_is_written_today_is_version_1()
    {
        MemoryFiles target = new();
        await Backups.TakeAsync(GoldenStoreFiles, target, new ManualTime());
        target.List().Order(StringComparer.Ordinal).ShouldBe(GoldenBackup.List().Order(StringComparer.Ordinal));
        foreach (string name in target.List())
            target.Read(name).ShouldBe(await File.ReadAllBytesAsync(Path.Join(GoldenBackup.Directory, name), Backups.Cancel), name);
    }

    [Fact]
    public async Task A_backup_of_version_1_is_restored()
    {
        MemoryFiles restored = new();
        RestoreReport report = await Backups.RestoreAsync(GoldenBackup, restored);
        report.Events.ShouldBe(GoldenStore.Expected.Count + 1);
        report.Backup.TakenAt.ShouldBe(new ManualTime().Now);
        (await Stores.VerifyAsync(restored)).Errors.ShouldBeEmpty();
        restored.Read(Stores.StoreFileName)
            .ShouldBe(await File.ReadAllBytesAsync(Path.Join(GoldenStoreFiles.Directory, Stores.StoreFileName), Backups.Cancel));
    }
}
