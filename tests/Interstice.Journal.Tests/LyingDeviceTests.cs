using Interstice.Journal.Repair;
using Interstice.Kernel.Events;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests;

// Goal: a device that says once that it has synced and has not, and then loses power, costs what it had promised; but what the store then
// gives is a committed prefix, or nothing and a sentence, and never a mix.
// Method: let the n-th sync lie, for every n until a run meets no lie; cut the power some syncs later; open, read, go on; where the store
// refuses, repair it.
public sealed class LyingDeviceTests
{
    private const int Appends = 40;
    private const int SyncsAfterTheLieMax = 12;

    [Theory]
    [InlineData(SyncLie.Late)]
    [InlineData(SyncLie.Lost)]
    public async Task A_sync_that_lied_costs_the_end_of_the_log_or_is_refused_and_never_gives_a_mix(SyncLie lie)
    {
        int whole = 0, shorter = 0, refused = 0;
        for (int at = 1; ; at++)
        {
            int before = whole + shorter + refused;
            for (int later = 0; later <= SyncsAfterTheLieMax; later += 1 + later / 2)
            {
                MemoryFiles files = LyingAt(at, later, lie);
                FaultPlan plan = files.Faults;
                Workload workload = new(files, Appends, inFlight: 1 + at % 3, padding: 150);
                await workload.RunAsync();
                files.BeforeSync = () => { };
                if (plan.Failed is null) break;
                files.LosePower(new Random(at * 100 + later));
                files.Faults = FaultPlan.None;
                string why = $"sync {at} lied, power lost {later} syncs later";
                int? held = await HeldAsync(files, why);
                if (held is null) refused++;
                else if (held < workload.Acknowledged) shorter++;
                else whole++;
            }

            if (whole + shorter + refused == before) break;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{lie}: {whole} whole, {shorter} ended earlier, {refused} refused");
        (whole + shorter + refused).ShouldBeGreaterThan(200);
        shorter.ShouldBePositive("or the lies cost nothing and nothing was tried");
        refused.ShouldBePositive();
    }

    // The n-th sync lies; from so many syncs of files after it on, nothing reaches the device any more.
    private static MemoryFiles LyingAt(int at, int later, SyncLie lie)
    {
        MemoryFiles files = new();
        FaultPlan plan = new(at, FaultPlan.Device, IsSticky: false, IsShort: false) { Points = [FaultPoint.Sync], Lie = lie };
        files.Faults = plan;
        int left = later;
        files.BeforeSync = () =>
        {
            if (plan.Failed is null || left-- > 0) return;
            files.Faults = new FaultPlan(1, FaultPlan.Device, IsSticky: true, IsShort: false);
        };
        return files;
    }

    // How many appends are there; null where the store refuses, which it does until it is repaired.
    private static async Task<int?> HeldAsync(MemoryFiles files, string why)
    {
        bool isRefused = false;
        int held = 0;
        try
        {
            await using JournalStore store = await Stores.OpenAsync(files);
            held = await Workload.CheckTextsAsync(store, why);
        }
        catch (EventStoreException e)
        {
            (e.Kind is EventStoreErrorKind.Damaged or EventStoreErrorKind.UnknownFormat).ShouldBeTrue($"{why}: {e.Kind}");
            e.Message.ShouldContain("/memory", Case.Sensitive, why);
            isRefused = true;
            files.Crash();
            if (!files.List().Any(name => name.EndsWith(".segment", StringComparison.Ordinal))) return null;
            await JournalRepair.RunAsync(
                files, RepairMode.Truncate, new MemoryFiles(), cancellationToken: TestContext.Current.CancellationToken);
        }

        await using (JournalStore store = await Stores.OpenAsync(files))
        {
            int again = await Workload.CheckTextsAsync(store, why);
            if (!isRefused) again.ShouldBe(held, why);
            await Stores.AppendAsync(store, "more");
        }

        (await Stores.VerifyAsync(files)).Errors.ShouldBeEmpty(why);
        return isRefused ? null : held;
    }
}
