using Interstice.Kernel.Events;
using Interstice.TestKit;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests;

// R8. Goal: after a power failure at any moment every acknowledged append is there, whatever the device made of the rest.
// Method: cut the power at a random operation, keep a random part of what was not synced, open, check; and again during recovery.
public sealed class PowerLossTests
{
    [Fact]
    public async Task Acknowledged_appends_survive_any_loss_of_what_was_not_synced()
    {
        var share = new TimeShare("seeds", 2000, 30);
        for (; share.HasMore; share.Add(1))
        {
            int seed = share.Seed + share.Count;
            (await RunAsync(seed, sync: null)).ShouldBeNull($"INTERSTICE_TEST_SEED={seed} replays it at once");
        }

        share.End("R8, up to three losses of power each");
    }

    // Planted bug: appends are acknowledged before they are synced.
    [Fact]
    public async Task A_journal_that_acknowledged_before_the_sync_would_be_caught()
    {
        int caught = 0;
        for (int seed = 1; seed <= 200 && caught == 0; seed++)
            caught += await RunAsync(seed, sync: files => new MemoryFilesThatNeverSync(files)) is null ? 0 : 1;
        caught.ShouldBeGreaterThan(0);
    }

    // Null when everything was as it must be, else what was wrong.
    private static async Task<string?> RunAsync(
        int seed, Func<MemoryFiles, Interstice.Journal.Files.IJournalFiles>? sync)
    {
        Random random = new(seed);
        MemoryFiles files = new();
        Workload workload = new(files, appends: 40, inFlight: random.Next(1, 9), padding: random.Next(0, 400));
        int powerCuts = random.Next(1, 4);
        try
        {
            for (int cut = 0; cut < powerCuts; cut++)
            {
                // All operations from one on fail: the power is gone.
                int at = random.Next(1, cut == 0 ? 120 : 30);
                files.Faults = new FaultPlan(at, FaultPlan.Device, IsSticky: true, IsShort: random.Next(2) == 0);
                await workload.RunAsync(sync?.Invoke(files) ?? files);
                files.LosePower(random);
            }

            await workload.CheckAsync($"seed {seed}");
            return null;
        }
        catch (Exception e) when (e is ShouldAssertException or EventStoreException)
        {
            return e.ToString();
        }
    }
}
