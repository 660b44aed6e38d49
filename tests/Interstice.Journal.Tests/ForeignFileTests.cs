using System.Text;
using Interstice.Journal.Backup;
using Interstice.Journal.Repair;
using Interstice.Kernel.Events;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests;

// Goal: a file that is not the journal's is never changed or removed by it.
// Method: put files of all kinds of names into a store, with an opening of each kind, rotations, a crash, a backup and repairs.
public sealed class ForeignFileTests
{
    private static readonly string[] Names =
    [
        "notes.txt", ".DS_Store", "core", "lost+found.txt", "interstice.journal.bak", "interstice.journal~",
        "0000000001-00000000000000000000.segment.bak", "0000000001-00000000000000000000.segment~", "segment", "my.repaired",
        "essay.txt.repaired", "repair.intent.txt", "prepared.segment.old", "x.new",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Files_of_others_stay_as_they_are_whatever_the_journal_does()
    {
        (MemoryFiles files, int events) = await Stores.FilledAsync(segments: 2);
        foreach (string name in Names) files.Replace(name, Content(name));
        await using (JournalStore store = await Stores.OpenAsync(files))
            for (int i = 0; i < 60; i++) await Stores.AppendAsync(store, $"{events++}", padding: 150);
        ExpectUntouched(files);

        MemoryFiles crashed = files.Copy();
        await using (JournalStore store = await Stores.OpenAsync(crashed)) await Stores.AppendAsync(store, $"{events}");
        await using (JournalStore reader = await Stores.OpenAsync(crashed, readOnly: true))
            (await Stores.TextsAsync(reader)).ShouldBe(Stores.Numbers(events + 1));
        ExpectUntouched(crashed);

        MemoryFiles backup = new();
        await Backup.Backups.TakeAsync(files, backup);
        MemoryFiles restored = new();
        await Backup.Backups.RestoreAsync(backup, restored);
        (await Stores.TextsAsync(await Stores.OpenAsync(restored))).ShouldBe(Stores.Numbers(events));
        restored.List().ShouldNotContain("notes.txt");
        ExpectUntouched(files);
    }

    [Theory]
    [InlineData(RepairMode.Skip)]
    [InlineData(RepairMode.Truncate)]
    public async Task A_repair_leaves_them_too_at_whichever_step_it_ends(RepairMode mode)
    {
        (MemoryFiles damaged, _) = await Stores.FilledAsync(segments: 3);
        foreach (string name in Names) damaged.Replace(name, Content(name));
        string segment = Stores.Segments(damaged)[1];
        byte[] image = damaged.Read(segment);
        image[image.Length / 3] ^= 1;
        damaged.Replace(segment, image);
        for (int at = 1; ; at++)
        {
            MemoryFiles files = damaged.Copy();
            files.Faults = new FaultPlan(at, FaultPlan.Device, IsSticky: true, IsShort: true);
            bool isDone = await TryRepairAsync(files);
            files.Faults = FaultPlan.None;
            files.Crash();
            ExpectUntouched(files);
            (await TryRepairAsync(files)).ShouldBeTrue();
            ExpectUntouched(files);
            await (await Stores.OpenAsync(files)).DisposeAsync();
            ExpectUntouched(files);
            if (isDone) return;
        }

        async Task<bool> TryRepairAsync(MemoryFiles files)
        {
            try
            {
                await JournalRepair.RunAsync(files, mode, new MemoryFiles(), cancellationToken: Cancel);
                return true;
            }
            catch (EventStoreException)
            {
                return false;
            }
        }
    }

    private static byte[] Content(string name) => Encoding.UTF8.GetBytes($"{name} is not the journal's");

    private static void ExpectUntouched(MemoryFiles files)
    {
        foreach (string name in Names) files.Read(name).ShouldBe(Content(name), name);
    }
}
