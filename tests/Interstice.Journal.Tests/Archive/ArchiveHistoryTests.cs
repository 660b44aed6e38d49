using System.Globalization;
using Interstice.Journal.Archive;
using Interstice.Kernel.Events;
using Interstice.TestKit;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests.Archive;

// Goal: a store that is appended to, archived, put back, reopened, killed and without power, in any order, keeps what it
// acknowledged, in store and archive together.
// Method: random lives of a store; after each loss it is opened and everything is read; at the end it verifies.
public sealed class ArchiveHistoryTests
{
    [Fact]
    public async Task Acknowledged_appends_survive_any_life_of_a_store_with_an_archive()
    {
        var share = new TimeShare("lives", 500, 20);
        int moved = 0;
        for (; share.HasMore; share.Add(1))
        {
            int seed = share.Seed + share.Count;
            var life = new Life(seed);
            (await life.RunAsync()).ShouldBeNull($"INTERSTICE_TEST_SEED={seed} replays it at once");
            moved += life.Moved;
        }

        moved.ShouldBeGreaterThan(share.Count, "or hardly anything was archived");
        share.End($"R8 with an archive, {moved} segments moved");
    }

    // Planted bug: a power failure takes the archive with it, which a store with no record of it would not notice.
    [Fact]
    public async Task A_life_that_loses_its_archive_would_be_caught()
    {
        int caught = 0;
        for (int seed = 1; seed <= 50 && caught == 0; seed++) caught += await new Life(seed) { LosesArchive = true }.RunAsync() is null ? 0 : 1;
        caught.ShouldBeGreaterThan(0);
    }

    private sealed class Life(int seed)
    {
        private readonly Random _random = new(seed);
        private readonly MemoryFiles _store = new();
        private MemoryFiles _archive = new();
        private int _acknowledged;

        public int Moved { get; private set; }

        public bool LosesArchive { get; init; }

        private StoreFiles Files => new(_store, _archive);

        // Null when everything was as it must be, else what was wrong.
        public async Task<string?> RunAsync()
        {
            try
            {
                for (int part = _random.Next(2, 6); part > 0; part--)
                {
                    bool isCut = _random.Next(2) == 0;
                    FaultPlan faults = isCut
                        ? new FaultPlan(_random.Next(1, 200), FaultPlan.Device, IsSticky: true, IsShort: _random.Next(2) == 0)
                        : FaultPlan.None;
                    _store.Faults = faults;
                    _archive.Faults = faults;
                    await LiveAsync();
                    if (isCut) LosePower();
                    else PutSomeBack();
                }

                _store.Faults = FaultPlan.None;
                _archive.Faults = FaultPlan.None;
                await using (JournalStore store = await Stores.OpenAsync(Files)) await ExpectAcknowledgedAsync(store);
                (await Stores.VerifyAsync(Files)).Errors.ShouldBeEmpty();
                return null;
            }
            catch (Exception e) when (e is ShouldAssertException or EventStoreException)
            {
                return e.ToString();
            }
        }

        private async Task LiveAsync()
        {
            JournalStore store;
            try
            {
                store = await Stores.OpenAsync(Files);
            }
            catch (EventStoreException e) when (e is not JournalDamageException && _store.Faults.Failed is not null)
            {
                return;
            }

            await ExpectAcknowledgedAsync(store);
            try
            {
                for (int step = _random.Next(1, 60); step > 0; step--)
                {
                    if (_random.Next(12) == 0) await ArchiveAsync(store);
                    else await AppendAsync(store);
                }
            }
            catch (EventStoreException) when (_store.Faults.Failed is not null)
            {
                // The power is going.
            }

            await store.DisposeAsync();
        }

        private async Task AppendAsync(JournalStore store)
        {
            string text = _acknowledged.ToString(CultureInfo.InvariantCulture);
            AppendResult result = await store.AppendAsync(
                Stores.Stream, ExpectedRevision.At(new Revision(_acknowledged - 1)), new[] { Stores.Event(text, _random.Next(600)) });
            result.ShouldBeOfType<AppendResult.Appended>();
            _acknowledged++;
        }

        private async Task ArchiveAsync(JournalStore store)
        {
            ulong before = (ulong)_random.NextInt64((long)store.End.Commit + 1);
            ulong needed = (ulong)_random.NextInt64((long)store.End.Commit + 1);
            ArchiveReport report = await ArchivedStore.ArchiveAsync(store, new(new(before, before), [new(needed, needed)]));
            Moved += report.Moved.Count;
        }

        // What an opening shows is durable from then on.
        private async Task ExpectAcknowledgedAsync(JournalStore store)
        {
            List<string> texts = await Stores.TextsAsync(store);
            texts.ShouldBe(Stores.Numbers(texts.Count));
            texts.Count.ShouldBeGreaterThanOrEqualTo(_acknowledged);
            _acknowledged = texts.Count;
        }

        private void LosePower()
        {
            _store.LosePower(_random);
            if (LosesArchive) _archive = new MemoryFiles();
            else _archive.LosePower(_random);
        }

        private void PutSomeBack()
        {
            foreach (string name in Stores.Segments(_archive))
                if (_random.Next(4) == 0 && !_store.List().Contains(name)) _store.Replace(name, _archive.Read(name));
        }
    }
}
