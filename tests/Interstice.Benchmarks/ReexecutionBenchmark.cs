using Interstice.Host.Reexecution;
using Interstice.Journal;
using Interstice.Kernel.Events;
using Interstice.ManagedEngine;

namespace Interstice.Benchmarks;

/// <summary>How fast recorded transfers are run again and compared, against the host that made them durable (P21).</summary>
internal static class ReexecutionBenchmark
{
    private const string Live = "transfers as they were made, 1024 in flight";
    private const string Again = "the same run again and compared";
    private const string Rate = "a second";
    private const int Accounts = 10_000;

    public static async Task RunAsync(RunSettings settings, Report report)
    {
        RateTable rates = new([Rate]);
        for (int round = 0; round < settings.Rounds; round++) await RunRoundAsync(rates, settings.Seconds, round);
        report.Heading($"Re-execution ({settings.Rounds} rounds of {settings.Seconds} s)");
        rates.Print(report, "median");
        rates.PrintRatios(report, Again, new Dictionary<string, string> { [Live] = "P21: 1, 3" });
    }

    private static async Task RunRoundAsync(RateTable rates, double seconds, int seed)
    {
        string directory = Directory.CreateTempSubdirectory("interstice-bench-").FullName;
        JournalStore journal = await JournalStore.OpenAsync(new JournalOptions { Directory = directory });
        await using BankHost bank = await BankHost.CreateAsync(Accounts, journal, directory);
        var load = new Load(1024, 1);
        await bank.TransfersPerSecondAsync(load, Accounts, seconds / 4, seed);
        Revision before = await bank.Host.ViewAsync(BankHost.Module, projection => projection.Revision);
        rates.Add(Live, Rate, await bank.TransfersPerSecondAsync(load, Accounts, seconds, seed + 1000));
        Revision last = await bank.Host.ViewAsync(BankHost.Module, projection => projection.Revision);

        var history = new RecordedHistory(journal, new ManagedModuleEngine(), null, TimeProvider.System);
        ReexecutionResult result = await history.ReexecuteAsync(BankHost.Module, new() { From = before.Next, To = last });
        if (!result.IsEqual || result.NotRun > 0) throw new InvalidOperationException($"not the same: {string.Join("; ", result.Differences)}");
        rates.Add(Again, Rate, result.Calls / result.Elapsed.TotalSeconds);
    }
}
