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
        List<string> names = Stores.Segments(files);
        for (int round = 0; round < 12 * Stores.Scale; round++)
        {
            string name = names[round % names.Count];
            byte[] image = files.Read(name);
            int at = random.Next(Array.FindLastIndex(image, value => value != 0) + 1);
            image[at] ^= 1;
            files.Replace(name, image);
            VerificationReport slow = await VerifyAsync(files, threads: 0, Windows[^1]);
            slow.IsOk.ShouldBeFalse($"seed {seed}, {name}, byte {at}");
            foreach (int threads in new[] { 1, 8 })
            {
                int window = Windows[random.Next(Windows.Length)];
                VerificationReport fast = await VerifyAsync(files, threads, window);
                fast.Errors.ShouldBe(slow.Errors, $"seed {seed}, {name}, byte {at}, {threads} threads, windows of {window}");
                (fast.Frames, fast.Appends, fast.Events, fast.Bytes).ShouldBe(
                    (slow.Frames, slow.Appends, slow.Events, slow.Bytes), $"seed {seed}, {name}, byte {at}, {threads} threads, windows of {window}");
            }

            image[at] ^= 1;
            files.Replace(name, image);
        }
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
