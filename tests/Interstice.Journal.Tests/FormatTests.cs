using Interstice.Journal.Files;
using Interstice.Journal.Verification;
using Interstice.Kernel.Events;
using Interstice.TestKit;
using Interstice.TestKit.EventStores;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests;

// Goal: every store ever written can be read for ever, and what is written today is what the pages on the format say.
// Method: a store of each format version is kept beside the tests and read, verified and appended to.
public sealed class FormatTests
{
    private const int HeaderBytes = 128;
    private const int MarkerBytes = 40;

    // The last bytes of a marker are zero, so that it is whole without them.
    private const int MarkerZeroBytes = 7;

    private static string GoldenDirectory(int version) => Path.Join(AppContext.BaseDirectory, "Golden", $"version-{version}");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_store_of_every_version_is_read_verified_and_appended_to(int version)
    {
        using TemporaryDirectory directory = CopyOfGolden(version);
        JournalOptions options = new() { Directory = directory.Path };
        await using (JournalStore store = await JournalStore.OpenAsync(options, cancellationToken: Cancel))
        {
            store.Recovery.WasClosedInOrder.ShouldBeTrue();
            store.Recovery.Segments.ShouldBe(2);
            await ExpectGoldenAsync(store);
            await Stores.AppendAsync(store, "more");
        }

        VerificationReport report = await JournalVerifier.VerifyAsync(directory.Path, cancellationToken: Cancel);
        report.Errors.ShouldBeEmpty();
        report.Segments.ShouldBe(2);
        report.Events.ShouldBe(GoldenStore.Expected.Count + 2);
    }

    [Fact]
    public async Task A_store_of_version_4_is_read_verified_and_appended_to()
    {
        using TemporaryDirectory directory = CopyOfGolden(4);
        await using (JournalStore store = await JournalStore.OpenAsync(new() { Directory = directory.Path }, cancellationToken: Cancel))
        {
            store.Recovery.WasClosedInOrder.ShouldBeTrue();
            (await store.GetMetadataAsync(new StreamName("deleted"), Cancel))
                .ShouldBe(GoldenStore.WithProperties with { TruncateBefore = Revision.End });
            (await store.GetMetadataAsync(new StreamName("back"), Cancel))
                .ShouldBe(GoldenStore.WithProperties with { TruncateBefore = new Revision(1) });
            (await Should.ThrowAsync<EventStoreException>(async () => await store.GetMetadataAsync(new StreamName("closed"), Cancel)))
                .Kind.ShouldBe(EventStoreErrorKind.StreamDeleted);
            (await store.AppendAsync(new StreamName("deleted"), ExpectedRevision.NoStream, new[] { Stores.Event("new") }, Cancel))
                .ShouldBeOfType<AppendResult.Appended>().Revision.ShouldBe(new Revision(1));
        }

        VerificationReport report = await JournalVerifier.VerifyAsync(directory.Path, cancellationToken: Cancel);
        report.Errors.ShouldBeEmpty();
        report.Segments.ShouldBe(2);
    }

    [Fact]
    public async Task A_store_with_segments_of_version_5_is_read_verified_and_appended_to()
    {
        using TemporaryDirectory directory = CopyOfGolden(5);
        DirectoryFiles golden = new(directory.Path);
        Stores.Segments(golden).Select(name => File.ReadAllBytes(Path.Join(directory.Path, name))[8]).ShouldBe([(byte)5, 2, 2]);
        foreach (bool checksFrames in new[] { false, true })
        {
            await using JournalStore store = await JournalStore.OpenAsync(
                new() { Directory = directory.Path, ChecksFramesOnOpen = checksFrames }, cancellationToken: Cancel);
            store.Recovery.FooterProblems.ShouldBeEmpty();
            long last = (await store.GetLastRevisionAsync(GoldenStore.Odd, Cancel)).Value;
            (await RevisionsAsync(store, GoldenStore.Odd)).ShouldBe(
                Enumerable.Range((int)GoldenStore.ScavengedFirst, (int)(last - GoldenStore.ScavengedFirst) + 1).Select(revision => (long)revision));
            (await RevisionsAsync(store, GoldenStore.Accounts)).ShouldBe(Enumerable.Range(0, 12).Select(revision => (long)revision));
            await store.AppendAsync(GoldenStore.Odd, ExpectedRevision.At(new Revision(last)), new[] { Stores.Event("more") }, Cancel);
        }

        VerificationReport report = await JournalVerifier.VerifyAsync(directory.Path, cancellationToken: Cancel);
        report.Errors.ShouldBeEmpty();
        report.Holes.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task What_a_scavenge_writes_is_version_5()
    {
        MemoryFiles written = new();
        await GoldenStore.CreateScavengedAsync(written);
        foreach (string name in Stores.Segments(written))
            Masked(written.Read(name)).ShouldBe(Masked(await File.ReadAllBytesAsync(Path.Join(GoldenDirectory(5), name), Cancel)), name);
    }

    private static async Task<List<long>> RevisionsAsync(JournalStore store, StreamName stream)
    {
        List<long> revisions = [];
        await foreach (ReadOnlyMemory<RecordedEvent> batch in store.ReadStreamAsync(
                           stream, ReadDirection.Forwards, Revision.First, cancellationToken: Cancel))
            revisions.AddRange(batch.ToArray().Select(recorded => recorded.Revision.Value));
        return revisions;
    }

    // The layout of version 4 is that of 2: lengths and kinds of all frames are those of what was kept.
    [Fact]
    public async Task What_has_deletions_is_written_as_version_4()
    {
        MemoryFiles written = new();
        await GoldenStore.CreateWithDeletionsAsync(written);
        DirectoryFiles golden = new(GoldenDirectory(4));
        Stores.Segments(written).ShouldBe(Stores.Segments(golden));
        foreach (string name in Stores.Segments(written))
        {
            byte[] found = written.Read(name);
            byte[] expected = await File.ReadAllBytesAsync(Path.Join(GoldenDirectory(4), name), Cancel);
            found[8].ShouldBe(expected[8]);
            FrameStarts(found).ShouldBe(FrameStarts(expected));
            FrameStarts(found).Select(start => found[start + 8]).ShouldBe(FrameStarts(expected).Select(start => expected[start + 8]));
        }
    }

    [Fact]
    public async Task What_is_written_today_is_version_2()
    {
        MemoryFiles written = new();
        await GoldenStore.CreateAsync(written);
        DirectoryFiles golden = new(GoldenDirectory(2));

        Stores.Segments(written).ShouldBe(Stores.Segments(golden));
        foreach (string name in Stores.Segments(written))
        {
            // The random id of the store is in the headers and in every checksum; all else is the same.
            byte[] expected = await File.ReadAllBytesAsync(Path.Join(GoldenDirectory(2), name), Cancel);
            byte[] found = written.Read(name);
            found.Length.ShouldBe(expected.Length);
            Masked(found).ShouldBe(Masked(expected), name);
        }
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(2, false)]
    public async Task A_tail_of_zeros_and_a_tail_cut_short_are_recovered(int version, bool isCut)
    {
        using TemporaryDirectory directory = CopyOfGolden(version);
        string last = Path.Join(directory.Path, Stores.Segments(new DirectoryFiles(directory.Path))[^1]);
        byte[] image = await File.ReadAllBytesAsync(last, Cancel);
        int marker = FrameStarts(image)[^1];
        int end = marker + MarkerBytes;
        for (int cut = marker; cut <= end; cut++)
        {
            byte[] tail = image[..cut];
            if (!isCut) Array.Resize(ref tail, image.Length);
            await File.WriteAllBytesAsync(last, tail, Cancel);
            await using JournalStore store = await JournalStore.OpenAsync(
                new JournalOptions { Directory = directory.Path, ReadOnly = true }, cancellationToken: Cancel);
            await ExpectGoldenAsync(store);
            store.Recovery.WasClosedInOrder.ShouldBe(
                cut == end || (!isCut && cut >= end - MarkerZeroBytes), $"cut at {cut}");
        }
    }

    private static async Task ExpectGoldenAsync(JournalStore store)
    {
        List<RecordedCopy> found = [];
        await foreach (ReadOnlyMemory<RecordedEvent> batch in store.ReadAllAsync(
                           ReadDirection.Forwards, Position.Start, new EventFilter.All(), cancellationToken: Cancel))
            foreach (RecordedEvent recorded in batch.ToArray()) found.Add(RecordedCopy.Of(recorded));

        found.Where(copy => copy.Type != StreamMetadata.EventType)
            .Select(copy => copy with { Position = Position.Start, CreatedUs = 0 })
            .ShouldBe(GoldenStore.Expected);
        (await store.GetMetadataAsync(GoldenStore.Odd, Cancel)).ShouldBe(
            new StreamMetadata(new Revision(1), 1000, TimeSpan.FromDays(365_000)));
        found[0].CreatedUs.ShouldBe(1_767_323_046_678_000);
    }

    private static TemporaryDirectory CopyOfGolden(int version)
    {
        TemporaryDirectory directory = new();
        foreach (string file in Directory.EnumerateFiles(GoldenDirectory(version)))
            File.Copy(file, Path.Join(directory.Path, Path.GetFileName(file)));
        return directory;
    }

    // Without what depends on the store's id: the id, the chain and checksums of headers, frames and seals, and the ids of
    // settings events, which are random.
    private static byte[] Masked(byte[] image)
    {
        byte[] masked = [.. image];
        masked.AsSpan(16, 16).Clear();
        masked.AsSpan(56, 4).Clear();
        masked.AsSpan(124, 4).Clear();
        foreach (int start in FrameStarts(image))
        {
            masked.AsSpan(start + 4, 4).Clear();
            int length = BitConverter.ToInt32(image, start);
            if (image[start + 8] == 3) masked.AsSpan(start + 8 + 24 + 24, 8).Clear();
            if (image[start + 8] != 1) continue;
            int json = masked.AsSpan(start + 8, length).IndexOf("{\"$tb\""u8);
            if (json >= 0) masked.AsSpan(start + 8 + json - 17, 16).Clear();
        }

        return masked;
    }

    private static List<int> FrameStarts(byte[] image)
    {
        List<int> starts = [];
        for (int at = HeaderBytes; at + 8 <= image.Length && BitConverter.ToInt32(image, at) is var length and > 0; at += 8 + length)
            starts.Add(at);
        return starts;
    }
}
