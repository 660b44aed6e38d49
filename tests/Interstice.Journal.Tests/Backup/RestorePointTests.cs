using System.Globalization;
using Interstice.Journal.Backup;
using Interstice.Kernel.Events;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests.Backup;

// Goal: a store that is restored to a point is the whole appends up to it, over all streams, sound to the last byte, and not the original.
// Method: every revision, position and time of a store with several segments, against a list of what was appended.
public sealed class RestorePointTests
{
    private const int Appends = 60;
    private static readonly StreamName Other = new("other");

    [Fact]
    public async Task Every_point_gives_the_whole_appends_up_to_it_and_a_store_of_its_own()
    {
        (MemoryFiles backup, List<Appended> log, Guid id) = await PairsAsync();
        for (int i = 0; i < log.Count; i++)
        {
            // The revision of the first event of a pair lies inside an append: the append is not in it.
            Revision second = new(2 * i + 1);
            await ExpectAsync(backup, new RestorePoint.AtRevision(Stores.Stream, second), i + 1, id);
            await ExpectAsync(backup, new RestorePoint.AtRevision(Other, new Revision(i)), i + 1, id);
            await ExpectAsync(backup, new RestorePoint.AtPosition(log[i].Last), i + 1, id);
            await ExpectAsync(backup, new RestorePoint.AtTime(log[i].At), i + 1, id);
            if (i == 0) continue;
            await ExpectAsync(backup, new RestorePoint.AtRevision(Stores.Stream, new Revision(2 * i)), i, id);
            await ExpectAsync(backup, new RestorePoint.AtPosition(log[i].First), i, id);
            await ExpectAsync(backup, new RestorePoint.AtPosition(log[i].Last - 1), i, id);
            await ExpectAsync(backup, new RestorePoint.AtTime(log[i].At.AddMicroseconds(-1)), i, id);
        }
    }

    [Fact]
    public async Task A_point_that_the_backup_does_not_reach_is_refused_and_nothing_is_written()
    {
        (MemoryFiles backup, List<Appended> log, _) = await PairsAsync();
        BackupReport report = await Backups.VerifyAsync(backup);
        RestorePoint[] points =
        [
            new RestorePoint.AtRevision(Stores.Stream, new Revision(2 * Appends)), new RestorePoint.AtRevision(new StreamName("none"), new Revision(0)),
            new RestorePoint.AtRevision(Stores.Stream, new Revision(0)), new RestorePoint.AtRevision(Other, new Revision(-1)),
            new RestorePoint.AtPosition(report.Position), new RestorePoint.AtPosition(ulong.MaxValue), new RestorePoint.AtPosition(0),
            new RestorePoint.AtTime(report.TakenAt.AddMicroseconds(1)), new RestorePoint.AtTime(log[0].At.AddMicroseconds(-1)),
        ];
        foreach (RestorePoint point in points)
        {
            MemoryFiles target = new();
            await Should.ThrowAsync<RestorePointException>(() => Backups.RestoreAsync(backup, target, point), $"{point}");
            target.List().ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Where_the_clock_was_set_back_a_time_keeps_nothing_behind_the_first_later_append()
    {
        (MemoryFiles backup, List<Appended> log, Guid id) = await PairsAsync(clock: i => i == 20 ? 3600 : i == 21 ? -3000 : 1);
        await ExpectAsync(backup, new RestorePoint.AtTime(log[19].At), 20, id);
        await ExpectAsync(backup, new RestorePoint.AtTime(log[21].At), 20, id);
        await ExpectAsync(backup, new RestorePoint.AtTime(log[20].At), Appends, id);
    }

    [Fact]
    public async Task A_whole_backup_can_be_given_an_id_of_its_own_and_is_then_another_store()
    {
        (MemoryFiles backup, _, Guid id) = await PairsAsync();
        MemoryFiles copy = new();
        RestoreReport report = await Backups.RestoreAsync(backup, copy, hasNewId: true);
        report.StoreId.ShouldNotBe(id);
        await ExpectHoldsAsync(copy, Appends);
        (await Backups.FailureAsync(() => Backups.TakeAsync(copy, backup))).ShouldBe(EventStoreErrorKind.Refused);

        // A segment of the original does not pass in it.
        MemoryFiles original = new();
        await Backups.RestoreAsync(backup, original);
        string first = Stores.Segments(copy)[0];
        copy.Replace(first, original.Read(first));
        await Should.ThrowAsync<JournalDamageException>(async () => await Stores.OpenAsync(copy));
    }

    [Fact]
    public async Task Stores_of_every_version_are_restored_to_a_point()
    {
        foreach (int version in (int[])[1, 2])
        {
            Interstice.Journal.Files.DirectoryFiles golden = new(Path.Join(AppContext.BaseDirectory, "Golden", $"version-{version}"));
            MemoryFiles backup = new();
            await Backups.TakeAsync(golden, backup);
            MemoryFiles all = new();
            await Backups.RestoreAsync(backup, all, hasNewId: true);
            (await Stores.VerifyAsync(all)).Events.ShouldBe(GoldenStore.Expected.Count + 1);
            for (int revision = 4; revision < 50; revision += 5)
            {
                MemoryFiles cut = new();
                RestoreReport report = await Backups.RestoreAsync(
                    backup, cut, new RestorePoint.AtRevision(GoldenStore.Accounts, new Revision(revision)));
                (await Stores.VerifyAsync(cut)).Errors.ShouldBeEmpty();
                await using JournalStore store = await Stores.OpenAsync(cut);
                Revision last = await store.GetLastRevisionAsync(GoldenStore.Accounts, Backups.Cancel);
                last.Value.ShouldBeInRange(revision - 4, revision);
                store.StoreId.ShouldBe(report.StoreId);
            }
        }
    }

    private static async Task ExpectAsync(MemoryFiles backup, RestorePoint point, int appends, Guid id)
    {
        MemoryFiles restored = new();
        RestoreReport report = await Backups.RestoreAsync(backup, restored, point);
        report.Appends.ShouldBe(appends, $"{point}");
        report.StoreId.ShouldNotBe(id);
        await ExpectHoldsAsync(restored, appends);
    }

    private static async Task ExpectHoldsAsync(MemoryFiles files, int appends)
    {
        await using (JournalStore store = await Stores.OpenAsync(files, readOnly: true))
            (await store.GetLastRevisionAsync(Other, Backups.Cancel)).ShouldBe(new Revision(appends - 1));
        (await Backups.TextsOfAsync(files)).ShouldBe(Enumerable.Range(0, appends).SelectMany(Pair));
    }

    private static IEnumerable<string> Pair(int i) =>
        [i.ToString(CultureInfo.InvariantCulture), i.ToString(CultureInfo.InvariantCulture) + "+"];

    // Each append: two events of one stream and one of another.
    private static async Task<(MemoryFiles Backup, List<Appended> Log, Guid Id)> PairsAsync(Func<int, int>? clock = null)
    {
        MemoryFiles files = new();
        ManualTime time = new();
        List<Appended> log = [];
        await using JournalStore store = await JournalStore.OpenAsync(Stores.Options(), time, files, Backups.Cancel);
        for (int i = 0; i < Appends; i++)
        {
            time.Now += TimeSpan.FromSeconds(clock?.Invoke(i) ?? 1);
            StreamAppend[] both =
            [
                new(Stores.Stream, ExpectedRevision.At(new Revision(2 * i - 1)),
                    Pair(i).Select(text => Stores.Event(text, padding: 60)).ToArray()),
                new(Other, ExpectedRevision.Any, new[] { Stores.Event("other") }),
            ];
            (await store.AppendAsync(both, Backups.Cancel)).ShouldAllBe(result => result is AppendResult.Appended);
        }

        List<RecordedEvent> events = [];
        await foreach (ReadOnlyMemory<RecordedEvent> batch in store.ReadAllAsync(
            ReadDirection.Forwards, Position.Start, new EventFilter.All()))
            foreach (RecordedEvent recorded in batch.ToArray()) events.Add(recorded);
        for (int i = 0; i < events.Count; i += 3)
            log.Add(new Appended(events[i].Position.Commit, events[i + 2].Position.Commit,
                DateTimeOffset.UnixEpoch.AddMicroseconds(events[i].CreatedUs)));
        MemoryFiles backup = new();
        time.Now += TimeSpan.FromHours(2);
        await Backups.TakeAsync(files, backup, time);
        Stores.Segments(backup).Count.ShouldBeGreaterThan(3);
        return (backup, log, store.StoreId);
    }

    private sealed record Appended(ulong First, ulong Last, DateTimeOffset At);
}
