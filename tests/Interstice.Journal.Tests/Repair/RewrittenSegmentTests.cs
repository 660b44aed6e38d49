using System.Buffers.Binary;
using System.Globalization;
using Interstice.Journal.Archive;
using Interstice.Journal.Checksums;
using Interstice.Journal.Files;
using Interstice.Journal.Repair;
using Interstice.Journal.Scavenging;
using Interstice.Journal.Tests.Archive;
using Interstice.Kernel.Events;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests.Repair;

// Goal: a segment that a repair or a scavenge writes anew has a version that says what stands in it, and an index that is as good as that of
// any other segment.
// Method: the version in each header against what was in the segment; every read through the index against the same read through the frames.
public sealed class RewrittenSegmentTests
{
    private const int VersionOffset = 8;
    private const int HeaderBytes = 128;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // A program that knows no tombstones must refuse the segment by its version, and not call what stands in it damage.
    [Theory]
    [InlineData("bit")]
    [InlineData("header")]
    [InlineData("seal")]
    [InlineData("footer")]
    [InlineData("truncated segment")]
    [InlineData("zeroed middle")]
    [InlineData("everything after the header")]
    [InlineData("bit in the last segment")]
    public async Task A_repair_keeps_a_version_that_tombstones_need(string damage)
    {
        MemoryFiles whole = await TombstonesAsync();
        MemoryFiles files = Damages.Apply(whole, damage);
        (await JournalRepair.RunAsync(files, RepairMode.Skip, new MemoryFiles(), cancellationToken: Cancel)).IsDone.ShouldBeTrue();
        foreach (string name in Stores.Segments(files).Skip(1)) Version(files, name).ShouldBeGreaterThanOrEqualTo(4, name);
        (await Stores.VerifyAsync(files)).Errors.ShouldBeEmpty();
        await using (JournalStore store = await Stores.OpenAsync(files))
            await store.DeleteAsync(Stores.Stream, ExpectedRevision.Any, DeletionKind.Tombstone, Cancel);
        (await Stores.VerifyAsync(files)).Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_scavenge_keeps_a_version_that_tombstones_need()
    {
        MemoryFiles files = await TombstonesAsync();
        (await JournalScavenger.RunAsync(files, new MemoryFiles(), 0, null, Cancel)).Chosen.ShouldNotBeEmpty();
        foreach (string name in Stores.Segments(files).Skip(1)) Version(files, name).ShouldBeGreaterThanOrEqualTo(4, name);
    }

    // The version stood in the header. What was found between header and seal says which one the segment needs.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_damaged_header_of_a_segment_with_holes_costs_nothing(bool hasTombstones)
    {
        MemoryFiles files = hasTombstones ? await TombstonesAsync() : (await ScavengeableAsync(4 << 10)).Files;
        await JournalScavenger.RunAsync(files, new MemoryFiles(), 0, null, Cancel);
        List<string> seen = await EverythingAsync(files, checksFrames: true);
        foreach (string name in Stores.Segments(files))
        {
            byte[] image = files.Read(name);
            MemoryFiles damaged = files.Copy();
            byte[] changed = [.. image];
            changed[VersionOffset] ^= 64;
            damaged.Replace(name, changed);
            damaged.SyncDirectory();
            RepairReport report = await JournalRepair.RunAsync(damaged, RepairMode.Skip, new MemoryFiles(), cancellationToken: Cancel);
            report.Lost.ShouldBeEmpty(name);
            report.Stretches.ShouldBeEmpty(name);
            (await EverythingAsync(damaged, checksFrames: true)).ShouldBe(seen, name);
            (await Stores.VerifyAsync(damaged)).Errors.ShouldBeEmpty(name);
        }
    }

    [Fact]
    public async Task A_scavenged_store_is_opened_without_reading_frames()
    {
        (MemoryFiles files, _) = await ScavengeableAsync(64 << 10);
        ScavengeReport report = await JournalScavenger.RunAsync(files, new MemoryFiles(), 0, null, Cancel);
        CountingFiles counting = new(files);
        await using JournalStore store = await Stores.OpenAsync(counting, 64 << 10, readOnly: true);
        report.Chosen.Count().ShouldBeGreaterThan(2);
        foreach (SegmentScavenge segment in report.Chosen)
        {
            Version(files, segment.File).ShouldBe(5);
            counting.Read[segment.File].ShouldBeLessThan(segment.Bytes / 4, segment.File);
        }

        store.Recovery.FooterProblems.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_scavenged_segment_is_archived_and_read_from_there()
    {
        (MemoryFiles files, _) = await ScavengeableAsync(64 << 10);
        ScavengeReport report = await JournalScavenger.RunAsync(files, new MemoryFiles(), 0, null, Cancel);
        List<string> seen = await EverythingAsync(files, checksFrames: true);
        StoreFiles withArchive = new(files, new MemoryFiles());
        await using (JournalStore store = await Stores.OpenAsync(withArchive, 64 << 10))
        {
            ArchiveReport archived = await ArchivedStore.ArchiveAsync(store);
            archived.Moved.Select(segment => segment.Number).ShouldBe(report.Chosen.Select(segment => segment.Segment));
            archived.Stays.ShouldAllBe(stay => stay.Reason == SegmentStay.Newest);
        }

        (await EverythingAsync(withArchive, checksFrames: false)).ShouldBe(seen);
        (await EverythingAsync(withArchive, checksFrames: false, indexBytesMax: 0)).ShouldBe(seen);
        (await Stores.VerifyAsync(withArchive)).Errors.ShouldBeEmpty();
    }

    // Holes are places to begin from too: else whoever reads backwards would load all of them at once.
    [Fact]
    public async Task Reading_backwards_over_what_was_given_back_loads_a_little_of_it_at_a_time()
    {
        const long SegmentBytes = 16 << 20;
        MemoryFiles files = new();
        Dictionary<string, long> last = [];
        await using (JournalStore store = await Stores.OpenAsync(files, SegmentBytes))
        {
            await AppendAsync(store, last, "kept", 10);
            while (Stores.Segments(files).Count < 4) await AppendAsync(store, last, "s", 60_000);
            await AppendAsync(store, last, "s", 10);
            await store.SetMetadataAsync(new StreamName("s"), ExpectedRevision.Any, new StreamMetadata(new Revision(last["s"])), Cancel);
            await AppendAsync(store, last, "kept", 10);
            while (Stores.Segments(files).Count < 6) await AppendAsync(store, last, "more", 60_000);
        }

        ScavengeReport report = await JournalScavenger.RunAsync(files, new MemoryFiles(), 0, null, Cancel);
        SegmentScavenge emptiest = report.Chosen.MaxBy(segment => segment.ReclaimableBytes)!;
        emptiest.ReclaimableBytes.ShouldBeGreaterThan(7 << 19);
        Version(files, emptiest.File).ShouldBe(5);
        LargestReadFiles reads = new(files);
        await using JournalStore again = await Stores.OpenAsync(reads, SegmentBytes, readOnly: true);
        reads.Largest = 0;
        long events = 0;
        await foreach (ReadOnlyMemory<RecordedEvent> batch in again.ReadAllAsync(
                           ReadDirection.Backwards, Position.End, new EventFilter.All(), cancellationToken: Cancel)) events += batch.Length;
        events.ShouldBeGreaterThan(2);
        reads.Largest.ShouldBeLessThan(3 << 20);
    }

    private sealed class LargestReadFiles(IJournalFiles files) : ForwardingFiles(files)
    {
        public long Largest { get; set; }

        public override IJournalFile Open(string name, JournalFileMode mode) => new Opened(this, base.Open(name, mode));

        private sealed class Opened(LargestReadFiles owner, IJournalFile file) : ForwardingFile(file)
        {
            public override int ReadAt(Span<byte> destination, long offset)
            {
                owner.Largest = Math.Max(owner.Largest, destination.Length);
                return base.ReadAt(destination, offset);
            }
        }
    }

    // Streams that lack revisions at their start, in the middle and to their end; names that only a hole defines.
    [Fact]
    public async Task Every_read_through_the_index_of_a_segment_with_holes_is_that_through_its_frames()
    {
        int indexed = 0, without = 0, gaps = 0;
        for (int round = 0; round < 6 * Stores.Scale; round++)
        {
            int seed = Random.Shared.Next();
            TestContext.Current.TestOutputHelper?.WriteLine($"round {round}: seed {seed}");
            Random random = new(seed);
            (MemoryFiles files, Dictionary<string, long> last) = await ScavengeableAsync(32 << 10, random);
            for (int again = 0; again < 3; again++)
            {
                await JournalScavenger.RunAsync(files, new MemoryFiles(), 0, null, Cancel);
                if (again == 1) FlipOne(files, random);
                if (again == 1)
                    gaps += (await JournalRepair.RunAsync(files, RepairMode.Skip, new MemoryFiles(), cancellationToken: Cancel)).Lost.Count;
                indexed += Stores.Segments(files).Count(name => Version(files, name) == 5);
                without += Stores.Segments(files).Count(name => Version(files, name) == 3);
                List<string> seen = await EverythingAsync(files, checksFrames: true);
                (await EverythingAsync(files, checksFrames: false)).ShouldBe(seen, $"seed {seed}, {again}");
                (await EverythingAsync(files, checksFrames: false, indexBytesMax: 0)).ShouldBe(seen, $"seed {seed}, {again}");
                (await Stores.VerifyAsync(files)).Errors.ShouldBeEmpty($"seed {seed}, {again}");
                (await JournalRepair.PlanAsync(files, RepairMode.Skip, cancellationToken: Cancel)).Findings.ShouldBeEmpty($"seed {seed}, {again}");
                await using JournalStore store = await Stores.OpenAsync(files, 32 << 10);

                // The repair may have left out the last event of a stream that only one segment knew: such a stream goes on elsewhere than it did.
                await FillAsync(store, random, last, 150, rare: again == 0 ? 1000 : 2000);
            }
        }

        indexed.ShouldBeGreaterThan(20, "or nothing is tested");
        gaps.ShouldBeGreaterThan(0, "or nothing is tested");
        TestContext.Current.TestOutputHelper?.WriteLine($"{indexed} segments with holes and index, {without} without, {gaps} gaps");
    }

    // The writer seals what a repair left open, with the index that its frames and holes give.
    [Fact]
    public async Task The_last_segment_goes_on_after_a_repair_and_is_sealed_with_an_index()
    {
        MemoryFiles files = Damages.Apply(await Damages.StoreAsync(), "bit in the last segment");
        string last = Stores.Segments(files)[^1];
        await JournalRepair.RunAsync(files, RepairMode.Skip, new MemoryFiles(), cancellationToken: Cancel);
        await using (JournalStore store = await Stores.OpenAsync(files))
            for (int i = 0; Stores.Segments(files)[^1] == last; i++) await Stores.AppendAsync(store, $"more {i}", 50);
        Version(files, last).ShouldBe(5);
        List<string> seen = await EverythingAsync(files, checksFrames: true);
        (await EverythingAsync(files, checksFrames: false)).ShouldBe(seen);
        (await Stores.VerifyAsync(files)).Errors.ShouldBeEmpty();
    }

    private static int Version(MemoryFiles files, string name) =>
        BinaryPrimitives.ReadUInt16LittleEndian(files.Read(name).AsSpan(VersionOffset));

    // Any byte between header and footers of a segment that was scavenged before.
    private static void FlipOne(MemoryFiles files, Random random)
    {
        string name = Stores.Segments(files).First(name => Version(files, name) == 5);
        byte[] image = files.Read(name);
        int at = HeaderBytes;
        while (image[at + 8] != 1) at += 8 + BinaryPrimitives.ReadInt32LittleEndian(image.AsSpan(at));
        image[at + 8 + random.Next(BinaryPrimitives.ReadInt32LittleEndian(image.AsSpan(at)))] ^= 1;
        files.Replace(name, image);
        files.SyncDirectory();
    }

    // Six segments and more, all from the second one on with a tombstone in them.
    private static async Task<MemoryFiles> TombstonesAsync()
    {
        MemoryFiles files = new();
        await using JournalStore store = await Stores.OpenAsync(files);
        Dictionary<string, long> last = [];
        await store.DeleteAsync(new StreamName("closed first"), ExpectedRevision.Any, DeletionKind.Tombstone, Cancel);
        for (int i = 0; Stores.Segments(files).Count < 7; i++)
        {
            await AppendAsync(store, last, $"s{i % 3}", 40);
            if (i % 8 != 7) continue;
            await store.DeleteAsync(new StreamName($"closed {i}"), ExpectedRevision.Any, DeletionKind.Tombstone, Cancel);
        }

        await store.SetMetadataAsync(new StreamName("s0"), ExpectedRevision.Any, new StreamMetadata(new Revision(last["s0"] - 2)), Cancel);
        await Stores.AppendAsync(store, "newest");
        return files;
    }

    private static async Task<(MemoryFiles Files, Dictionary<string, long> Last)> ScavengeableAsync(long segmentBytes, Random? random = null)
    {
        MemoryFiles files = new();
        Dictionary<string, long> last = [];
        await using JournalStore store = await Stores.OpenAsync(files, segmentBytes);
        random ??= new Random(1);
        while (Stores.Segments(files).Count < 6) await FillAsync(store, random, last, 50);
        foreach (string name in last.Keys.Where(name => name.StartsWith('s')))
            await store.SetMetadataAsync(new StreamName(name), ExpectedRevision.Any, new StreamMetadata(new Revision(last[name])), Cancel);
        await Stores.AppendAsync(store, "newest");
        return (files, last);
    }

    // Streams that are cut, one that is kept, some in one append with both, and some that only one segment knows.
    private static async Task FillAsync(JournalStore store, Random random, Dictionary<string, long> last, int appends, int rare = 1000)
    {
        for (int i = 0; i < appends; i++)
        {
            string cut = random.Next(20) == 0 ? $"s{random.Next(rare, rare + 1000)}" : $"s{random.Next(4)}";
            if (random.Next(30) != 0)
            {
                await AppendAsync(store, last, random.Next(8) == 0 ? "kept" : cut, random.Next(120));
                continue;
            }

            StreamAppend[] both = [Part(last, cut, 10), Part(last, "kept", 20)];
            (await store.AppendAsync(both, Cancel)).ShouldAllBe(result => result is AppendResult.Appended);
        }
    }

    private static async Task AppendAsync(JournalStore store, Dictionary<string, long> last, string name, int padding)
    {
        StreamAppend part = Part(last, name, padding);
        (await store.AppendAsync(part.Stream, part.Expected, part.Events, Cancel)).ShouldBeOfType<AppendResult.Appended>(name);
    }

    // With an exact expectation: those without are remembered for their repetition, and so do not go.
    private static StreamAppend Part(Dictionary<string, long> last, string name, int padding)
    {
        long before = last.GetValueOrDefault(name, -1);
        last[name] = before + 1;
        return new StreamAppend(
            new StreamName(name), ExpectedRevision.At(new Revision(before)), new[] { Stores.Event($"{name} {before + 1}", padding) });
    }

    // All of $all, from several positions on, and every stream in both directions from several revisions on.
    private static async Task<List<string>> EverythingAsync(IJournalFiles files, bool checksFrames, long indexBytesMax = 1 << 20)
    {
        List<string> lines = [];
        JournalOptions options = Stores.Options(readOnly: true) with { ChecksFramesOnOpen = checksFrames, IndexBytesMax = indexBytesMax };
        await using JournalStore store = await JournalStore.OpenAsync(options, null, files, Cancel);
        SortedSet<string> streams = new(StringComparer.Ordinal);
        ulong end = 0;
        await foreach (ReadOnlyMemory<RecordedEvent> batch in store.ReadAllAsync(
                           ReadDirection.Forwards, Position.Start, new EventFilter.All(), cancellationToken: Cancel))
        {
            foreach (RecordedEvent recorded in batch.ToArray())
            {
                streams.Add(recorded.Stream.Value);
                end = recorded.Position.Commit;
                lines.Add(Line(recorded));
            }
        }

        for (ulong from = 500; from < end; from += end / 20)
            await foreach (ReadOnlyMemory<RecordedEvent> batch in store.ReadAllAsync(
                               ReadDirection.Forwards, new Position(from, from), new EventFilter.All(), 1, Cancel))
                lines.AddRange(batch.ToArray().Select(recorded => $"{from}: {Line(recorded)}"));
        foreach (string name in streams.Where(name => !name.Contains("closed", StringComparison.Ordinal)))
        {
            StreamName stream = new(name);
            long last = (await store.GetLastRevisionAsync(stream, Cancel)).Value;
            lines.Add($"{name} ends at {last}");
            foreach (ReadDirection direction in new[] { ReadDirection.Forwards, ReadDirection.Backwards })
                foreach (long from in new[] { 0, last / 3, last })
                    await foreach (ReadOnlyMemory<RecordedEvent> batch in store.ReadStreamAsync(
                                       stream, direction, new Revision(from), cancellationToken: Cancel))
                        lines.AddRange(batch.ToArray().Select(Line));
        }

        return lines;
    }

    private static string Line(RecordedEvent recorded) => string.Create(CultureInfo.InvariantCulture,
        $"{recorded.Stream} {recorded.Revision.Value} {recorded.Position.Commit} {recorded.Id} {Crc32C.Compute(recorded.Data.Span)}");
}
