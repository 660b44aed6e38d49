using Interstice.Cli.Stores;
using Interstice.Host.Snapshots;
using Interstice.Journal;
using Interstice.TestKit;
using Interstice.TestKit.Journals;

namespace Interstice.Host.Tests.Models;

/// <summary>Goal: whatever modules declare and do, and whatever becomes of hosts and appends meanwhile, is what a naive model says. Method:
/// random declarations, random scripts of host calls through the sandbox, faults; every answer, row, counter, timer and event is compared.</summary>
public sealed class RandomModuleTests
{
    private const int StepsPerRound = 250;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Random_modules_do_what_a_naive_model_says_whatever_fails()
    {
        var share = new TimeShare("steps", 10_000, 150);
        var sums = new ModelSums();
        for (int round = 0; share.HasMore; round++)
        {
            int seed = unchecked(share.Seed + round);
            try
            {
                sums.Add(await RunAsync(seed, ModelBug.None, StepsPerRound));
            }
            catch (InvalidOperationException fault)
            {
                throw new InvalidOperationException($"replay with INTERSTICE_TEST_SEED={seed}, {fault.Message}", fault.InnerException);
            }

            share.Add(StepsPerRound);
        }

        share.End($"{sums}");
    }

    [Theory]
    [InlineData(ModelBug.UniqueIsIgnored)]
    [InlineData(ModelBug.CountersAreNotUndone)]
    [InlineData(ModelBug.RowsAreNotUndone)]
    [InlineData(ModelBug.BoundsAreInclusive)]
    [InlineData(ModelBug.TiesInOrderOfWriting)]
    [InlineData(ModelBug.CountersGoBack)]
    [InlineData(ModelBug.EphemeralSurvives)]
    [InlineData(ModelBug.EphemeralFlows)]
    [InlineData(ModelBug.MissedTicksFireEach)]
    [InlineData(ModelBug.RefusedIsCommitted)]
    [InlineData(ModelBug.KeysAreForgotten)]
    [InlineData(ModelBug.DefaultsAreForgotten)]
    public async Task A_planted_bug_is_seen(ModelBug bug)
    {
        for (int seed = 1; seed <= 60; seed++)
        {
            try
            {
                await RunAsync(seed, bug, StepsPerRound);
            }
            catch (InvalidOperationException fault)
            {
                TestContext.Current.TestOutputHelper?.WriteLine($"{bug} is seen with seed {seed}, {fault.Message.Split(Environment.NewLine)[0]}");
                return;
            }
        }

        Assert.Fail($"{bug} is not seen in 60 rounds");
    }

    private static async Task<ModelSums> RunAsync(int seed, ModelBug bug, int steps)
    {
        var options = new JournalOptions { Directory = "/memory", SegmentBytes = 8 << 20 };
        await using JournalStore store = await JournalStore.OpenAsync(options, null, new MemoryFiles(), Cancel);
        var snapshots = new SnapshotStore(new SnapshotDirectory(new MemoryFiles()), store.StoreId);
        var round = new ModelRound(store, snapshots, HostFixture.Binary("script"), new Random(seed), bug);
        await round.RunAsync(steps);
        return round.Sums;
    }
}
