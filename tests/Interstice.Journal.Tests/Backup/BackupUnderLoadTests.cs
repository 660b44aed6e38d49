using System.Globalization;
using Interstice.Journal.Backup;
using Interstice.Journal.Files;
using Interstice.Kernel.Events;
using Interstice.TestKit;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests.Backup;

// R22. Goal: a backup that is taken while writers run opens at a border between two appends, with everything in it that was
// acknowledged before it began.
// Method: several writers of pairs over two streams, on real files; backups one after the other, some into a directory of their own, some
// into one that is brought up to date; each is restored and compared with what was acknowledged. INTERSTICE_TEST_SCALE multiplies.
public sealed class BackupUnderLoadTests
{
    private const int BackupsInQuickRun = 20;
    private const int Writers = 4;

    private static readonly StreamName Mirror = new("mirror");

    [Fact]
    public async Task A_backup_taken_while_writing_opens_at_a_committed_point()
    {
        using TemporaryDirectory place = new();
        string path = Path.Join(place.Path, "store");
        JournalOptions options = new() { Directory = path, SegmentBytes = 64 << 10 };
        await using JournalStore store = await JournalStore.OpenAsync(options, cancellationToken: Backups.Cancel);
        using Load load = new(store);
        int grown = 0;
        for (int i = 0; i < BackupsInQuickRun * Stores.Scale; i++)
        {
            string target = Path.Join(place.Path, i % 3 == 0 ? "kept" : "fresh");
            if (i % 3 != 0 && Directory.Exists(target)) Directory.Delete(target, recursive: true);
            using CancellationTokenSource stop = new();
            Task[] writers = [.. Enumerable.Range(0, Writers).Select(writer => load.RunAsync(writer, stop.Token))];
            int[] acknowledged;
            try
            {
                await load.WaitForMoreAsync();
                acknowledged = load.Acknowledged;
                BackupReport report = await StoreBackup.TakeAsync(path, target, cancellationToken: Backups.Cancel);
                if (report.Segments > 2) grown++;
            }
            finally
            {
                await stop.CancelAsync(); // so that checking does not make the next one longer
                await Task.WhenAll(writers);
            }

            await ExpectCommittedPointAsync(target, Path.Join(place.Path, $"restored-{i}"), acknowledged);
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"R22: {BackupsInQuickRun * Stores.Scale} backups under load, {grown} of them of more than two segments");
        grown.ShouldBeGreaterThan(0, "segments were sealed meanwhile");
    }

    // Planted bug: a backup of the log as it was some time ago.
    [Fact]
    public async Task A_backup_that_missed_what_was_acknowledged_would_be_caught()
    {
        using TemporaryDirectory place = new();
        string path = Path.Join(place.Path, "store");
        await using JournalStore store = await JournalStore.OpenAsync(
            new JournalOptions { Directory = path }, cancellationToken: Backups.Cancel);
        using Load load = new(store);
        await load.AppendAsync(0, 0);
        string target = Path.Join(place.Path, "target");
        await StoreBackup.TakeAsync(path, target, cancellationToken: Backups.Cancel);
        await load.AppendAsync(0, 1);
        await Assert.ThrowsAsync<ShouldAssertException>(
            () => ExpectCommittedPointAsync(target, Path.Join(place.Path, "restored"), load.Acknowledged));
    }

    // Planted bug: half of an append.
    [Fact]
    public async Task A_backup_with_half_of_an_append_would_be_caught()
    {
        MemoryFiles files = new();
        await using JournalStore store = await Stores.OpenAsync(files);
        await store.AppendAsync(Load.StreamOf(0), ExpectedRevision.Any, new[] { Stores.Event("0") }, Backups.Cancel);
        await Assert.ThrowsAsync<ShouldAssertException>(() => ExpectWholeAsync(store, new int[Writers]));
    }

    private static async Task ExpectCommittedPointAsync(string backup, string restored, int[] acknowledged)
    {
        RestoreReport report = await StoreRestore.RunAsync(backup, restored, cancellationToken: Backups.Cancel);
        report.Position.ShouldBe(report.Backup.Position);
        await using (JournalStore store = await JournalStore.OpenAsync(
            new JournalOptions { Directory = restored, ChecksFramesOnOpen = true }, cancellationToken: Backups.Cancel))
        {
            store.Recovery.TornTail.ShouldBeNull();
            await ExpectWholeAsync(store, acknowledged);
        }

        Directory.Delete(restored, recursive: true);
    }

    private static async Task ExpectWholeAsync(JournalStore store, int[] acknowledged)
    {
        long mirrored = (await store.GetLastRevisionAsync(Mirror)).Value + 1;
        long sum = 0;
        for (int writer = 0; writer < Writers; writer++)
        {
            List<string> texts = [];
            await foreach (ReadOnlyMemory<RecordedEvent> batch in store.ReadStreamAsync(
                Load.StreamOf(writer), ReadDirection.Forwards, Revision.First))
                foreach (RecordedEvent recorded in batch.ToArray())
                    texts.Add(System.Text.Encoding.UTF8.GetString(recorded.Data.Span));
            texts.ShouldBe(Stores.Numbers(texts.Count));
            texts.Count.ShouldBeGreaterThanOrEqualTo(acknowledged[writer]);
            sum += texts.Count;
        }

        mirrored.ShouldBe(sum, "each append went to both streams or to none");
    }

    private sealed class Load(JournalStore store) : IDisposable
    {
        private readonly int[] _acknowledged = new int[Writers];
        private readonly SemaphoreSlim _more = new(0);

        public int[] Acknowledged => [.. Enumerable.Range(0, Writers).Select(i => Volatile.Read(ref _acknowledged[i]))];

        public static StreamName StreamOf(int writer) => new($"writer-{writer}");

        public void Dispose() => _more.Dispose();

        public async Task WaitForMoreAsync()
        {
            while (_more.CurrentCount > 0) await _more.WaitAsync(Backups.Cancel);
            for (int i = 0; i < 25; i++) await _more.WaitAsync(Backups.Cancel);
        }

        public async Task RunAsync(int writer, CancellationToken stop)
        {
            for (int i = Acknowledged[writer]; !stop.IsCancellationRequested; i++) await AppendAsync(writer, i);
        }

        public async Task AppendAsync(int writer, int number)
        {
            EventData[] events = [Stores.Event(number.ToString(CultureInfo.InvariantCulture), padding: 100)];
            StreamAppend[] both =
            [
                new(StreamOf(writer), ExpectedRevision.At(new Revision(number - 1)), events),
                new(Mirror, ExpectedRevision.Any, new[] { Stores.Event("mirrored") }),
            ];
            IReadOnlyList<AppendResult> results = await store.AppendAsync(both);
            results.ShouldAllBe(result => result is AppendResult.Appended);
            Interlocked.Increment(ref _acknowledged[writer]);
            _more.Release();
        }
    }
}
