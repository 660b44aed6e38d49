using Interstice.Journal.Files;
using Interstice.Journal.Verification;
using Interstice.Kernel.Events;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests.Verification;

// Goal: whatever the sizes of appends, their numbers and their names, the fast way takes them for what they are.
// Method: a store in which every number of an append has each length that the fast way tells apart, read once when it is whole, and reported as
// the slow way does when it is damaged.
public sealed class AppendSizeTests
{
    private const long SegmentBytes = 16 << 20;

    private const int VersionOffset = 1;

    // Numbers in the log have seven bits a byte.
    private static readonly int[] Sizes = [0, 1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152];

    private static readonly int[] Windows = [VerificationOptions.WindowBytesMin, 5_000, 4 << 20];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Appends_of_all_sizes_are_accepted_in_one_reading()
    {
        CountingFiles files = new(await StoreAsync());
        (await VerifyAsync(files, threads: 1, Windows[^1])).Errors.ShouldBeEmpty();
        foreach (string name in Stores.Segments(files))
        {
            using IJournalFile file = files.Open(name, JournalFileMode.Read);
            files.Read[name].ShouldBeLessThan(file.Length + file.Length / 2, name);
        }
    }

    [Fact]
    public async Task Damage_in_appends_of_all_sizes_is_reported_alike_both_ways()
    {
        int seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        Random random = new(seed);
        MemoryFiles files = await StoreAsync();
        List<List<(string Name, int At, int Length)>> sizes = BySize(Stores.Segments(files).SelectMany(name => FramesOf(name, files.Read(name))), frame => frame.Length);
        for (int round = 0; round < 24 * Stores.Scale; round++)
        {
            (string name, int begin, int length) = Any(random, sizes);
            byte[] image = files.Read(name);
            int at = begin + NearBegin(random, length);
            image[at] ^= 1;
            files.Replace(name, image);
            VerificationReport slow = await ExpectAlikeAsync(files, random, $"seed {seed}, {name}, byte {at} of the frame at {begin}");
            slow.IsOk.ShouldBeFalse($"seed {seed}, {name}, byte {at}");
            image[at] ^= 1;
            files.Replace(name, image);
        }
    }

    // A byte of an append with a fresh checksum: what it says is looked at. Some bytes are the caller's, and any value of them is right.
    [Fact]
    public async Task Changed_content_of_appends_of_all_sizes_is_reported_alike_both_ways()
    {
        int seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        Random random = new(seed);
        ForgedStore store = new(await StoreAsync());
        List<List<ForgedFrame>> sizes = BySize(
            store.Segments.SelectMany(segment => segment.Frames).Where(frame => frame.Kind == ForgedFrame.Append), frame => frame.Payload.Length);
        for (int round = 0; round < 128 * Stores.Scale; round++)
        {
            byte[] payload = Any(random, sizes).Payload;
            int at = round == 0 ? VersionOffset : NearBegin(random, payload.Length);
            byte before = payload[at];
            payload[at] ^= (byte)(1 << random.Next(8));
            VerificationReport slow = await ExpectAlikeAsync(store.Build(), random, $"seed {seed}, byte {at} of an append of {payload.Length}");
            if (at == VersionOffset) slow.IsOk.ShouldBeFalse($"seed {seed}, no version of an append");
            payload[at] = before;
        }
    }

    // As it is read without what may accept a segment as a whole.
    private static async Task<VerificationReport> ExpectAlikeAsync(MemoryFiles files, Random random, string what)
    {
        VerificationReport slow = await VerifyAsync(files, threads: 0, Windows[^1]);
        foreach (int threads in new[] { 1, 8 })
        {
            int window = Windows[random.Next(Windows.Length)];
            VerificationReport fast = await VerifyAsync(files, threads, window);
            fast.Errors.ShouldBe(slow.Errors, $"{what}, {threads} threads, windows of {window}");
            (fast.Frames, fast.Appends, fast.Events, fast.Bytes).ShouldBe(
                (slow.Frames, slow.Appends, slow.Events, slow.Bytes), $"{what}, {threads} threads, windows of {window}");
        }

        return slow;
    }

    // Mostly where the numbers of the first part and event stand: behind them most is the caller's bytes.
    private static int NearBegin(Random random, int length) => random.Next(4) switch
    {
        0 => random.Next(length),
        1 => random.Next(Math.Min(length, 100)),
        _ => 24 + random.Next(Math.Min(length - 24, 20)),
    };

    // A size before a frame of it: most appends are small, and most bytes are in the largest two.
    private static List<List<T>> BySize<T>(IEnumerable<T> frames, Func<T, int> length) =>
        [.. frames.GroupBy(frame => int.Log2(length(frame))).Select(size => size.ToList())];

    private static T Any<T>(Random random, List<List<T>> sizes)
    {
        List<T> size = sizes[random.Next(sizes.Count)];
        return size[random.Next(size.Count)];
    }

    private static IEnumerable<(string Name, int At, int Length)> FramesOf(string name, byte[] image)
    {
        for (int at = 128; at + 8 <= image.Length && BitConverter.ToInt32(image, at) is var length and > 0; at += 8 + length)
            yield return (name, at, 8 + length);
    }

    private static ValueTask<VerificationReport> VerifyAsync(IJournalFiles files, int threads, int windowBytes) => JournalVerifier.VerifyAsync(
        files, new VerificationOptions { Threads = threads, WindowBytes = windowBytes }, null, Stores.Impatient, Cancel);

    // Data and metadata of all sizes, several and many events in one append, so many streams and types that their numbers need two bytes, and
    // revisions that need more each time.
    private static async Task<MemoryFiles> StoreAsync()
    {
        MemoryFiles files = new();
        await using JournalStore store = await Stores.OpenAsync(files, SegmentBytes);
        foreach (int size in Sizes)
        {
            StreamName stream = new($"size-{size}");
            await AppendAsync(store, stream, ExpectedRevision.NoStream, [Event("Sized", size, 0)]);
            await AppendAsync(store, stream, ExpectedRevision.At(Revision.First), [Event("Sized", 3, Math.Min(size, 20_000)), Event("Sized", 0, 0)]);
            await AppendAsync(store, stream, ExpectedRevision.Any, [Event("Sized", 5, 0)]);
        }

        for (int i = 0; i < 140; i++)
            await AppendAsync(store, new StreamName($"many-{i}"), ExpectedRevision.NoStream, [Event($"Type{i}", i, i % 3)]);
        long next = 0;
        foreach (int count in new[] { 1, 126, 1, 16_300, 1, 2, 1 })
        {
            await AppendAsync(
                store, new StreamName("long"), ExpectedRevision.At(new Revision(next - 1)), [.. Enumerable.Range(0, count).Select(_ => Event("Many", 1, 0))]);
            next += count;
        }

        return files;
    }

    private static async Task AppendAsync(JournalStore store, StreamName stream, ExpectedRevision expected, EventData[] events) =>
        (await store.AppendAsync(stream, expected, events, Cancel)).ShouldBeOfType<AppendResult.Appended>();

    private static EventData Event(string type, int dataBytes, int metadataBytes) =>
        new(Guid.NewGuid(), type, IsJson: false, new byte[dataBytes], new byte[metadataBytes]);
}
