using Interstice.Journal.Backup;
using Interstice.Journal.Files;
using Interstice.Kernel.Events;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests.Backup;

// Goal: whatever fails or is killed in a backup or a restore, the backup before stays good, and nothing half-done passes for a backup or
// a store.
// Method: let the n-th operation fail, once or for good (which leaves what a kill leaves), for every n until a run meets no failure; then
// lose power too; then look at what is there, and do it again without failures.
public sealed class BackupFaultTests
{
    public static TheoryData<int, bool, bool> Plans => new()
    {
        { FaultPlan.Device, false, false }, { FaultPlan.Device, true, false }, { FaultPlan.Device, false, true },
        { FaultPlan.Full, true, false }, { FaultPlan.Full, true, true },
    };

    [Theory]
    [MemberData(nameof(Plans))]
    public async Task A_first_backup_that_fails_is_none_and_the_next_one_is_whole(int error, bool isSticky, bool isShort)
    {
        (MemoryFiles files, int events) = await Stores.FilledAsync(3);
        int points = await WalkAsync(error, isSticky, isShort, () => Task.FromResult(new MemoryFiles()), async (target, why) =>
        {
            await TakeAsync(files, target, error, why);
            return async left =>
            {
                // The last operations come after the manifest has its name.
                int found = (await TextsOrNullAsync(left))?.Count ?? -1;
                (found == -1 || found == events).ShouldBeTrue($"{why}: {found}");
                await Backups.TakeAsync(files, left);
                (await Backups.RestoredTextsAsync(left)).ShouldBe(Stores.Numbers(events), why);
            };
        });
        points.ShouldBeGreaterThan(10);
    }

    [Theory]
    [MemberData(nameof(Plans))]
    public async Task A_later_backup_that_fails_leaves_the_one_before(int error, bool isSticky, bool isShort)
    {
        (MemoryFiles files, int before) = await Stores.FilledAsync(2);
        MemoryFiles first = new();
        await Backups.TakeAsync(files, first);
        await Backups.AppendAsync(files, before, 60);
        int after = before + 60;
        int points = await WalkAsync(error, isSticky, isShort, () => Task.FromResult(first.Copy()), async (target, why) =>
        {
            await TakeAsync(files, target, error, why);
            return async left =>
            {
                List<string> texts = await Backups.RestoredTextsAsync(left);
                (texts.Count == before || texts.Count == after).ShouldBeTrue($"{why}: {texts.Count}");
                texts.ShouldBe(Stores.Numbers(texts.Count), why);
                await Backups.TakeAsync(files, left);
                (await Backups.RestoredTextsAsync(left)).ShouldBe(Stores.Numbers(after), why);
            };
        });
        points.ShouldBeGreaterThan(10);
    }

    [Theory]
    [MemberData(nameof(Plans))]
    public async Task A_restore_that_fails_leaves_no_store(int error, bool isSticky, bool isShort)
    {
        (MemoryFiles files, int events) = await Stores.FilledAsync(3);
        MemoryFiles backup = new();
        await Backups.TakeAsync(files, backup);
        int points = await WalkAsync(error, isSticky, isShort, () => Task.FromResult(new MemoryFiles()), async (target, why) =>
        {
            try
            {
                await Backups.RestoreAsync(backup, target);
            }
            catch (EventStoreException e)
            {
                e.Kind.ShouldBe(error == FaultPlan.Full ? EventStoreErrorKind.Full : EventStoreErrorKind.Unavailable, why);
            }

            return async left =>
            {
                // The store file comes last; only the sync of its name is behind it.
                if (left.List().Contains(Stores.StoreFileName))
                    (await Backups.TextsOfAsync(left)).ShouldBe(Stores.Numbers(events), why);
                else if (Stores.Segments(left).Count > 0)
                    (await Backups.FailureAsync(async () => await Stores.OpenAsync(left))).ShouldBe(EventStoreErrorKind.UnknownFormat);
            };
        });
        points.ShouldBeGreaterThan(10);
    }

    [Fact]
    public async Task A_sync_of_the_store_that_fails_ends_the_backup()
    {
        (MemoryFiles files, _) = await Stores.FilledAsync(1);
        files.Faults = new FaultPlan(1, FaultPlan.Device, IsSticky: false, IsShort: false);
        MemoryFiles target = new();
        (await Backups.FailureAsync(() => Backups.TakeAsync(files, target))).ShouldBe(EventStoreErrorKind.Unavailable);
        (await Backups.FailureAsync(() => Backups.VerifyAsync(target))).ShouldBe(EventStoreErrorKind.Unavailable);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_store_that_cannot_be_opened_or_read_ends_the_backup_and_the_one_before_stays(bool isSticky)
    {
        (MemoryFiles whole, int before) = await Stores.FilledAsync(3);
        MemoryFiles first = new();
        await Backups.TakeAsync(whole, first);
        await Backups.AppendAsync(whole, before, 60);
        int points = 0;
        for (int at = 1; ; at++)
        {
            MemoryFiles files = whole.Copy();
            MemoryFiles target = first.Copy();
            files.Faults = new FaultPlan(at, FaultPlan.Device, isSticky, IsShort: false) { Points = [FaultPoint.Open, FaultPoint.Read] };
            bool isTaken = true;
            try
            {
                await Backups.TakeAsync(files, target);
            }
            catch (EventStoreException e)
            {
                e.Kind.ShouldBe(EventStoreErrorKind.Unavailable, $"operation {at}: {files.Faults.Failed}");
                isTaken = false;
            }

            int held = (await Backups.RestoredTextsAsync(target)).Count;
            held.ShouldBe(isTaken ? before + 60 : before, $"operation {at}: {files.Faults.Failed}");
            if (files.Faults.Failed is null) break;
            points++;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"R6: {points} points of opening and reading");
        points.ShouldBeGreaterThan(5);
    }

    // Planted bug: syncs that do nothing for what is added to a file.
    [Fact]
    public async Task A_backup_that_did_not_sync_would_be_caught()
    {
        (MemoryFiles files, int before) = await Stores.FilledAsync(1);
        MemoryFiles first = new();
        await Backups.TakeAsync(files, first);
        await Backups.AppendAsync(files, before, 3);
        int caught = 0;
        for (int seed = 0; seed < 50 && caught == 0; seed++)
        {
            MemoryFiles target = first.Copy();
            await Backups.TakeAsync(files, new MemoryFilesThatNeverSync(target));
            target.LosePower(new Random(seed));
            if ((await TextsOrNullAsync(target))?.Count != before + 3) caught++;
        }

        caught.ShouldBe(1);
    }

    private static async Task TakeAsync(MemoryFiles files, MemoryFiles target, int error, string why)
    {
        try
        {
            await Backups.TakeAsync(files, target);
        }
        catch (EventStoreException e)
        {
            e.Kind.ShouldBe(error == FaultPlan.Full ? EventStoreErrorKind.Full : EventStoreErrorKind.Unavailable, why);
        }
    }

    private static async Task<int> WalkAsync(
        int error, bool isSticky, bool isShort, Func<Task<MemoryFiles>> begin,
        Func<MemoryFiles, string, Task<Func<MemoryFiles, Task>>> run)
    {
        for (int at = 1; ; at++)
        {
            MemoryFiles target = await begin();
            target.Faults = new FaultPlan(at, error, isSticky, isShort);
            string plan = $"operation {at}, error {error}, sticky {isSticky}, short {isShort}";
            Func<MemoryFiles, Task> check = await run(target, plan);
            if (target.Faults.Failed is null)
            {
                TestContext.Current.TestOutputHelper?.WriteLine($"R6: {at - 1} points, each also with a loss of power");
                return at - 1;
            }

            target.Faults = FaultPlan.None;
            target.Crash();
            await check(target.Copy());
            target.LosePower(new Random(at));
            await check(target);
        }
    }

    private static async Task<List<string>?> TextsOrNullAsync(IJournalFiles backup)
    {
        try
        {
            return await Backups.RestoredTextsAsync(backup);
        }
        catch (EventStoreException e) when (e.Kind is EventStoreErrorKind.Unavailable or EventStoreErrorKind.Damaged)
        {
            return null;
        }
    }
}
