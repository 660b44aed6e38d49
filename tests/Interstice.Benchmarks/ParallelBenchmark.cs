namespace Interstice.Benchmarks;

/// <summary>Whether modules that cannot call each other run on different processors: as many calls in flight over one module, two, and
/// four, durable in one journal. A call writes a row 200 times, so that the loops have more to do than
/// clients, chain and journal.</summary>
internal static class ParallelBenchmark
{
    private const string Column = "calls a second (median)";
    private const int InFlight = 1024;

    private static readonly int[] Counts = [1, 2, 4];

    // For tests/modules/plain/relay.wat: puts random() into a cell, 200 times; only the last is an event.
    private static readonly byte[] Put = [0x90, 1, 0, 0, .. Enumerable.Range(0, 200).SelectMany(_ => (byte[])[7, 1])];

    public static async Task RunAsync(RunSettings settings, Report report)
    {
        await using ModulesHost host = await ModulesHost.StartAsync();
        string[] names = [.. Enumerable.Range(0, Counts.Max()).Select(i => $"cells_{i}")];
        foreach (string name in names) await host.PublishAsync("relay-alone", name);
        RateTable rates = new([Column]);
        ProcessorTimes times = new(server: null);
        for (int round = -1; round < settings.Rounds; round++)
        {
            foreach (int count in Counts)
            {
                int next = 0;
                Task<double> Run() => ModulesHost.PerSecondAsync(
                    new Load(InFlight, 1),
                    settings.Seconds,
                    () => host.CallAsync(names[(uint)Interlocked.Increment(ref next) % (uint)count], "run", Put));
                if (round < 0) await Run();
                else rates.Add(Side(count), Column, await times.MeasureAsync(Side(count), Run));
            }
        }

        report.Heading($"Modules beside each other ({InFlight:N0} in flight over all of them, {settings.Rounds} rounds)");
        rates.Print(report, "modules");
        foreach (int count in Counts.Skip(1)) rates.PrintRatios(report, Side(count));
        times.Print(report, "us of processor time a call, by thread");
    }

    private static string Side(int count) => count == 1 ? "1 module" : $"{count} modules";
}
