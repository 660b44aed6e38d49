using Interstice.Journal.Repair;
using Interstice.Kernel.Events;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests.Repair;

// Goal: opening with a mode that repairs leaves exactly what log-repair leaves, keeps what it changes before it changes anything, and says
// what was lost; the other modes, and readers, never write.
// Method: damage a store in every known way, open it under each mode, compare with the repair of a copy; end the repair at every step.
public sealed class RecoveryModeTests
{
    // For each step; the first run of it only ends the process.
    private const int PowerLosses = 3;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, RecoveryMode> Cases
    {
        get
        {
            TheoryData<string, RecoveryMode> cases = [];
            foreach (string damage in Damages.All.Except(["footer"])) // opened under every mode, with a warning
                foreach (RecoveryMode mode in new[] { RecoveryMode.Truncate, RecoveryMode.Skip }) cases.Add(damage, mode);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Opening_repairs_as_the_command_does_and_says_what_was_lost(string damage, RecoveryMode recovery)
    {
        MemoryFiles damaged = Damages.Apply(await Damages.StoreAsync(), damage);
        MemoryFiles byCommand = damaged.Copy();
        RepairReport expected = await JournalRepair.RunAsync(byCommand, ModeOf(recovery), new MemoryFiles(), cancellationToken: Cancel);

        MemoryFiles files = damaged.Copy();
        MemoryFiles backup = new();
        await using (JournalStore store = await OpenAsync(files, recovery, backup))
        {
            RepairReport report = store.Recovery.Repair.ShouldNotBeNull("or nothing is tested");
            report.IsDone.ShouldBeTrue();
            report.Lost.ShouldBe(expected.Lost);
            report.Stretches.ShouldBe(expected.Stretches);
            report.Changes.ShouldBe(expected.Changes);
            store.Recovery.FooterProblems.ShouldBeEmpty();
            foreach (FileChange change in report.Changes.Where(change => change.Kind != FileChangeKind.Created))
                backup.Read(change.File).ShouldBe(damaged.Read(change.File), change.File);
            backup.List().ShouldContain(JournalRepair.ReportName);
            await Stores.AppendAsync(store, "goes on");
        }

        (await Stores.VerifyAsync(files)).Errors.ShouldBeEmpty();
        List<string> texts = await TextsAsync(files);
        texts[..^1].ShouldBe(await TextsAsync(byCommand));
        await using JournalStore again = await OpenAsync(files, recovery, new MemoryFiles());
        again.Recovery.Repair.ShouldBeNull("nothing is left to repair");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_strict_opening_and_every_reader_refuse_and_change_nothing(string damage, RecoveryMode recovery)
    {
        MemoryFiles damaged = Damages.Apply(await Damages.StoreAsync(), damage);
        MemoryFiles files = damaged.Copy();
        await Should.ThrowAsync<EventStoreException>(async () => await OpenAsync(files, RecoveryMode.Strict, new MemoryFiles()));
        await Should.ThrowAsync<EventStoreException>(async () => await JournalStore.OpenAsync(
            Stores.Options(readOnly: true) with { Recovery = recovery, ChecksFramesOnOpen = true }, null, files, Cancel));
        (await Should.ThrowAsync<EventStoreException>(async () => await OpenAsync(files, RecoveryMode.Salvage, new MemoryFiles())))
            .Kind.ShouldBe(EventStoreErrorKind.ReadOnly);
        Images(files).ShouldBe(Images(damaged));
    }

    // The n-th operation on the store fails, or is the last one; the next opening repairs, or finishes what was begun.
    [Theory]
    [InlineData("bit", RecoveryMode.Skip, true)]
    [InlineData("two missing segments", RecoveryMode.Skip, false)]
    [InlineData("no store file", RecoveryMode.Skip, true)]
    [InlineData("truncated segment", RecoveryMode.Truncate, true)]
    [InlineData("truncated segment", RecoveryMode.Truncate, false)]
    public async Task An_opening_that_ends_at_any_step_of_its_repair_is_finished_by_the_next(
        string damage, RecoveryMode recovery, bool isSticky)
    {
        MemoryFiles damaged = Damages.Apply(await Damages.StoreAsync(), damage);
        MemoryFiles whole = damaged.Copy();
        await (await OpenAsync(whole, recovery, new MemoryFiles())).DisposeAsync();
        List<string> expected = await TextsAsync(whole);
        int failed = 0, resumed = 0;
        for (int at = 1; ; at++)
        {
            for (int seed = 0; seed < 1 + PowerLosses; seed++)
            {
                MemoryFiles files = damaged.Copy();
                files.Faults = new FaultPlan(at, FaultPlan.Device, isSticky, IsShort: true);
                MemoryFiles backup = new();
                if (await FailureAsync(files, recovery, backup) is not { } failure)
                {
                    failed.ShouldBeGreaterThan(5);
                    resumed.ShouldBeGreaterThan(0, "the repair was interrupted after it was committed, too");
                    TestContext.Current.TestOutputHelper?.WriteLine($"{failed} openings ended, {resumed} with a repair to finish");
                    return;
                }

                failed++;
                failure.ShouldBeAssignableTo<EventStoreException>($"step {at}");
                files.Crash();
                if (seed > 0) files.LosePower(new Random(at * 100 + seed));
                files.Faults = FaultPlan.None;
                bool isBegun = files.List().Contains("repair.intent");
                if (isBegun) resumed++;
                if (isBegun)
                    (await Should.ThrowAsync<EventStoreException>(async () => await OpenAsync(files, RecoveryMode.Strict, new MemoryFiles())))
                        .Message.ShouldContain("log-repair");
                foreach (string name in Changed(damaged, files))
                    backup.Read(name).ShouldBe(damaged.Read(name), $"step {at}, seed {seed}: changed before its backup was there");
                await using (JournalStore store = await OpenAsync(files, recovery, new MemoryFiles()))
                    if (isBegun) store.Recovery.Repair.ShouldNotBeNull().IsResumed.ShouldBeTrue($"step {at}, seed {seed}");
                (await TextsAsync(files)).ShouldBe(expected, $"step {at}, seed {seed}");
                (await Stores.VerifyAsync(files)).Errors.ShouldBeEmpty($"step {at}, seed {seed}");
            }
        }
    }

    [Fact]
    public async Task Without_room_for_the_backup_nothing_is_changed()
    {
        MemoryFiles damaged = Damages.Apply(await Damages.StoreAsync(), "bit");
        MemoryFiles files = damaged.Copy();
        for (int at = 1; ; at++)
        {
            MemoryFiles backup = new() { Faults = new FaultPlan(at, FaultPlan.Full, IsSticky: true, IsShort: true) };
            if (await FailureAsync(files, RecoveryMode.Skip, backup) is not EventStoreException failure)
            {
                at.ShouldBeGreaterThan(3);
                return;
            }

            failure.Message.ShouldContain("backup");
            Images(files).ShouldBe(Images(damaged), $"operation {at} on the backup");
        }
    }

    [Theory]
    [InlineData(RecoveryMode.Truncate)]
    [InlineData(RecoveryMode.Skip)]
    public async Task What_no_repair_can_mend_is_refused(RecoveryMode recovery)
    {
        MemoryFiles foreign = new();
        foreign.Replace("interstice.journal", [.. "another program's, and long enough to be a store file of ours....."u8]);
        (await Should.ThrowAsync<EventStoreException>(async () => await OpenAsync(foreign, recovery, new MemoryFiles())))
            .Kind.ShouldBe(EventStoreErrorKind.UnknownFormat);
        foreign.List().ShouldBe(["interstice.journal"], "no lock file is put into it");

        MemoryFiles full = new();
        full.Replace("here", [1]);
        MemoryFiles files = Damages.Apply(await Damages.StoreAsync(), "bit");
        (await Should.ThrowAsync<EventStoreException>(async () => await OpenAsync(files, recovery, full))).Message.ShouldContain("is not empty");
        await Should.ThrowAsync<ArgumentException>(async () =>
            await JournalStore.OpenAsync(Stores.Options() with { Recovery = recovery }, null, files, Cancel));
    }

    // The segment itself is whole, in the archive: a repair that threw it away would lose what a copy brings back.
    [Theory]
    [InlineData(RecoveryMode.Truncate)]
    [InlineData(RecoveryMode.Skip)]
    public async Task A_damaged_record_of_an_archived_segment_is_refused_and_nothing_changes(RecoveryMode recovery)
    {
        Archive.ArchivedStore made = await Archive.ArchivedStore.MovedAsync(6);
        string record = made.Store.List().First(name => name.EndsWith(".archived", StringComparison.Ordinal));
        byte[] bytes = made.Store.Read(record);
        bytes[^5] ^= 1;
        made.Store.Replace(record, bytes);
        MemoryFiles before = made.Store.Copy();
        JournalDamageException damage = await Should.ThrowAsync<JournalDamageException>(async () => await JournalStore.OpenAsync(
            Stores.Options() with { Recovery = recovery }, null, made.Files, new MemoryFiles(), Cancel));
        damage.File.ShouldEndWith(".archived");
        foreach (string name in before.List()) made.Store.Read(name).ShouldBe(before.Read(name), name);
    }

    // The index is enough to open, so that only a mode that reads all frames sees what a reader would run into.
    [Fact]
    public async Task Damage_that_opening_does_not_look_at_is_repaired_when_frames_are_checked()
    {
        MemoryFiles files = Damages.Apply(await Damages.StoreAsync(), "bit");
        await using (JournalStore fast = await JournalStore.OpenAsync(
            Stores.Options() with { Recovery = RecoveryMode.Skip }, null, files, new MemoryFiles(), Cancel))
            fast.Recovery.Repair.ShouldBeNull();
        await using JournalStore store = await OpenAsync(files, RecoveryMode.Skip, new MemoryFiles());
        store.Recovery.Repair.ShouldNotBeNull().EventsLost.ShouldBeGreaterThan(0);
    }

    // On the file system: the backup lies beside the store, and two repairs of one moment do not share it.
    [Fact]
    public async Task The_backup_is_a_new_directory_beside_the_store()
    {
        using TestKit.TemporaryDirectory root = new();
        string directory = Path.Join(root.Path, "store");
        MemoryFiles damaged = Damages.Apply(await Damages.StoreAsync(), "truncated segment");
        JournalOptions options = Stores.Options() with { Directory = directory, Recovery = RecoveryMode.Truncate };
        for (int repairs = 1; repairs <= 2; repairs++)
        {
            if (Directory.Exists(directory)) Directory.Delete(directory, recursive: true);
            Directory.CreateDirectory(directory);
            foreach (string name in damaged.List()) await File.WriteAllBytesAsync(Path.Join(directory, name), damaged.Read(name), Cancel);
            await using JournalStore store = await JournalStore.OpenAsync(options, new ManualTime(), cancellationToken: Cancel);
            string backup = store.Recovery.Repair.ShouldNotBeNull().Backup.ShouldNotBeNull();
            backup.ShouldStartWith(directory + ".before-repair-");
            File.Exists(Path.Join(backup, JournalRepair.ReportName)).ShouldBeTrue();
            Directory.GetDirectories(root.Path, "store.before-repair-*").Length.ShouldBe(repairs);
        }
    }

    private static RepairMode ModeOf(RecoveryMode recovery) =>
        recovery == RecoveryMode.Truncate ? RepairMode.Truncate : RepairMode.Skip;

    private static ValueTask<JournalStore> OpenAsync(MemoryFiles files, RecoveryMode recovery, MemoryFiles backup) =>
        JournalStore.OpenAsync(
            Stores.Options() with { Recovery = recovery, ChecksFramesOnOpen = true }, null, files, backup, Cancel);

    private static async Task<Exception?> FailureAsync(MemoryFiles files, RecoveryMode recovery, MemoryFiles backup)
    {
        try
        {
            await (await OpenAsync(files, recovery, backup)).DisposeAsync();
            return files.Faults.Failed is null ? null : new EventStoreException(EventStoreErrorKind.Unavailable, "closing failed quietly");
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private static async Task<List<string>> TextsAsync(MemoryFiles files)
    {
        await using JournalStore store = await JournalStore.OpenAsync(
            Stores.Options(readOnly: true) with { ChecksFramesOnOpen = true }, null, files, Cancel);
        return await Stores.TextsAsync(store);
    }

    // Files of the damaged store that are there no longer as they were. The last segment is written by whoever opens the store.
    private static IEnumerable<string> Changed(MemoryFiles damaged, MemoryFiles files) => Names(damaged).Where(name =>
        name != Stores.Segments(damaged)[^1]
        && (!files.List().Contains(name) || !files.Read(name).AsSpan().SequenceEqual(damaged.Read(name))));

    private static IEnumerable<string> Names(MemoryFiles files) => files.List().Where(name =>
        name == Stores.StoreFileName || name.EndsWith(".segment", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    private static byte[][] Images(MemoryFiles files) => [.. Names(files).Select(files.Read)];
}
