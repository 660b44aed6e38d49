using Interstice.Kernel.Events;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests;

// Goal: whichever operation of the file system fails, nothing is acknowledged that a later opening does not find.
// Method: let the n-th one fail, for every n until a run meets no failure; then open, check, and lose power after that.
public sealed class FileFaultTests
{
    private const int Appends = 30;

    public static TheoryData<int, bool, bool> Plans => new()
    {
        { FaultPlan.Device, false, false }, { FaultPlan.Device, true, false }, { FaultPlan.Device, false, true },
        { FaultPlan.Full, false, false }, { FaultPlan.Full, true, false }, { FaultPlan.Full, true, true },
    };

    [Theory]
    [MemberData(nameof(Plans))]
    public async Task Every_operation_may_fail_and_what_was_acknowledged_stays(int error, bool isSticky, bool isShort)
    {
        int points = 0;
        for (int at = 1; ; at++)
        {
            MemoryFiles files = new() { Faults = new FaultPlan(at, error, isSticky, isShort) };
            Workload workload = new(files, Appends, inFlight: 1 + at % 4, padding: 150);
            await workload.RunAsync();
            (FaultPoint Point, string Name)? failed = files.Faults.Failed;
            string why = $"operation {at} ({failed}), error {error}, sticky {isSticky}, short {isShort}";
            if (failed is null)
            {
                workload.Failure.ShouldBeNull(why);
                workload.Acknowledged.ShouldBe(Appends, why);
                break;
            }

            points++;
            // Unavailable: the write that failed was not the append's own.
            bool isOfLog = failed.Value.Name.EndsWith(".segment", StringComparison.Ordinal);
            EventStoreErrorKind? kind = workload.Failure?.Kind;
            if (isOfLog && kind is not null)
                (kind is EventStoreErrorKind.Unknown or EventStoreErrorKind.Unavailable).ShouldBeTrue($"{why}: {kind}");
            files.Crash();
            await workload.CheckAsync(why);
            files.LosePower(new Random(at));
            await workload.CheckAsync(why + ", then power lost");
        }

        points.ShouldBeGreaterThan(50, "the workload is long enough to meet rotations");
    }

    [Fact]
    public async Task After_a_failed_sync_the_append_is_unknown_and_later_ones_are_not_tried_until_the_journal_is_reopened()
    {
        MemoryFiles files = new();
        await using (JournalStore store = await Stores.OpenAsync(files))
        {
            await Stores.AppendAsync(store, "0");
            files.Faults = new FaultPlan(2, FaultPlan.Device, IsSticky: false, IsShort: false);
            (await FailureAsync(store, "1")).ShouldBe(EventStoreErrorKind.Unknown);
            (await FailureAsync(store, "never")).ShouldBe(EventStoreErrorKind.Unavailable);
            (await Stores.TextsAsync(store)).ShouldBe(["0"]);
        }

        await using JournalStore reopened = await Stores.OpenAsync(files);
        await Stores.AppendAsync(reopened, "2");
        List<string> texts = await Stores.TextsAsync(reopened);
        texts.Where(text => text != "1").ShouldBe(["0", "2"]);

        static async Task<EventStoreErrorKind> FailureAsync(JournalStore store, string text) =>
            (await Should.ThrowAsync<EventStoreException>(() => Stores.AppendAsync(store, text))).Kind;
    }

    [Fact]
    public async Task A_full_device_refuses_the_append_that_needs_a_new_segment_and_takes_it_when_there_is_room()
    {
        MemoryFiles files = new();
        await using JournalStore store = await Stores.OpenAsync(files);
        int written = 0;
        EventStoreException? full = null;
        files.Faults = new FullWhenPreparing().Plan;
        while (full is null)
        {
            try
            {
                await Stores.AppendAsync(store, $"{written}", padding: 200);
                written++;
            }
            catch (EventStoreException e)
            {
                full = e;
            }
        }

        full.Kind.ShouldBe(EventStoreErrorKind.Full);
        files.Faults = FaultPlan.None;
        await Stores.AppendAsync(store, $"{written}", padding: 200);
        (await Stores.TextsAsync(store)).ShouldBe(Stores.Numbers(written + 1));
    }

    // Planted bug: a device, or a journal, that goes on after a failed sync as if it had succeeded.
    [Fact]
    public async Task A_journal_that_ignored_failed_syncs_would_be_caught()
    {
        int caught = 0;
        for (int at = 1; at < 200 && caught == 0; at++)
        {
            MemoryFiles files = new() { Faults = new FaultPlan(at, FaultPlan.Device, IsSticky: false, IsShort: false) };
            Workload workload = new(files, Appends, inFlight: 1, padding: 150);
            MemoryFilesThatHideErrors hiding = new(files);
            await workload.RunAsync(hiding);
            if (files.Faults.Failed is not { Point: FaultPoint.Sync }) continue;
            files.LosePower(new Random(at));
            caught += await IsCaughtAsync(workload) ? 1 : 0;
        }

        caught.ShouldBeGreaterThan(0);

        static async Task<bool> IsCaughtAsync(Workload workload)
        {
            try
            {
                await workload.CheckAsync("planted");
                return false;
            }
            catch (Exception e) when (e is ShouldAssertException or EventStoreException)
            {
                return true;
            }
        }
    }

    private sealed class FullWhenPreparing
    {
        public FaultPlan Plan { get; } = new(1, FaultPlan.Full, IsSticky: true, IsShort: false)
        {
            OnlyNamed = "prepared.segment.new",
        };
    }
}
