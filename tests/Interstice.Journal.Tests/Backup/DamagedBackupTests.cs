using Interstice.Journal.Backup;
using Interstice.Kernel.Events;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests.Backup;

public sealed class DamagedBackupTests
{
    [Fact]
    public async Task Every_byte_of_a_backup_that_is_flipped_is_found_before_anything_is_written()
    {
        MemoryFiles backup = await SmallBackupAsync();
        Random random = new(1);
        foreach (string name in backup.List())
        {
            byte[] good = backup.Read(name);
            for (int at = 0; at < good.Length; at++)
            {
                byte[] bad = [.. good];
                bad[at] ^= (byte)(1 << random.Next(8));
                await ExpectFoundAsync(backup, name, bad, $"{name}, byte {at}");
            }
        }
    }

    [Fact]
    public async Task A_file_that_is_shorter_zeroed_at_its_end_or_missing_is_found()
    {
        MemoryFiles backup = await SmallBackupAsync();
        foreach (string name in backup.List())
        {
            byte[] good = backup.Read(name);
            for (int length = 0; length < good.Length; length += 7)
            {
                await ExpectFoundAsync(backup, name, good[..length], $"{name} cut at {length}");
                byte[] zeroed = [.. good];
                zeroed.AsSpan(length).Clear();
                if (!zeroed.SequenceEqual(good)) await ExpectFoundAsync(backup, name, zeroed, $"{name} zeroed from {length}");
            }

            MemoryFiles without = backup.Copy();
            without.Delete(name);
            (await Backups.FailureAsync(() => Backups.RestoreAsync(without, new MemoryFiles()))).ShouldBe(
                name.EndsWith(".segment", StringComparison.Ordinal) ? EventStoreErrorKind.Damaged : EventStoreErrorKind.Unavailable);
        }
    }

    [Fact]
    public async Task A_manifest_of_a_newer_version_is_refused()
    {
        MemoryFiles backup = await SmallBackupAsync();
        string name = backup.List().Single(file => file.EndsWith(".manifest", StringComparison.Ordinal));
        byte[] bytes = backup.Read(name);
        bytes[8] = 2;
        BitConverter.TryWriteBytes(bytes.AsSpan(bytes.Length - 4), Journal.Checksums.Crc32C.Compute(bytes.AsSpan(0, bytes.Length - 4)));
        backup.Replace(name, bytes);
        (await Backups.FailureAsync(() => Backups.VerifyAsync(backup))).ShouldBe(EventStoreErrorKind.UnknownFormat);
    }

    [Fact]
    public async Task A_backup_with_a_damaged_manifest_is_not_brought_up_to_date()
    {
        (MemoryFiles files, _) = await Stores.FilledAsync(1);
        MemoryFiles backup = new();
        await Backups.TakeAsync(files, backup);
        string name = backup.List().Single(file => file.EndsWith(".manifest", StringComparison.Ordinal));
        byte[] bytes = backup.Read(name);
        bytes[70] ^= 1;
        backup.Replace(name, bytes);
        MemoryFiles before = backup.Copy();
        (await Backups.FailureAsync(() => Backups.TakeAsync(files, backup))).ShouldBe(EventStoreErrorKind.Damaged);
        foreach (string file in before.List()) backup.Read(file).ShouldBe(before.Read(file));
    }

    private static async Task<MemoryFiles> SmallBackupAsync()
    {
        MemoryFiles files = new();
        await Backups.AppendAsync(files, 0, 3);
        MemoryFiles backup = new();
        await Backups.TakeAsync(files, backup);
        backup.List().Count.ShouldBe(2);
        return backup;
    }

    private static async Task ExpectFoundAsync(MemoryFiles backup, string name, byte[] bad, string why)
    {
        MemoryFiles damaged = backup.Copy();
        damaged.Replace(name, bad);
        MemoryFiles target = new();
        BackupDamageException damage =
            await Should.ThrowAsync<BackupDamageException>(() => Backups.RestoreAsync(damaged, target), why);
        damage.File.ShouldEndWith(name);
        target.List().ShouldBeEmpty(why);
    }
}
