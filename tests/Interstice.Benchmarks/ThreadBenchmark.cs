namespace Interstice.Benchmarks;

/// <summary>Where the processor time of a transfer goes: thread by thread, with one transfer and with 1,024 in flight. Unlike rates it
/// says much on a machine with other work too.</summary>
internal static class ThreadBenchmark
{
    private const int Accounts = 100_000;
    private const double UsMin = 0.005;

    private static readonly Load[] Loads = [new(1, 1), new(1024, 1)];

    public static async Task RunAsync(RunSettings settings, Report report)
    {
        if (!OperatingSystem.IsLinux())
        {
            report.Heading("Processor time of transfers");
            report.Line("Only Linux says what each thread takes.");
            return;
        }

        await using BankHost bank = await BankHost.CreateAsync(Accounts);
        foreach (Load load in Loads)
        {
            await bank.TransfersPerSecondAsync(load, Accounts, settings.Seconds, seed: 0);
            var rounds = new List<Dictionary<string, double>>();
            var rates = new List<double>();
            for (int round = 1; round <= settings.Rounds; round++) rounds.Add(await MeasureAsync(bank, load, settings.Seconds, round, rates));
            Print(report, load, rounds, rates);
        }
    }

    // Microseconds of processor time that each thread took for a transfer.
    private static async Task<Dictionary<string, double>> MeasureAsync(BankHost bank, Load load, double seconds, int seed, List<double> rates)
    {
        Dictionary<string, long> before = ThreadTimes.NanosecondsByName();
        long started = TimeProvider.System.GetTimestamp();
        double rate = await bank.TransfersPerSecondAsync(load, Accounts, seconds, seed);
        double transfers = rate * TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        Dictionary<string, long> after = ThreadTimes.NanosecondsByName();
        rates.Add(rate);
        return after.ToDictionary(thread => thread.Key, thread => (thread.Value - before.GetValueOrDefault(thread.Key)) / transfers / 1000);
    }

    private static void Print(Report report, Load load, List<Dictionary<string, double>> rounds, List<double> rates)
    {
        double rate = Ratio.MedianOf(rates);
        report.Heading($"Processor time of transfers, {load} in flight, {Report.Number(rate)} a second (median of {rounds.Count} rounds)");
        IEnumerable<(string Name, double Us)> medians = rounds
            .SelectMany(round => round.Keys).Distinct()
            .Select(name => (name, Ratio.MedianOf([.. rounds.Select(round => round.GetValueOrDefault(name))])));
        report.Table(["threads", "us a transfer", "processors"], medians
            .Where(thread => thread.Us >= UsMin)
            .OrderByDescending(thread => thread.Us)
            .Select(thread => new[] { thread.Name, Report.Number(thread.Us), Report.Number(thread.Us * rate / 1e6) }));
    }
}
