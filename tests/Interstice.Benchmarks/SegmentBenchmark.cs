using Interstice.Journal.Files;

namespace Interstice.Benchmarks;

/// <summary>Appends with one writer into files that were written before against files that grow: the device alone, and the journal,
/// which writes its segments before it needs them, against itself over files that do not keep those zeros.</summary>
internal static class SegmentBenchmark
{
    private const string RawWritten = "raw append + fdatasync, written file";
    private const string RawGrowing = "raw append + fdatasync, growing file";
    private const string Written = "journal, written segments";
    private const string Growing = "journal, growing segments";
    private const int RawCapacity = 64 << 20;

    private static readonly (string Name, int Bytes)[] Appends = [("512 B", 512), ("4 KiB", 4096), ("64 KiB", 65536)];

    public static async Task RunAsync(RunSettings settings, Report report)
    {
        RateTable rates = new([.. Appends.Select(append => append.Name)]);
        foreach ((string name, int bytes) in Appends)
        {
            byte[] payload = new byte[bytes];
            new Random(1).NextBytes(payload);
            for (int round = 0; round < settings.Rounds; round++)
            {
                await using JournalLoad written = await JournalLoad.CreateAsync(payload);
                await using JournalLoad growing = await JournalLoad.CreateAsync(
                    payload, directory => new GrowingFiles(new DirectoryFiles(directory)));
                using RawLog rawWritten = new(written.Directory, RawCapacity);
                using RawLog rawGrowing = new(growing.Directory, 0);
                rates.Add(RawWritten, name, rawWritten.Measure(written.BytesPerAppend, 1, settings.Seconds).PerSecond);
                rates.Add(RawGrowing, name, rawGrowing.Measure(written.BytesPerAppend, 1, settings.Seconds).PerSecond);
                rates.Add(Written, name, written.InlinePerSecond(settings.Seconds));
                rates.Add(Growing, name, growing.InlinePerSecond(settings.Seconds));
            }
        }

        report.Heading($"Segments, written before or growing (one writer on the calling thread, {settings.Rounds} rounds)");
        rates.Print(report, "appends/s (median) of so many bytes");
        report.Table(
            ["ratio", .. Appends.Select(append => append.Name)],
            [RatioOf(rates, RawWritten, RawGrowing), RatioOf(rates, Written, Growing), RatioOf(rates, Written, RawWritten)]);
    }

    private static string[] RatioOf(RateTable rates, string side, string other) =>
        [$"{side} / {other}", .. Appends.Select(append => Ratio.Of(rates[side, append.Name], rates[other, append.Name]).ToString())];
}
