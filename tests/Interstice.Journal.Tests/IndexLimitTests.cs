using System.Globalization;
using Interstice.Journal.Files;
using Interstice.Kernel.Events;
using Interstice.TestKit.EventStores;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests;

// Goal: whatever the limit of the index is, readers see the same, the limit holds, and what was given up is read again and never believed
// when it is damaged.
// Method: random histories read under limits from nothing to everything, by one and by many readers, beside a writer; faults at each read.
public sealed class IndexLimitTests
{
    private const int StreamCount = 9;

    private static readonly StreamName[] Streams = [.. Enumerable.Range(0, StreamCount).Select(i => new StreamName($"s{i}"))];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_limit_shows_the_same_events_and_holds()
    {
        for (int round = 0; round < 6 * Stores.Scale; round++)
        {
            int seed = Random.Shared.Next();
            Random random = new(seed);
            MemoryFiles files = new();
            List<string>[] texts = [.. Streams.Select(_ => new List<string>())];
            long unlimited;
            await using (JournalStore store = await OpenAsync(files, random.Next(3) * 200))
            {
                // Segments that are sealed while the store is open, read between appends.
                for (int i = 0; i < 250; i++)
                {
                    await AppendAsync(store, random, texts, i);
                    if (i % 10 == 0) await ExpectPartAsync(store, random, texts, $"seed {seed}, append {i}");
                }
            }

            await using (JournalStore store = await OpenAsync(files, long.MaxValue))
            {
                await ExpectAllAsync(store, texts, $"seed {seed}, no limit");
                unlimited = store.IndexBytes;
            }

            Stores.Segments(files).Count.ShouldBeGreaterThan(5, "or nothing is given up");
            foreach (long limit in new[] { 0, 1, unlimited / 7, unlimited / 2, unlimited - 1, unlimited })
            {
                await using JournalStore store = await OpenAsync(files, limit, isReadOnly: limit % 2 == 1);
                store.IndexBytes.ShouldBeLessThanOrEqualTo(limit, $"seed {seed}, opened");
                await ExpectAllAsync(store, texts, $"seed {seed}, limit {limit}");
                for (int i = 0; i < 20; i++)
                {
                    await ExpectPartAsync(store, random, texts, $"seed {seed}, limit {limit}");
                    store.IndexBytes.ShouldBeLessThanOrEqualTo(limit, $"seed {seed}");
                }

                if (limit == unlimited) store.IndexBytes.ShouldBe(unlimited, "nothing is given up that fits");
            }
        }
    }

    [Fact]
    public async Task Many_readers_beside_a_writer_see_whole_streams_while_lists_come_and_go()
    {
        const long Limit = 700;
        MemoryFiles files = new();
        List<string>[] texts = [.. Streams.Select(_ => new List<string>())];
        int seed = Random.Shared.Next();
        Random random = new(seed);
        await using JournalStore store = await OpenAsync(files, Limit);
        for (int i = 0; i < 150; i++) await AppendAsync(store, random, texts, i);
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Task<int>[] readers = [.. Enumerable.Range(0, 4).Select(reader => Task.Run(async () =>
        {
            Random own = new(seed + reader);
            int reads = 0;
            while (!ending.IsCancellationRequested || reads < 50)
            {
                int stream = own.Next(StreamCount);
                List<string> read = await TextsAsync(store, Streams[stream], ReadDirection.Forwards, 0);
                read.Select((text, i) => text.StartsWith($"{stream}/{i}/", StringComparison.Ordinal)).ShouldAllBe(isRight => isRight, $"seed {seed}");
                store.IndexBytes.ShouldBeLessThanOrEqualTo(Limit, $"seed {seed}");
                reads++;
            }

            return reads;
        }))];
        int first = Stores.Segments(files).Count;
        for (int i = 0; i < 300 * Stores.Scale; i++) await AppendAsync(store, random, texts, i);
        Stores.Segments(files).Count.ShouldBeGreaterThan(first + 4);
        await ending.CancelAsync();
        await Task.WhenAll(readers);
        await ExpectAllAsync(store, texts, $"seed {seed}");
    }

    [Fact]
    public async Task A_list_that_was_given_up_is_read_from_its_own_segment_alone()
    {
        MemoryFiles files = new();
        StreamName rare = new("rare");
        await using (JournalStore filled = await Stores.OpenAsync(files, 64 << 10))
        {
            for (int i = 0; i < 1500; i++)
            {
                await Stores.AppendAsync(filled, "x", padding: 400);
                if (i % 500 == 250) await filled.AppendAsync(rare, ExpectedRevision.Any, new[] { Stores.Event($"{i}") }, Cancel);
            }
        }

        CountingFiles counting = new(files);
        await using JournalStore store = await JournalStore.OpenAsync(
            Stores.Options(64 << 10) with { IndexBytesMax = 0 }, null, counting, Cancel);
        counting.Reset();
        (await TextsAsync(store, rare, ReadDirection.Forwards, 0)).ShouldBe(["250", "750", "1250"]);
        counting.Read.Count.ShouldBe(3, "segments that hold events of the stream, of those there are");
        Stores.Segments(files).Count.ShouldBeGreaterThan(8);
        counting.Read.Values.ShouldAllBe(bytes => bytes < 16 << 10, "index and frames, not the segment");
    }

    [Fact]
    public async Task A_damaged_index_that_was_given_up_stops_the_reader_and_is_named()
    {
        (MemoryFiles files, int _) = await Stores.FilledAsync(6);
        await using JournalStore store = await OpenAsync(files, 0);
        string name = Stores.Segments(files)[2];
        byte[] image = files.Read(name);
        int index = Repair.Damages.FooterStart(image);
        for (int at = index; at < image.Length; at += 7)
        {
            byte[] damaged = (byte[])image.Clone();
            damaged[at] ^= 2;
            using (IJournalFile file = files.Open(name, JournalFileMode.Write)) file.WriteAt(damaged, 0);
            JournalDamageException damage = await Should.ThrowAsync<JournalDamageException>(() => Stores.TextsAsync(store), $"byte {at}");
            damage.Segment.ShouldBe(3);
            damage.Message.ShouldContain("index");
        }

        using (IJournalFile file = files.Open(name, JournalFileMode.Write)) file.WriteAt(image, 0);
        (await Stores.TextsAsync(store)).ShouldNotBeEmpty("the damage is gone and nothing was remembered of it");
    }

    // It was rebuilt from the frames and cannot be had again from the file.
    [Fact]
    public async Task An_index_that_was_rebuilt_stays_whatever_the_limit_is()
    {
        MemoryFiles files = Repair.Damages.Apply(await Repair.Damages.StoreAsync(), "footer");
        List<string> expected;
        await using (JournalStore unlimited = await OpenAsync(files, long.MaxValue)) expected = await Stores.TextsAsync(unlimited);
        await using JournalStore store = await OpenAsync(files, 0);
        store.Recovery.FooterProblems.ShouldHaveSingleItem();
        (await Stores.TextsAsync(store)).ShouldBe(expected);
    }

    [Fact]
    public async Task A_read_of_the_index_that_fails_is_said_so_and_the_next_one_succeeds()
    {
        (MemoryFiles files, int events) = await Stores.FilledAsync(5);
        await using JournalStore store = await OpenAsync(files, 0);
        int failed = 0;
        for (int at = 1; ; at++)
        {
            files.Faults = new FaultPlan(at, FaultPlan.Device, IsSticky: false, IsShort: false) { Points = [FaultPoint.Read] };
            try
            {
                (await Stores.TextsAsync(store)).Count.ShouldBe(events);
                if (files.Faults.Failed is null) break;
            }
            catch (EventStoreException e)
            {
                e.Kind.ShouldBe(EventStoreErrorKind.Unavailable);
                failed++;
            }

            files.Faults = FaultPlan.None;
            (await Stores.TextsAsync(store)).ShouldBe(Stores.Numbers(events), $"read {at}");
        }

        failed.ShouldBeGreaterThan(10, "index and frames of four sealed segments");
    }

    [Fact]
    public async Task Lists_of_segments_that_went_to_an_archive_are_read_from_what_stayed()
    {
        Archive.ArchivedStore made = await Archive.ArchivedStore.FilledAsync(6);
        await using JournalStore store = await JournalStore.OpenAsync(
            Stores.Options() with { IndexBytesMax = 0 }, null, made.Files, Cancel);
        (await Archive.ArchivedStore.ArchiveAsync(store)).Moved.Count.ShouldBe(4);
        (await Stores.TextsAsync(store)).ShouldBe(made.Texts);
        store.IndexBytes.ShouldBe(0);
    }

    [Fact]
    public async Task A_reader_beyond_the_limit_is_refused_and_has_its_place_when_another_ends()
    {
        (MemoryFiles files, int events) = await Stores.FilledAsync(3);
        await using JournalStore store = await JournalStore.OpenAsync(
            Stores.Options() with { ReadersMax = 2 }, null, files, Cancel);
        IAsyncEnumerator<ReadOnlyMemory<RecordedEvent>> reader = store.ReadStreamAsync(
            Stores.Stream, ReadDirection.Forwards, Revision.First, cancellationToken: Cancel).GetAsyncEnumerator(Cancel);
        (await reader.MoveNextAsync()).ShouldBeTrue();
        IAsyncEnumerator<SubscriptionMessage> subscriber =
            store.SubscribeToAllAsync(null, new EventFilter.All(), Cancel).GetAsyncEnumerator(Cancel);
        (await subscriber.MoveNextAsync()).ShouldBeTrue();
        for (int i = 0; i < 3; i++)
        {
            EventStoreException refused = await Should.ThrowAsync<EventStoreException>(() => Stores.TextsAsync(store));
            refused.Kind.ShouldBe(EventStoreErrorKind.Unavailable);
            refused.Message.ShouldContain("ReadersMax");
        }

        await Stores.AppendAsync(store, "appends go on");
        await reader.DisposeAsync();
        (await Stores.TextsAsync(store)).Count.ShouldBe(events + 1);
        await subscriber.DisposeAsync();
        (await Stores.TextsAsync(store)).Count.ShouldBe(events + 1);
    }

    private static ValueTask<JournalStore> OpenAsync(MemoryFiles files, long limit, bool isReadOnly = false) => JournalStore.OpenAsync(
        Stores.Options(readOnly: isReadOnly) with { IndexBytesMax = limit }, null, files, Cancel);

    // To one to three streams, one to four events each.
    private static async Task AppendAsync(JournalStore store, Random random, List<string>[] texts, int number)
    {
        int[] chosen = [.. Enumerable.Range(0, StreamCount).OrderBy(_ => random.Next()).Take(random.Next(1, 4))];
        List<StreamAppend> appends = [];
        foreach (int stream in chosen)
        {
            EventData[] events = new EventData[random.Next(1, 5)];
            for (int i = 0; i < events.Length; i++)
            {
                string text = string.Create(CultureInfo.InvariantCulture, $"{stream}/{texts[stream].Count}/{number}");
                texts[stream].Add(text);
                events[i] = Stores.Event(text, random.Next(60));
            }

            appends.Add(new StreamAppend(Streams[stream], ExpectedRevision.Any, events));
        }

        (await store.AppendAsync(appends.ToArray(), Cancel)).ShouldAllBe(result => result is AppendResult.Appended);
    }

    private static async Task ExpectAllAsync(JournalStore store, List<string>[] texts, string why)
    {
        for (int stream = 0; stream < StreamCount; stream++)
        {
            if (texts[stream].Count == 0) continue;
            (await TextsAsync(store, Streams[stream], ReadDirection.Forwards, 0)).ShouldBe(texts[stream], why);
            (await TextsAsync(store, Streams[stream], ReadDirection.Backwards, long.MaxValue))
                .ShouldBe(Enumerable.Reverse(texts[stream]), why);
        }
    }

    private static async Task ExpectPartAsync(JournalStore store, Random random, List<string>[] texts, string why)
    {
        int stream = random.Next(StreamCount);
        if (texts[stream].Count == 0) return;
        int from = random.Next(texts[stream].Count);
        (await TextsAsync(store, Streams[stream], ReadDirection.Forwards, from)).ShouldBe(texts[stream].Skip(from), why);
        (await TextsAsync(store, Streams[stream], ReadDirection.Backwards, from))
            .ShouldBe(texts[stream].Take(from + 1).Reverse(), why);
    }

    private static async Task<List<string>> TextsAsync(JournalStore store, StreamName stream, ReadDirection direction, long from)
    {
        List<string> texts = [];
        await foreach (ReadOnlyMemory<RecordedEvent> batch in store.ReadStreamAsync(stream, direction, new Revision(from), cancellationToken: Cancel))
            foreach (RecordedEvent recorded in batch.ToArray()) texts.Add(RecordedCopy.Of(recorded).Text);
        return texts;
    }
}
