using Interstice.Journal.Archive;
using Interstice.Journal.Files;
using Interstice.Kernel.Events;
using Interstice.TestKit;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests.Archive;

// Goal: whatever ends archiving, and wherever, every event can be read from store and archive.
// Method: let the n-th operation on either fail, once or from there on, for every n until a run meets no failure; then open what
// the killed process left, and what the power left.
public sealed class ArchiveFaultTests
{
    private const int Segments = 5;

    public static TheoryData<int, bool, bool> Plans => new()
    {
        { FaultPlan.Device, false, false }, { FaultPlan.Device, true, false }, { FaultPlan.Device, true, true },
        { FaultPlan.Full, false, false }, { FaultPlan.Full, true, true },
    };

    [Theory]
    [MemberData(nameof(Plans))]
    public async Task Every_operation_may_fail_and_every_event_stays(int error, bool isSticky, bool isShort)
    {
        ArchivedStore made = await ArchivedStore.FilledAsync(Segments);
        int points = 0;
        for (int at = 1; ; at++)
        {
            ArchivedStore tried = made.Copy();
            FaultPlan faults = new(at, error, isSticky, isShort);
            EventStoreException? failure = await ArchiveAsync(tried, faults);
            string why = $"operation {at} ({faults.Failed}), error {error}, sticky {isSticky}, short {isShort}";
            if (faults.Failed is null)
            {
                failure.ShouldBeNull(why);
                break;
            }

            points++;
            tried.Store.Crash();
            await tried.Copy().CheckAsync(why);
            Random random = new(at);
            tried.Store.LosePower(random);
            tried.Archive.LosePower(random);
            await tried.CheckAsync(why + ", then power lost");
        }

        points.ShouldBeGreaterThan(25, "each of three segments is copied, recorded and removed");
    }

    [Fact]
    public async Task Every_event_survives_any_loss_of_what_was_not_synced()
    {
        ArchivedStore made = await ArchivedStore.FilledAsync(Segments);
        var share = new TimeShare("seeds", 1000, 15);
        for (; share.HasMore; share.Add(1))
        {
            int seed = share.Seed + share.Count;
            (await LoseAsync(made, seed)).ShouldBeNull($"INTERSTICE_TEST_SEED={seed} replays it at once");
        }

        share.End("R8 while segments are archived");
    }

    [Theory]
    [InlineData(nameof(ArchiveBug.CopyIsNotSynced))]
    [InlineData(nameof(ArchiveBug.RemovedBeforeCopy))]
    [InlineData(nameof(ArchiveBug.RemovedBeforeRecord))]
    [InlineData(nameof(ArchiveBug.RecordIsNotSynced))]
    public async Task A_journal_with_a_planted_bug_would_be_caught(string bug)
    {
        ArchivedStore made = await ArchivedStore.FilledAsync(Segments);
        int caught = 0;
        for (int seed = 1; seed <= 400 && caught == 0; seed++)
            caught += await LoseAsync(made, seed, Enum.Parse<ArchiveBug>(bug)) is null ? 0 : 1;
        caught.ShouldBeGreaterThan(0);
    }

    // Null when everything was as it must be, else what was wrong.
    private static async Task<string?> LoseAsync(ArchivedStore made, int seed, ArchiveBug bug = ArchiveBug.None)
    {
        Random random = new(seed);
        ArchivedStore tried = made.Copy();
        try
        {
            for (int cut = random.Next(1, 4); cut > 0; cut--)
            {
                FaultPlan faults = new(random.Next(1, 45), FaultPlan.Device, IsSticky: true, IsShort: random.Next(2) == 0);
                await ArchiveAsync(tried, faults, bug);
                tried.Store.LosePower(random);
                tried.Archive.LosePower(random);
            }

            await tried.CheckAsync($"seed {seed}");
            return null;
        }
        catch (Exception e) when (e is ShouldAssertException or EventStoreException)
        {
            return e.ToString();
        }
    }

    private static async Task<EventStoreException?> ArchiveAsync(ArchivedStore made, FaultPlan faults, ArchiveBug bug = ArchiveBug.None)
    {
        made.Store.Faults = FaultPlan.None;
        made.Archive.Faults = FaultPlan.None;
        (IJournalFiles store, IJournalFiles archive) = FilesWithArchiveBug.Plant(bug, made.Store, made.Archive);
        JournalStore opened = await Stores.OpenAsync(new StoreFiles(store, archive));
        made.Store.Faults = faults;
        made.Archive.Faults = faults;
        EventStoreException? failure = null;
        try
        {
            await ArchivedStore.ArchiveAsync(opened);
        }
        catch (EventStoreException e)
        {
            failure = e;
            if (faults.Failed is not null && e is not ArchiveUnreachableException && bug == ArchiveBug.None)
                e.Kind.ShouldBeOneOf(EventStoreErrorKind.Unavailable, EventStoreErrorKind.Full);
        }

        // The store goes on: what was read before is read now.
        if (bug == ArchiveBug.None) (await Stores.TextsAsync(opened)).ShouldBe(made.Texts, $"after {faults.Failed}");
        await opened.DisposeAsync();
        return failure;
    }
}
