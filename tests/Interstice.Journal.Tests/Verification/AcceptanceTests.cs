using System.Globalization;
using System.Text;
using Interstice.Journal.Files;
using Interstice.Journal.Verification;
using Interstice.Kernel.Events;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests.Verification;

// Goal: the fast way of a verification accepts nothing that the slow one finds something wrong in, so that no report depends on it.
// Method: verify damaged and forged stores both ways and compare everything that is reported.
public sealed class AcceptanceTests
{
    private static readonly StreamName[] Streams = [new("a"), new("bb"), new("ünïcödé"), new("d")];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_bit_flipped_is_reported_alike_both_ways()
    {
        MemoryFiles files = await RichStoreAsync(new Random(1), segments: 3);
        foreach (string name in Stores.Segments(files)[1..])
        {
            byte[] image = files.Read(name);
            int end = Array.FindLastIndex(image, value => value != 0) + 40;
            for (int bit = 0; bit < 8 * Math.Min(end, image.Length); bit++)
            {
                image[bit / 8] ^= (byte)(1 << bit % 8);
                files.Replace(name, image);
                (await CompareAsync(files, $"{name}, bit {bit % 8} of byte {bit / 8}")).IsOk.ShouldBeFalse($"{name}, byte {bit / 8}");
                image[bit / 8] ^= (byte)(1 << bit % 8);
            }

            files.Replace(name, image);
        }
    }

    [Fact]
    public async Task Damage_at_several_places_is_reported_alike_both_ways()
    {
        int seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        Random random = new(seed);
        MemoryFiles files = await RichStoreAsync(random, segments: 5);
        List<string> names = Stores.Segments(files);
        for (int round = 0; round < 2000 * Stores.Scale; round++)
        {
            MemoryFiles damaged = files.Copy();
            for (int places = 1 + random.Next(4); places > 0; places--)
            {
                string name = names[random.Next(names.Count)];
                if (!damaged.List().Contains(name)) continue;
                if (random.Next(20) == 0) damaged.Delete(name);
                else damaged.Replace(name, Damage(damaged.Read(name), random));
            }

            await CompareAsync(damaged, $"seed {seed}, round {round}");
        }
    }

    [Fact]
    public async Task Forged_stores_with_right_checksums_are_reported_alike_both_ways()
    {
        int seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        Random random = new(seed);
        MemoryFiles files = await RichStoreAsync(random, segments: 5);
        Forgery forgery = new(random);
        SortedDictionary<VerificationErrorKind, int> kinds = [];
        int accepted = 0;
        int rounds = 8000 * Stores.Scale;
        for (int round = 0; round < rounds; round++)
        {
            ForgedStore store = new(files);
            forgery.Apply(store);
            VerificationReport report = await CompareAsync(store.Build(), $"seed {seed}, round {round}");
            if (report.IsOk) accepted++;
            foreach (VerificationErrorKind kind in report.Errors.Select(error => error.Kind).Distinct())
                kinds[kind] = kinds.GetValueOrDefault(kind) + 1;
        }

        // Forgeries that no check could find, such as another byte of data, are among them; and every kind of error that is no damage.
        accepted.ShouldBeGreaterThan(rounds / 20, $"seed {seed}");
        kinds.Keys.ShouldBe(
            [
                VerificationErrorKind.Header, VerificationErrorKind.Frame, VerificationErrorKind.Content, VerificationErrorKind.Revision,
                VerificationErrorKind.Seal, VerificationErrorKind.Footer, VerificationErrorKind.Padding, VerificationErrorKind.TornTail, VerificationErrorKind.UnknownFormat,
            ],
            ignoreOrder: true,
            $"seed {seed}");
    }

    [Fact]
    public async Task A_store_that_is_put_together_again_unchanged_is_accepted()
    {
        MemoryFiles files = await RichStoreAsync(new Random(2), segments: 4);
        (await CompareAsync(new ForgedStore(files).Build(), "unchanged")).Errors.ShouldBeEmpty();
        ForgedStore old = new(files);
        foreach (ForgedSegment segment in old.Segments) segment.DropFooters();
        (await CompareAsync(old.Build(), "all of version 1")).Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_whole_store_is_read_once()
    {
        CountingFiles files = new(await RichStoreAsync(new Random(3), segments: 6));
        VerificationReport report = await JournalVerifier.VerifyAsync(files, cancellationToken: Cancel);
        report.Errors.ShouldBeEmpty();
        foreach (string name in Stores.Segments(files))
        {
            using IJournalFile file = files.Open(name, JournalFileMode.Read);
            files.Read[name].ShouldBeLessThan(2 * file.Length, name);
        }
    }

    [Fact]
    public async Task Progress_counts_each_byte_once_also_where_a_segment_is_read_twice()
    {
        MemoryFiles files = await RichStoreAsync(new Random(4), segments: 6);
        string name = Stores.Segments(files)[3];
        byte[] image = files.Read(name);
        image[image.Length / 2] ^= 1;
        files.Replace(name, image);
        foreach (int threads in new[] { 0, 1, 3 })
        {
            SynchronousProgress progress = new();
            VerificationReport report = await JournalVerifier.VerifyAsync(
                files, new VerificationOptions { Threads = threads }, progress, cancellationToken: Cancel);
            progress.Reports.ShouldBeInOrder();
            progress.Reports[^1].ShouldBe(report.Bytes, $"{threads} threads");
        }
    }

    [Fact]
    public async Task A_verification_that_is_cancelled_ends()
    {
        MemoryFiles files = await RichStoreAsync(new Random(5), segments: 6);
        foreach (int threads in new[] { 0, 3 })
        {
            using CancellationTokenSource cancelling = new();
            SynchronousProgress progress = new() { OnReport = cancelling.Cancel };
            await Should.ThrowAsync<OperationCanceledException>(async () => await JournalVerifier.VerifyAsync(
                files, new VerificationOptions { Threads = threads }, progress, cancellationToken: cancelling.Token));
        }
    }

    private static async Task<VerificationReport> CompareAsync(MemoryFiles files, string why)
    {
        VerificationReport slow = await VerifyAsync(files, threads: 0);
        foreach (int threads in new[] { 1, 3 }) Describe(await VerifyAsync(files, threads)).ShouldBe(Describe(slow), why);
        Describe(await VerifyAsync(files, 4 * Stores.Segments(files).Count)).ShouldBe(Describe(slow), $"{why}, in windows");
        return slow;
    }

    private static ValueTask<VerificationReport> VerifyAsync(MemoryFiles files, int threads) => JournalVerifier.VerifyAsync(
        files, new VerificationOptions { Threads = threads, WindowBytes = 700 }, null, Stores.Impatient, Cancel);

    private static string Describe(VerificationReport report)
    {
        StringBuilder text = new();
        text.AppendLine(CultureInfo.InvariantCulture, $"{report.Segments} {report.Frames} {report.Appends} {report.Events} {report.Bytes}");
        foreach (VerificationError error in report.Errors) text.AppendLine($"{error}");
        foreach (JournalHole hole in report.Holes) text.AppendLine($"{hole}");
        return text.ToString();
    }

    private static byte[] Damage(byte[] image, Random random)
    {
        int at = random.Next(image.Length);
        int bytes = Math.Min(1 + random.Next(200), image.Length - at);
        switch (random.Next(5))
        {
            case 0:
                random.NextBytes(image.AsSpan(at, bytes));
                return image;
            case 1:
                image.AsSpan(at, bytes).Clear();
                return image;
            case 2:
                return image[..at];
            case 3:
                image.AsSpan(random.Next(image.Length - bytes + 1), bytes).CopyTo(image.AsSpan(at));
                return image;
            default:
                return [.. image, .. new byte[bytes], (byte)random.Next(2)];
        }
    }

    // Appends of all shapes: several streams, several events, ids that follow each other, settings, repetition by id, markers.
    private static async Task<MemoryFiles> RichStoreAsync(Random random, int segments)
    {
        MemoryFiles files = new();
        long[] next = new long[Streams.Length];
        long[] nextSettings = new long[Streams.Length];
        for (int i = 0; Stores.Segments(files).Count < segments;)
        {
            await using JournalStore store = await Stores.OpenAsync(files);
            for (int session = random.Next(10, 60); session > 0 && Stores.Segments(files).Count < segments; session--, i++)
            {
                int one = random.Next(Streams.Length);
                int two = (one + 1 + random.Next(Streams.Length - 1)) % Streams.Length;
                if (i % 11 == 7)
                {
                    ExpectedRevision settings = i % 2 == 0 ? ExpectedRevision.Any : ExpectedRevision.At(new Revision(nextSettings[one] - 1));
                    nextSettings[one]++;
                    (await store.SetMetadataAsync(Streams[one], settings, new StreamMetadata(MaxCount: 1000 + i), Cancel))
                        .ShouldBeOfType<AppendResult.Appended>();
                    continue;
                }

                StreamAppend[] parts = i % 3 == 0 ? [Part(one), Part(two)] : [Part(one)];
                (await store.AppendAsync(parts, Cancel)).ShouldAllBe(result => result is AppendResult.Appended);
            }
        }

        return files;

        StreamAppend Part(int stream)
        {
            EventData[] events = [.. Enumerable.Range(0, random.Next(3) == 0 ? 1 + random.Next(5) : 1).Select(_ => Stores.Event("x", random.Next(90)))];
            byte[] id = events[0].Id.ToByteArray();
            for (int k = 1; k < events.Length && stream != 0; k++)
            {
                id[15] = (byte)Math.Min(255, id[15] + 1);
                events[k] = events[k] with { Id = new Guid(id) };
            }

            ExpectedRevision expected = random.Next(2) == 0
                ? ExpectedRevision.Any
                : ExpectedRevision.At(new Revision(next[stream] - 1));
            next[stream] += events.Length;
            return new(Streams[stream], expected, events);
        }
    }

    private sealed class SynchronousProgress : IProgress<long>
    {
        public List<long> Reports { get; } = [];

        public Action OnReport { get; init; } = () => { };

        public void Report(long value)
        {
            Reports.Add(value);
            OnReport();
        }
    }
}
