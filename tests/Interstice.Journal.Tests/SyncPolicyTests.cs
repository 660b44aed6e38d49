using System.Globalization;
using Interstice.Kernel.Events;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests;

// Goal: each policy loses what it says it may lose and no more.
// Method: append, let the timer go off at random, end the process or cut the power, and look at what is left.
public sealed class SyncPolicyTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(SyncPolicy.EachCommit)]
    [InlineData(SyncPolicy.Interval)]
    [InlineData(SyncPolicy.Never)]
    public async Task After_a_power_failure_a_prefix_is_left_that_holds_everything_synced(SyncPolicy policy)
    {
        int runs = 100 * Stores.Scale;
        int first = Environment.TickCount;
        int runsWithLoss = 0;
        for (int seed = first; seed < first + runs; seed++)
        {
            Random random = new(seed);
            MemoryFiles files = new();
            ManualTimer timer = new();
            JournalStore store = await OpenAsync(files, policy, timer);
            int acknowledged = 0;
            int synced = 0;
            for (int i = random.Next(1, 40); i > 0; i--)
            {
                int segments = Stores.Segments(files).Count;
                await Stores.AppendAsync(store, acknowledged.ToString(CultureInfo.InvariantCulture), padding: random.Next(200));
                acknowledged++;

                // A rotation syncs what was before it, not the append that needed it.
                if (Stores.Segments(files).Count > segments) synced = acknowledged - 1;
                if (policy == SyncPolicy.Interval && random.Next(6) == 0)
                {
                    timer.Fire();
                    synced = acknowledged;
                }
            }

            if (policy == SyncPolicy.EachCommit) synced = acknowledged;
            files.Faults = new FaultPlan(1, FaultPlan.Device, IsSticky: true, IsShort: false);
            await store.DisposeAsync();
            files.LosePower(random);
            files.Faults = FaultPlan.None;

            await using (JournalStore left = await OpenAsync(files, policy, timer))
            {
                List<string> texts = await Stores.TextsAsync(left);
                texts.ShouldBe(Stores.Numbers(texts.Count), $"seed {seed}");
                texts.Count.ShouldBeInRange(synced, acknowledged, $"seed {seed}");
                runsWithLoss += texts.Count < acknowledged ? 1 : 0;
                await Stores.AppendAsync(left, "more");
            }

            (await Stores.VerifyAsync(files)).Errors.ShouldBeEmpty($"seed {seed}");
        }

        if (policy == SyncPolicy.EachCommit) runsWithLoss.ShouldBe(0);
        else runsWithLoss.ShouldBeGreaterThan(0, "else the policy syncs more than it says");
    }

    [Theory]
    [InlineData(SyncPolicy.Interval)]
    [InlineData(SyncPolicy.Never)]
    public async Task The_end_of_the_process_costs_nothing_and_a_close_makes_everything_durable(SyncPolicy policy)
    {
        MemoryFiles files = new();
        JournalStore store = await OpenAsync(files, policy, new ManualTimer());
        for (int i = 0; i < 30; i++) await Stores.AppendAsync(store, $"{i}", padding: 100);
        MemoryFiles killed = files.Copy();
        await using (JournalStore again = await OpenAsync(killed, policy, new ManualTimer()))
        {
            (await Stores.TextsAsync(again)).ShouldBe(Stores.Numbers(30));
        }

        await store.DisposeAsync();
        files.LosePower(new Random(1));
        await using JournalStore closed = await OpenAsync(files, policy, new ManualTimer());
        closed.Recovery.WasClosedInOrder.ShouldBeTrue();
        (await Stores.TextsAsync(closed)).ShouldBe(Stores.Numbers(30));
    }

    [Theory]
    [InlineData(SyncPolicy.EachCommit, 10, 0)]
    [InlineData(SyncPolicy.Interval, 0, 1)]
    [InlineData(SyncPolicy.Never, 0, 0)]
    public async Task Syncs_are_made_when_the_policy_says(SyncPolicy policy, int inAppends, int inTwoTicks)
    {
        MemoryFiles files = new();
        ManualTimer timer = new();
        await using JournalStore store = await JournalStore.OpenAsync(
            Stores.Options(1 << 20) with { Sync = policy }, timer, files, Cancel);
        int syncs = 0;
        files.BeforeSync = () => Interlocked.Increment(ref syncs);
        for (int i = 0; i < 10; i++) await Stores.AppendAsync(store, $"{i}");
        syncs.ShouldBe(inAppends);
        timer.Fire();
        timer.Fire();
        syncs.ShouldBe(inAppends + inTwoTicks);
    }

    [Fact]
    public async Task After_a_failed_sync_in_the_background_nothing_more_is_acknowledged()
    {
        MemoryFiles files = new();
        ManualTimer timer = new();
        await using (JournalStore store = await OpenAsync(files, SyncPolicy.Interval, timer))
        {
            await Stores.AppendAsync(store, "0");
            files.Faults = new FaultPlan(1, FaultPlan.Device, IsSticky: false, IsShort: false);
            timer.Fire();
            EventStoreException e = await Should.ThrowAsync<EventStoreException>(() => Stores.AppendAsync(store, "never"));
            e.Kind.ShouldBe(EventStoreErrorKind.Unavailable);
            (await Stores.TextsAsync(store)).ShouldBe(["0"]);
        }

        await using JournalStore reopened = await OpenAsync(files, SyncPolicy.Interval, timer);
        await Stores.AppendAsync(reopened, "1");
        (await Stores.TextsAsync(reopened)).ShouldBe(["0", "1"]);
    }

    private static ValueTask<JournalStore> OpenAsync(MemoryFiles files, SyncPolicy policy, TimeProvider time) =>
        JournalStore.OpenAsync(Stores.Options() with { Sync = policy }, time, files, Cancel);
}
