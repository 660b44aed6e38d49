using Interstice.Kernel.Events;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests;

// R6. Goal: whichever operation of the file system fails, nothing is acknowledged that a later opening does not find.
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

        TestContext.Current.TestOutputHelper?.WriteLine($"R6: {points} points, each then also with a loss of power");
        points.ShouldBeGreaterThanOrEqualTo(60, "the workload is long enough to meet rotations");
    }

    // A file that cannot be opened or read is neither damage nor the end of the log.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_opening_and_reading_of_a_file_may_fail_and_nothing_is_taken_for_the_end_of_the_log(bool isSticky)
    {
        (MemoryFiles whole, int events) = await Stores.FilledAsync(segments: 3, closes: false);
        int points = 0;
        for (int at = 1; ; at++)
        {
            MemoryFiles files = whole.Copy();
            files.Faults = new FaultPlan(at, FaultPlan.Device, isSticky, IsShort: false) { Points = [FaultPoint.Open, FaultPoint.Read] };
            int held = events;
            EventStoreException? failure = null;
            try
            {
                await using JournalStore store = await Stores.OpenAsync(files);
                (await Stores.TextsAsync(store)).ShouldBe(Stores.Numbers(events));
                for (; held < events + Appends; held++) await Stores.AppendAsync(store, $"{held}", padding: 150);
                (await Stores.TextsAsync(store)).ShouldBe(Stores.Numbers(held));
            }
            catch (EventStoreException e)
            {
                failure = e;
            }

            string why = $"operation {at} ({files.Faults.Failed}), sticky {isSticky}";
            if (files.Faults.Failed is null) break;
            points++;
            failure?.ShouldNotBeOfType<JournalDamageException>(why);
            failure?.Message.ShouldContain("/memory", Case.Sensitive, why);
            files.Faults = FaultPlan.None;
            files.Crash();
            await using JournalStore reopened = await Stores.OpenAsync(files);
            (await Stores.TextsAsync(reopened)).ShouldBe(Stores.Numbers(held), why);
            await Stores.AppendAsync(reopened, $"{held}");
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"R6: {points} points of opening and reading");
        points.ShouldBeGreaterThan(20);
    }

    // The same with real system calls: SystemCallTests.
    [Fact]
    public async Task After_an_injected_EIO_on_fsync_no_later_append_is_acknowledged_until_the_store_is_reopened_and_recovered()
    {
        const int laterAppends = 20;
        for (int failing = 0; failing < Appends; failing++)
        {
            MemoryFiles files = new();
            await using (JournalStore store = await Stores.OpenAsync(files))
            {
                for (int i = 0; i < failing; i++) await Stores.AppendAsync(store, $"{i}");
                files.Faults = new FaultPlan(1, FaultPlan.Device, IsSticky: false, IsShort: false) { Points = [FaultPoint.Sync] };
                (await FailureAsync(store, "unknown")).ShouldBe(EventStoreErrorKind.Unknown);
                files.Faults.Failed.ShouldNotBeNull();
                for (int i = 0; i < laterAppends; i++)
                    (await FailureAsync(store, "never")).ShouldBe(EventStoreErrorKind.Unavailable, "though the device works again");
                (await Stores.TextsAsync(store)).ShouldBe(Stores.Numbers(failing), "what is durable is served");
            }

            await using JournalStore reopened = await Stores.OpenAsync(files);
            await Stores.AppendAsync(reopened, "again");
            List<string> texts = await Stores.TextsAsync(reopened);
            texts.Where(text => text != "unknown").ShouldBe([.. Stores.Numbers(failing), "again"]);
        }

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
