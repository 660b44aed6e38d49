using System.Buffers.Binary;
using System.Globalization;
using Interstice.Journal.Checksums;
using Interstice.Journal.Verification;
using Interstice.Kernel.Events;
using Interstice.TestKit.EventStores;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests;

// Goal: opening costs what the index costs, not what the log does; and an index is never believed against the frames.
// Method: count what is read, compare a store opened by its indexes with the same one opened by its frames, and forge indexes.
[Collection(MeasuredAlone.Name)]
public sealed class FooterTests
{
    private const int HeaderBytes = 128;
    private const byte FooterKind = 4;

    private static readonly StreamName[] Streams = [new("a"), new("bb"), new("ünïcödé"), new("d")];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Opening_a_hundred_segments_reads_header_index_and_seal_of_each_sealed_one()
    {
        const int SegmentBytes = 32 * 1024;
        (MemoryFiles files, int events) = await Stores.FilledAsync(segments: 100, SegmentBytes);
        CountingFiles counting = new(files);
        await using JournalStore store = await Stores.OpenAsync(counting, SegmentBytes, readOnly: true);

        store.Recovery.Events.ShouldBe(events);
        List<string> names = Stores.Segments(files);
        foreach (string name in names[..^1])
        {
            byte[] image = files.Read(name);
            int index = image.Length - FooterStart(image);
            counting.Read[name].ShouldBeLessThanOrEqualTo(HeaderBytes + index + 72, name);
            index.ShouldBeLessThan(image.Length / 4, "the index is small beside the frames");
        }
    }

    [Fact]
    public async Task A_read_of_a_stream_touches_its_own_frames()
    {
        const int SegmentBytes = 1 << 20;
        MemoryFiles files = new();
        StreamName rare = new("rare");
        JournalStore filled = await Stores.OpenAsync(files, SegmentBytes);
        for (int i = 0; i < 1500; i++)
        {
            await Stores.AppendAsync(filled, "x", padding: 2000);
            if (i % 500 == 250) await filled.AppendAsync(rare, ExpectedRevision.Any, new[] { Stores.Event($"{i}") }, Cancel);
        }

        await filled.DisposeAsync();
        CountingFiles counting = new(files);
        await using JournalStore store = await Stores.OpenAsync(counting, SegmentBytes);
        counting.Reset();
        (await TextsAsync(store, rare, ReadDirection.Forwards)).ShouldBe(["250", "750", "1250"]);

        // Three frames, each with the 4 KiB that are read at once where the length is not known.
        counting.Read.Values.Sum().ShouldBeLessThanOrEqualTo(3 * 4096);
    }

    [Fact]
    public async Task A_store_opened_by_its_indexes_is_the_one_opened_by_its_frames()
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        MemoryFiles files = new();
        List<EventData> unconditional = [];
        await FillAsync(files, random, unconditional);
        await using JournalStore byFrames = await OpenAsync(files.Copy(), checksFrames: true);
        await using JournalStore byIndex = await OpenAsync(files.Copy(), checksFrames: false);

        byIndex.Recovery.ShouldBe(byFrames.Recovery);
        byIndex.Recovery.Segments.ShouldBeGreaterThan(10);
        byIndex.End.ShouldBe(byFrames.End);
        foreach (StreamName stream in Streams)
        {
            string why = $"{stream}, seed {seed}";
            (await byIndex.GetLastRevisionAsync(stream, Cancel)).ShouldBe(await byFrames.GetLastRevisionAsync(stream, Cancel), why);
            (await byIndex.GetMetadataAsync(stream, Cancel)).ShouldBe(await byFrames.GetMetadataAsync(stream, Cancel), why);
            foreach (ReadDirection direction in new[] { ReadDirection.Forwards, ReadDirection.Backwards })
                (await TextsAsync(byIndex, stream, direction)).ShouldBe(await TextsAsync(byFrames, stream, direction), why);
        }

        long lastBefore = (await byIndex.GetLastRevisionAsync(Streams[0], Cancel)).Value;

        // An append that is repeated is recognised, whichever segment it stands in.
        foreach (EventData data in new[] { unconditional[0], unconditional[unconditional.Count / 2], unconditional[^1] })
        {
            AppendResult once = await byFrames.AppendAsync(Streams[0], ExpectedRevision.Any, new[] { data }, Cancel);
            AppendResult again = await byIndex.AppendAsync(Streams[0], ExpectedRevision.Any, new[] { data }, Cancel);
            again.ShouldBe(once, $"seed {seed}");
        }

        (await byIndex.GetLastRevisionAsync(Streams[0], Cancel)).Value.ShouldBe(lastBefore);
    }

    // A program that wrote a wrong index would write right checksums over it.
    [Fact]
    public async Task A_forged_index_is_reported_byte_by_byte_and_what_contradicts_itself_is_rebuilt()
    {
        (MemoryFiles files, int events) = await Stores.FilledAsync(segments: 3);
        string name = Stores.Segments(files)[1];
        byte[] image = files.Read(name);
        int start = FooterStart(image);
        int end = start + 8 + BinaryPrimitives.ReadInt32LittleEndian(image.AsSpan(start));
        int rebuilt = 0;
        for (int at = start + 32; at < end; at++)
        {
            MemoryFiles forged = Forge(files, bytes => bytes[at] ^= 1, start);
            VerificationReport report = await Stores.VerifyAsync(forged);
            report.Errors.ShouldContain(
                error => error.Kind == VerificationErrorKind.Footer && error.Segment == 2 && error.Offset == start, $"byte {at - start}");
            report.Errors.ShouldAllBe(error => error.Kind == VerificationErrorKind.Footer);
            await using JournalStore store = await Stores.OpenAsync(forged, readOnly: true);
            if (store.Recovery.FooterProblems.Count == 0) continue;
            rebuilt++;
            (await Stores.TextsAsync(store)).ShouldBe(Stores.Numbers(events));
        }

        rebuilt.ShouldBeGreaterThan(50, "lengths, counts and names contradict the rest");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Sealing_torn_at_any_byte_of_index_and_seal_is_taken_back_and_the_segment_goes_on(bool isCut)
    {
        (MemoryFiles files, _) = await Stores.FilledAsync(segments: 3);
        List<string> names = Stores.Segments(files);
        byte[] image = files.Read(names[1]);
        files.Delete(names[2]);
        List<string> texts = [];
        for (int cut = FooterStart(image); cut < image.Length; cut++)
        {
            byte[] torn = image[..cut];
            if (!isCut) Array.Resize(ref torn, image.Length + 100);
            MemoryFiles left = files.Copy();
            left.Replace(names[1], torn);
            bool isWhole = image.AsSpan(cut).IndexOfAnyExcept((byte)0) < 0 && !isCut;
            bool isTorn = cut > FooterStart(image) && !isWhole;
            (await Stores.VerifyAsync(left)).Errors.Select(error => error.Kind).ShouldBe(
                isTorn ? [VerificationErrorKind.TornTail] : [], $"cut at {cut}");
            await using (JournalStore store = await Stores.OpenAsync(left))
            {
                texts = await Stores.TextsAsync(store);
                (store.Recovery.TornTail?.Offset ?? FooterStart(image)).ShouldBe(FooterStart(image), $"cut at {cut}");
                (store.Recovery.TornTail is not null).ShouldBe(isTorn, $"cut at {cut}");
                await Stores.AppendAsync(store, "more");
            }

            await using JournalStore again = await Stores.OpenAsync(left);
            (await Stores.TextsAsync(again)).ShouldBe([.. texts, "more"], $"cut at {cut}");
            (await Stores.VerifyAsync(left)).Errors.ShouldBeEmpty($"cut at {cut}");
        }

        texts.ShouldBe(Stores.Numbers(texts.Count));
        texts.Count.ShouldBeGreaterThan(10);
    }

    [Fact]
    public async Task An_index_of_several_footers_that_needs_more_room_waits_for_a_full_device_and_is_read_again()
    {
        const int SegmentBytes = 4 << 20;
        MemoryFiles files = new();
        StreamAppend[] many = [.. Enumerable.Range(0, JournalLimits.AppendStreamsMax).Select(i => new StreamAppend(
            new StreamName($"{i:D5}{new string('n', 295)}"), ExpectedRevision.Any, new[] { Stores.Event($"{i}") }))];
        await using (JournalStore store = await Stores.OpenAsync(files, SegmentBytes))
        {
            await store.AppendAsync(many, Cancel);
            await Stores.AppendAsync(store, "filler", padding: SegmentBytes - (int)store.End.Commit - 500_000);
            string first = Stores.Segments(files).ShouldHaveSingleItem();
            files.Faults = new FaultPlan(1, FaultPlan.Full, IsSticky: true, IsShort: true) { OnlyNamed = first };
            EventStoreException e = await Should.ThrowAsync<EventStoreException>(() => Stores.AppendAsync(store, "x", padding: 600_000));
            e.Kind.ShouldBe(EventStoreErrorKind.Full);
            files.Faults = FaultPlan.None;
            await Stores.AppendAsync(store, "fits", padding: 600_000);
        }

        List<string> names = Stores.Segments(files);
        names.Count.ShouldBe(2);
        byte[] image = files.Read(names[0]);
        image.Length.ShouldBeGreaterThan(SegmentBytes);
        int footer = FooterStart(image);
        int second = footer + 8 + BinaryPrimitives.ReadInt32LittleEndian(image.AsSpan(footer));
        image[second + 8].ShouldBe(FooterKind);
        await using JournalStore again = await Stores.OpenAsync(files, SegmentBytes);
        again.Recovery.FooterProblems.ShouldBeEmpty();
        again.Recovery.Streams.ShouldBe(many.Length + 1);
        (await TextsAsync(again, many[^1].Stream, ReadDirection.Backwards)).ShouldBe([$"{many.Length - 1}"]);
        (await Stores.TextsAsync(again)).ShouldBe(["filler", "fits"]);
        (await Stores.VerifyAsync(files)).Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_event_costs_less_than_four_bytes_of_memory_while_its_store_is_open()
    {
        const int Events = 400_000;
        const int SegmentBytes = 4 << 20;
        MemoryFiles files = new();
        EventData[] group = [Stores.Event("x")];
        JournalStore filled = await Stores.OpenAsync(files, SegmentBytes);
        for (int i = 0; i < Events; i += 1000)
        {
            Task[] running = [.. Enumerable.Range(i, 1000).Select(number => filled.AppendAsync(
                Stores.Stream, ExpectedRevision.At(new Revision(number - 1)), group, Cancel).AsTask())];
            await Task.WhenAll(running);
        }

        await filled.DisposeAsync();
        await (await Stores.OpenAsync(files, SegmentBytes, readOnly: true)).DisposeAsync(); // fills the pools of buffers
        long before = GC.GetTotalMemory(forceFullCollection: true);
        await using JournalStore store = await Stores.OpenAsync(files, SegmentBytes, readOnly: true);
        long bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        store.Recovery.Events.ShouldBe(Events);
        ((double)bytes / Events).ShouldBeLessThan(4);
    }

    private static async Task FillAsync(MemoryFiles files, Random random, List<EventData> unconditional)
    {
        await using JournalStore store = await Stores.OpenAsync(files);
        for (int i = 0; Stores.Segments(files).Count < 12; i++)
        {
            EventData data = Stores.Event(i.ToString(CultureInfo.InvariantCulture), random.Next(200));
            StreamName stream = Streams[i % 3 == 0 ? 0 : random.Next(Streams.Length)];
            if (i % 17 == 5)
            {
                await store.SetMetadataAsync(stream, ExpectedRevision.Any, new StreamMetadata(MaxCount: 1000 + i), Cancel);
                continue;
            }

            StreamAppend[] appends = i % 5 == 1
                ? [new(Streams[1], ExpectedRevision.Any, new[] { Stores.Event($"{i}b") }), new(Streams[3], ExpectedRevision.Any, new[] { data })]
                : [new(stream, ExpectedRevision.Any, new[] { data })];
            await store.AppendAsync(appends, Cancel);
            if (i % 5 != 1 && stream == Streams[0]) unconditional.Add(data);
        }
    }

    private static ValueTask<JournalStore> OpenAsync(MemoryFiles files, bool checksFrames) => JournalStore.OpenAsync(
        Stores.Options() with { ChecksFramesOnOpen = checksFrames }, null, files, Cancel);

    private static async Task<List<string>> TextsAsync(JournalStore store, StreamName stream, ReadDirection direction)
    {
        List<string> texts = [];
        Revision from = direction == ReadDirection.Forwards ? Revision.First : Revision.End;
        await foreach (ReadOnlyMemory<RecordedEvent> batch in store.ReadStreamAsync(stream, direction, from, cancellationToken: Cancel))
            foreach (RecordedEvent recorded in batch.ToArray()) texts.Add(RecordedCopy.Of(recorded).Text);
        return texts;
    }

    private static int FooterStart(byte[] image)
    {
        int at = HeaderBytes;
        while (image[at + 8] != FooterKind) at += 8 + BinaryPrimitives.ReadInt32LittleEndian(image.AsSpan(at));
        return at;
    }

    // Changes the second segment and makes all checksums behind the change right again: footer, seal, header of the next segment.
    private static MemoryFiles Forge(MemoryFiles files, Action<byte[]> change, int footerStart)
    {
        MemoryFiles forged = files.Copy();
        List<string> names = Stores.Segments(files);
        byte[] image = forged.Read(names[1]);
        change(image);
        uint seed = Crc32C.Continue(Crc32C.Compute(image.AsSpan(16, 16)), 2UL);
        int seal = footerStart + 8 + BinaryPrimitives.ReadInt32LittleEndian(image.AsSpan(footerStart));
        uint chain = BinaryPrimitives.ReadUInt32LittleEndian(image.AsSpan(seal + 8 + 24 + 28));
        chain = Crc32C.Continue(chain, (ulong)Sign(image, seed, footerStart));
        BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(seal + 8 + 24 + 24), chain);
        chain = Crc32C.Continue(chain, (ulong)Sign(image, seed, seal));
        forged.Replace(names[1], image);

        byte[] next = forged.Read(names[2]);
        BinaryPrimitives.WriteUInt32LittleEndian(next.AsSpan(56), chain);
        BinaryPrimitives.WriteUInt32LittleEndian(next.AsSpan(124), Crc32C.Compute(next.AsSpan(0, 124)));
        forged.Replace(names[2], next);
        return forged;
    }

    private static uint Sign(byte[] image, uint seed, int start)
    {
        int length = BinaryPrimitives.ReadInt32LittleEndian(image.AsSpan(start));
        ReadOnlySpan<byte> payload = image.AsSpan(start + 8, length);
        uint checksum = Crc32C.Continue(Crc32C.Continue(Crc32C.Continue(seed, (ulong)start), (ulong)length), payload);
        BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(start + 4), checksum);
        return checksum;
    }
}
