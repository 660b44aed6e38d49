using Interstice.Host.Projections;
using Interstice.Host.Replay;
using Interstice.Journal;

namespace Interstice.Benchmarks;

/// <summary>P9: replay of a log of transfers to tables, against a raw checksum scan of the same files and against two jobs in plain C#: a lean
/// one with records of its own, and the same one by hand, from the same bytes.</summary>
internal static class ReplayBenchmark
{
    private const int Accounts = 100_000;
    private const int TransfersMin = 300_000;

    public static async Task RunAsync(RunSettings settings, Report report)
    {
        await using BankHost bank = await BankHost.CreateAsync(Accounts);
        double rate = await bank.TransfersPerSecondAsync(new Load(1024, 1), Accounts, settings.Seconds, seed: 1);
        double transfers = rate * settings.Seconds;
        while (transfers < TransfersMin)
        {
            transfers += await bank.TransfersPerSecondAsync(new Load(1024, 1), Accounts, settings.Seconds, seed: (int)transfers) * settings.Seconds;
        }

        await bank.StopAsync();
        byte[] native = NativeLog((int)transfers);
        List<double> scans = [], natives = [], rebuilds = [], replays = [], bytesPerSecond = [];
        long logBytes = 0;
        for (int round = 0; round < settings.Rounds; round++)
        {
            scans.Add(ScanBytesPerSecond(bank.Directory, out _));
            natives.Add(NativePerSecond(native));
            GC.Collect();
            (double rebuilt, int rebuiltTransfers) = Rebuild(bank.Directory);
            GC.Collect();
            (ReplayResult result, long bytes) = await ReplayAsync(bank.Directory);
            logBytes = bytes;
            replays.Add(result.Transactions / result.Elapsed.TotalSeconds);
            rebuilds.Add(result.Transactions / rebuilt);

            // Each account that was opened made a transfer too.
            if (rebuiltTransfers != result.Transactions)
                throw new InvalidOperationException($"by hand {rebuiltTransfers} transfers, by replay {result.Transactions}");
            bytesPerSecond.Add(bytes / result.Elapsed.TotalSeconds);
        }

        report.Heading($"Replay from position zero ({Report.Number(transfers)} transfers, {logBytes >> 20} MiB of log, {settings.Rounds} rounds)");
        report.Table(
            ["what", "rate (median)"],
            [
                ["raw CRC32C scan of the log's files", $"{Report.Number(Ratio.MedianOf(scans) / 1e6)} MB/s"],
                ["replay to tables, one checksum pass included", $"{Report.Number(Ratio.MedianOf(bytesPerSecond) / 1e6)} MB/s"],
                ["lean native replay (48-byte records in memory, checksum, two dictionary updates, list)", $"{Report.Number(Ratio.MedianOf(natives))} transactions/s"],
                ["native rebuild (the same log and tables by hand, one thread)", $"{Report.Number(Ratio.MedianOf(rebuilds))} transactions/s"],
                ["replay to tables", $"{Report.Number(Ratio.MedianOf(replays))} transactions/s"],
            ]);
        report.Table(
            ["ratio", "median (lowest to highest round)"],
            [
                ["replay / raw CRC32C scan, bytes/s", $"{Ratio.Of(bytesPerSecond, scans)}"],
                ["replay / lean native replay, transactions/s (P9)", $"{Ratio.Of(replays, natives)}"],
                ["replay / native rebuild, transactions/s", $"{Ratio.Of(replays, rebuilds)}"],
            ]);
    }

    private static async Task<(ReplayResult Result, long Bytes)> ReplayAsync(string directory)
    {
        await using JournalStore journal = await JournalStore.OpenAsync(
            new JournalOptions { Directory = directory, ReadOnly = true });
        var projection = new ModuleProjection(BankHost.Module);
        ReplayResult result = await ModuleReplay.RunAsync(
            journal, projection, null, TimeProvider.System, null, CancellationToken.None);
        return (result, (long)await BankHost.LogEndAsync(journal));
    }

    private static (double Seconds, int Transfers) Rebuild(string directory)
    {
        var rebuild = new NativeRebuild();
        long started = TimeProvider.System.GetTimestamp();
        rebuild.Replay(directory);
        double seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        if (rebuild.Accounts != Accounts) throw new InvalidOperationException($"{rebuild.Accounts} accounts were rebuilt");
        return (seconds, rebuild.Transfers);
    }

    /// <summary>The checksum of all files of a log, read by one thread.</summary>
    public static double ScanBytesPerSecond(string directory, out uint checksum) =>
        ScanBytesPerSecond(directory, NativeBank.Checksum, out checksum);

    /// <summary>The same with a checksum of one's own choice.</summary>
    public static double ScanBytesPerSecond(string directory, Func<ReadOnlySpan<byte>, uint> checksumOf, out uint checksum)
    {
        byte[] buffer = new byte[1 << 20];
        long bytes = 0;
        checksum = 0;
        long started = TimeProvider.System.GetTimestamp();
        foreach (string file in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0);
            for (int read = stream.Read(buffer); read > 0; read = stream.Read(buffer))
            {
                checksum ^= checksumOf(buffer.AsSpan(0, read));
                bytes += read;
            }
        }

        return bytes / TimeProvider.System.GetElapsedTime(started).TotalSeconds;
    }

    private static byte[] NativeLog(int transfers)
    {
        var bank = new NativeBank(Accounts);
        var random = new Random(1);
        byte[] log = new byte[transfers * NativeBank.RecordBytes];
        for (int i = 0; i < transfers; i++)
        {
            ulong from = (ulong)random.Next(1, Accounts);
            bank.Transfer(from, from + 1, 1, log.AsSpan(i * NativeBank.RecordBytes, NativeBank.RecordBytes));
        }

        return log;
    }

    private static double NativePerSecond(byte[] log)
    {
        var bank = new NativeBank(Accounts);
        long started = TimeProvider.System.GetTimestamp();
        bank.Replay(log);
        return log.Length / NativeBank.RecordBytes / TimeProvider.System.GetElapsedTime(started).TotalSeconds;
    }
}
