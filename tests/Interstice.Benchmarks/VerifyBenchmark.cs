using System.Diagnostics;
using Interstice.Host.Replay;
using Interstice.Journal;
using Interstice.Journal.Checksums;
using Interstice.Journal.Files;
using Interstice.Journal.Verification;
using Interstice.Kernel.Events;

namespace Interstice.Benchmarks;

/// <summary>P10 and P11: verification of a log against a raw checksum scan of the same files, and its cost for each transaction, hash chains
/// and borders included.</summary>
internal static class VerifyBenchmark
{
    private const int Accounts = 10_000;
    private const int TransfersMin = 300_000;

    public static async Task RunAsync(RunSettings settings, Report report)
    {
        await RunJournalAsync(settings, report, options => options);
        await RunJournalAsync(settings, report, options => options with { SegmentBytes = JournalOptions.SegmentBytesMax });
        await RunTransfersAsync(settings, report);
    }

    private static async Task RunJournalAsync(RunSettings settings, Report report, Func<JournalOptions, JournalOptions> change)
    {
        string directory = Directory.CreateTempSubdirectory("interstice-verify-").FullName;
        try
        {
            await OpeningBenchmark.FillAsync(change(OpeningBenchmark.OptionsFor(directory)));
            await RunJournalAsync(settings, report, directory);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    // Both sides read every byte of the same files, so rates count them all: those of the log, and the zeros behind it that its last segment was
    // made of. Processor time can be compared on a machine with other work too.
    private static async Task RunJournalAsync(RunSettings settings, Report report, string directory)
    {
        long bytes = Directory.EnumerateFiles(directory).Sum(file => new FileInfo(file).Length);
        List<double> scans = [], own = [], all = [], one = [], scanWork = [], oneWork = [];
        VerificationReport verified = null!;
        for (int round = 0; round < settings.Rounds; round++)
        {
            TimeSpan before = Environment.CpuUsage.TotalTime;
            scans.Add(ReplayBenchmark.ScanBytesPerSecond(directory, out _));
            scanWork.Add(1 / (Environment.CpuUsage.TotalTime - before).TotalSeconds);
            own.Add(ReplayBenchmark.ScanBytesPerSecond(directory, Crc32C.Compute, out _));
            verified = await AddAsync(all, directory, Environment.ProcessorCount, bytes);
            before = Environment.CpuUsage.TotalTime;
            await AddAsync(one, directory, threads: 1, bytes);
            oneWork.Add(1 / (Environment.CpuUsage.TotalTime - before).TotalSeconds);
        }

        report.Heading($"Verification ({verified.Events:N0} events, {verified.Segments} segments, {verified.Bytes >> 20} MiB in files of {bytes >> 20} MiB, {verified.Errors.Count} errors, {settings.Rounds} rounds)");
        report.Table(
            ["what", "rate (median)"],
            [
                ["raw CRC32C scan of the log's files, one thread", $"{Report.Number(Ratio.MedianOf(scans) / 1e6)} MB/s"],
                ["the same with the journal's CRC32C, three stretches at a time", $"{Report.Number(Ratio.MedianOf(own) / 1e6)} MB/s"],
                [$"verification, {Environment.ProcessorCount} threads", $"{Report.Number(Ratio.MedianOf(all) / 1e6)} MB/s"],
                ["verification, one thread", $"{Report.Number(Ratio.MedianOf(one) / 1e6)} MB/s"],
            ]);
        double[] log = [.. all.Select(rate => rate * verified.Bytes / bytes)];
        report.Table(
            ["ratio", "median (lowest to highest round)"],
            [
                ["verification / raw CRC32C scan (P10)", $"{Ratio.Of(all, scans)}"],
                ["the same, but of what is verified only the log counts", $"{Ratio.Of([.. log], scans)}"],
                ["verification / scan with the journal's CRC32C", $"{Ratio.Of(all, own)}"],
                ["verification by one thread / raw CRC32C scan", $"{Ratio.Of(one, scans)}"],
                ["the same, by processor time", $"{Ratio.Of(oneWork, scanWork)}"],
                [$"verification by {Environment.ProcessorCount} threads / by one", $"{Ratio.Of(all, one)}"],
            ]);
    }

    private static async Task RunTransfersAsync(RunSettings settings, Report report)
    {
        await using BankHost bank = await BankHost.CreateAsync(Accounts);
        double transfers = 0;
        for (int seed = 0; transfers < TransfersMin; seed++)
            transfers += await bank.TransfersPerSecondAsync(new Load(1024, 1), Accounts, settings.Seconds, seed) * settings.Seconds;
        await bank.StopAsync();
        List<double> scans = [], journal = [], chains = [], chainsByOne = [], whole = [];
        long transactions = 0;
        long bytes = 0;
        for (int round = 0; round < settings.Rounds; round++)
        {
            scans.Add(ReplayBenchmark.ScanBytesPerSecond(bank.Directory, out _));
            bytes = (await AddAsync(journal, bank.Directory, Environment.ProcessorCount, null)).Bytes;
            transactions = await AddChainsAsync(chains, bank.Directory, Environment.ProcessorCount);
            await AddChainsAsync(chainsByOne, bank.Directory, threads: 1);
            whole.Add(1e9 * (bytes / journal[^1] + transactions / chains[^1]) / transactions);
        }

        report.Heading($"Verification of transfers ({transactions:N0} transactions, {bytes >> 20} MiB, {settings.Rounds} rounds)");
        report.Table(
            ["what", "median (lowest to highest round)"],
            [
                ["verification of the journal / raw CRC32C scan (P10)", $"{Ratio.Of(journal, scans)}"],
                [$"hash chains and borders, {Environment.ProcessorCount} threads, ns a transaction", Nanoseconds(chains)],
                ["hash chains and borders, one thread, ns a transaction", Nanoseconds(chainsByOne)],
                ["journal, hash chains and borders, ns a transaction (P11)", $"{Ratio.Of(whole, [.. whole.Select(_ => 1.0)])}"],
            ]);
    }

    private static string Nanoseconds(List<double> perSecond) =>
        $"{Ratio.Of([.. perSecond.Select(_ => 1e9)], perSecond)}";

    private static async Task<VerificationReport> AddAsync(List<double> bytesPerSecond, string directory, int threads, long? bytes)
    {
        long started = Stopwatch.GetTimestamp();
        VerificationReport report = await JournalVerifier.VerifyAsync(
            new DirectoryFiles(directory), new VerificationOptions { Threads = threads });
        bytesPerSecond.Add((bytes ?? report.Bytes) / Stopwatch.GetElapsedTime(started).TotalSeconds);
        if (!report.IsOk) throw new InvalidOperationException($"the log is damaged: {report.Errors[0]}");
        return report;
    }

    private static async Task<long> AddChainsAsync(List<double> transactionsPerSecond, string directory, int threads)
    {
        long started = Stopwatch.GetTimestamp();
        await using JournalStore store = await JournalStore.OpenAsync(new JournalOptions { Directory = directory, ReadOnly = true });
        ILookup<string, Revision> nothing = Array.Empty<Revision>().ToLookup(_ => BankHost.Module);
        ChainPassResult result = await ChainPass.RunAsync(store, store.End, threads, nothing, null, CancellationToken.None)
            ?? throw new InvalidOperationException("the hash chain does not fit");
        transactionsPerSecond.Add(result.Transactions / Stopwatch.GetElapsedTime(started).TotalSeconds);
        return result.Transactions;
    }
}
