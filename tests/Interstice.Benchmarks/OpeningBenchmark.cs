using System.Diagnostics;
using Interstice.Journal;
using Interstice.Kernel.Events;

namespace Interstice.Benchmarks;

/// <summary>Opening a store of 10 million events in some hundred segments: by the indexes of its segments against by all of its
/// frames, and the memory that it holds then.</summary>
internal static class OpeningBenchmark
{
    private const int Events = 10_000_000;
    private const int InFlight = 10_000;
    private const int Streams = 10;
    private const long SegmentBytes = 8 << 20;
    private const long SmallIndex = 1 << 20;
    private const int Reads = 300;
    private const int ReadEvents = 100;

    public static async Task RunAsync(RunSettings settings, Report report)
    {
        string directory = Directory.CreateTempSubdirectory("interstice-opening-").FullName;
        try
        {
            await RunAsync(settings, report, directory);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task RunAsync(RunSettings settings, Report report, string directory)
    {
        JournalOptions options = OptionsFor(directory);
        await FillAsync(options);
        JournalOptions small = options with { IndexBytesMax = SmallIndex };
        List<double> byIndex = [], byFrames = [], bySmallIndex = [], reads = [], smallReads = [];
        RecoveryReport recovery = null!;
        for (int round = 0; round < settings.Rounds; round++)
        {
            recovery = await AddAsync(byIndex, options);
            await AddAsync(byFrames, options with { ChecksFramesOnOpen = true });
            await AddAsync(bySmallIndex, small);
            reads.Add(await ReadAsync(options, round));
            smallReads.Add(await ReadAsync(small, round));
        }

        long memory = await MemoryAsync(options);
        long smallMemory = await MemoryAsync(small);
        report.Heading($"Opening ({recovery.Events:N0} events, {recovery.Segments} segments, {recovery.Bytes >> 20} MiB, {settings.Rounds} rounds)");
        report.Table(
            ["what", "median"],
            [
                ["opening by the indexes", $"{Report.Number(1000 * Ratio.MedianOf(byIndex))} ms"],
                ["opening by all frames", $"{Report.Number(1000 * Ratio.MedianOf(byFrames))} ms"],
                ["opening by the indexes, of which 1 MiB may stay", $"{Report.Number(1000 * Ratio.MedianOf(bySmallIndex))} ms"],
                ["memory of the open store, per event", $"{(double)memory / recovery.Events:F2} B"],
                ["the same with 1 MiB of index", $"{(double)smallMemory / recovery.Events:F2} B"],
                ["100 events from a random place of a stream", $"{Report.Number(1e6 * Ratio.MedianOf(reads) / Reads)} us"],
                ["the same with 1 MiB of index", $"{Report.Number(1e6 * Ratio.MedianOf(smallReads) / Reads)} us"],
            ]);
        report.Table(
            ["ratio", "median (lowest to highest round)"],
            [
                ["by frames / by indexes", $"{Ratio.Of(byFrames, byIndex)}"],
                ["reads with 1 MiB of index / with all", $"{Ratio.Of(smallReads, reads)}"],
            ]);
    }

    // Reads from random places, so that a small index is hardly ever the right one.
    private static async Task<double> ReadAsync(JournalOptions options, int seed)
    {
        await using JournalStore store = await JournalStore.OpenAsync(options with { ReadOnly = true });
        var random = new Random(seed);
        long started = Stopwatch.GetTimestamp();
        for (int i = 0; i < Reads; i++)
        {
            long from = random.Next(Events / Streams - ReadEvents);
            StreamName stream = new($"interstice-module-{random.Next(Streams)}");
            await foreach (ReadOnlyMemory<RecordedEvent> batch in
                store.ReadStreamAsync(stream, ReadDirection.Forwards, new Revision(from), ReadEvents))
                if (batch.Span[0].Revision.Value < from) throw new InvalidOperationException("another revision was read");
        }

        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static async Task<RecoveryReport> AddAsync(List<double> seconds, JournalOptions options)
    {
        long started = Stopwatch.GetTimestamp();
        await using JournalStore store = await JournalStore.OpenAsync(options with { ReadOnly = true });
        seconds.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
        return store.Recovery;
    }

    // What a second open store adds to the first: neither buffers in pools nor what is not yet collected counts.
    private static async Task<long> MemoryAsync(JournalOptions options)
    {
        await using JournalStore first = await JournalStore.OpenAsync(options with { ReadOnly = true });
        long before = GC.GetTotalMemory(forceFullCollection: true);
        await using JournalStore second = await JournalStore.OpenAsync(options with { ReadOnly = true });
        return GC.GetTotalMemory(forceFullCollection: true) - before;
    }

    /// <summary>Of a store of many segments, filled without waiting for the device.</summary>
    public static JournalOptions OptionsFor(string directory) =>
        new() { Directory = directory, SegmentBytes = SegmentBytes, Sync = SyncPolicy.Never };

    /// <summary>Appends ten million small events.</summary>
    public static async Task FillAsync(JournalOptions options)
    {
        await using JournalStore store = await JournalStore.OpenAsync(options);
        StreamName[] streams = [.. Enumerable.Range(0, Streams).Select(i => new StreamName($"interstice-module-{i}"))];
        var running = new Task[InFlight];
        for (int i = 0; i < Events; i += InFlight)
        {
            for (int j = 0; j < InFlight; j++)
            {
                int number = i + j;
                EventData[] one = [new(Guid.NewGuid(), "RowInserted", IsJson: false, new byte[16], default)];
                running[j] = store.AppendAsync(
                    streams[number % Streams], ExpectedRevision.At(new Revision(number / Streams - 1)), one).AsTask();
            }

            await Task.WhenAll(running);
        }
    }
}
