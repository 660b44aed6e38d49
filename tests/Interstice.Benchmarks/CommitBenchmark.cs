using Interstice.Benchmarks.Peers;
using Interstice.Journal;
using Interstice.Kernel.Events;

namespace Interstice.Benchmarks;

/// <summary>Group commit of the journal: appends of one event, against what the device alone does and against peers.</summary>
internal static class CommitBenchmark
{
    private const string Growing = "raw append + fdatasync, growing file";
    private const string Written = "raw append + fdatasync, written file";
    private const string Ours = "journal";
    private const string Inline = "journal, on the calling thread";
    private const int RawCapacity = 64 << 20;

    private static readonly Load[] Loads = [new(1, 1), new(8, 1), new(32, 1), new(1024, 1), new(32, 32)];
    private static readonly int[] PayloadBytes = [128, 544];

    public static async Task RunAsync(RunSettings settings, Report report)
    {
        using PeerSet peers = PeerSet.Start();
        foreach (int bytes in PayloadBytes) await RunAsync(settings, report, peers, bytes);
        peers.Describe(report);
    }

    private static async Task RunAsync(RunSettings settings, Report report, PeerSet peers, int bytes)
    {
        byte[] payload = new byte[bytes];
        new Random(1).NextBytes(payload);
        RateTable rates = new([.. Loads.Select(load => load.ToString())]);
        Dictionary<string, List<double>> syncs = new() { [Growing] = [], [Written] = [] };
        int frameBytes = 0;
        for (int round = 0; round < settings.Rounds; round++)
        {
            await using JournalLoad journal = await JournalLoad.CreateAsync(payload);
            frameBytes = journal.BytesPerAppend;
            MeasureRaw(settings, rates, syncs, journal.Directory, frameBytes);
            foreach (Load load in Loads)
            {
                rates.Add(Ours, load.ToString(), await journal.PerSecondAsync(load, settings.Seconds));
                if (load.InFlight == 1) rates.Add(Inline, load.ToString(), journal.InlinePerSecond(settings.Seconds));
                foreach (PeerLoad peer in peers.Loads)
                    if (load.Clients <= 32) rates.Add(peer.Peer.Name, load.ToString(), peer.AppendsPerSecond(load, payload, settings.Seconds));
            }

            foreach (PeerLoad peer in peers.Loads) peer.Peer.ClearEvents();
        }

        report.Heading($"Commits of one event of {bytes} bytes, durable ({frameBytes} bytes of log each, {settings.Rounds} rounds)");
        rates.Print(report, "events/s (median) with so many writers");
        rates.PrintRatios(report, Ours);
        rates.PrintRatios(report, Inline);
        report.Table(
            ["append + fdatasync of one record", "p50, median (lowest to highest round)"],
            syncs.Select(sync => new[] { sync.Key, $"{Ratio.Of(sync.Value, [.. sync.Value.Select(_ => 1.0)])} us" }));
    }

    // So many records in one write and one sync: the most that as many writers can have who wait for each of their appends.
    private static void MeasureRaw(
        RunSettings settings, RateTable rates, Dictionary<string, List<double>> syncs, string directory, int bytes)
    {
        foreach ((string side, int capacity) in new[] { (Growing, 0), (Written, RawCapacity) })
        {
            using var raw = new RawLog(directory, capacity);
            foreach (Load load in Loads)
            {
                (double perSecond, double medianUs) = raw.Measure(bytes, load.InFlight, settings.Seconds);
                rates.Add(side, load.ToString(), perSecond);
                if (load.InFlight == 1) syncs[side].Add(medianUs);
            }
        }
    }
}
