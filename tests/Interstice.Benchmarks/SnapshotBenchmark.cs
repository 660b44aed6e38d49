using Interstice.Host.Projections;
using Interstice.Host.Replay;
using Interstice.Host.Snapshots;
using Interstice.Journal;
using Interstice.Journal.Files;
using Interstice.Kernel.Events;
using Interstice.Kernel.Tables;

namespace Interstice.Benchmarks;

/// <summary>Writing and loading a snapshot of the bank, against writing and checking as many bytes.</summary>
internal static class SnapshotBenchmark
{
    private const string RawWrite = "raw write + fdatasync of as many bytes";
    private const string Write = "snapshot written and synced";
    private const string RawRead = "raw CRC32C scan of the file";
    private const string Load = "snapshot loaded to tables, hash checked";
    private const string Replay = "the same state by replay from position zero";
    private const int Accounts = 100_000;
    private const int TransfersMin = 300_000;

    public static async Task RunAsync(RunSettings settings, Report report)
    {
        await using BankHost bank = await BankHost.CreateAsync(Accounts);
        for (double transfers = 0; transfers < TransfersMin;)
            transfers += settings.Seconds * await bank.TransfersPerSecondAsync(new Load(1024, 1), Accounts, settings.Seconds, (int)transfers);
        await bank.StopAsync();
        await using JournalStore journal = await JournalStore.OpenAsync(
            new JournalOptions { Directory = bank.Directory, ReadOnly = true });
        RateTable rates = new(["MB/s", "rows/s"]);
        (long bytes, long rows) = (0, 0);
        for (int round = 0; round < settings.Rounds; round++) (bytes, rows) = await RunRoundAsync(rates, bank.Directory, journal);

        report.Heading($"Snapshots ({rows:N0} rows, {bytes / 1e6:N0} MB, {settings.Rounds} rounds)");
        rates.Print(report, "median");
        report.Table(
            ["ratio", "median (lowest to highest round)"],
            [
                [$"{Write} / {RawWrite}", $"{Ratio.Of(rates[Write, "MB/s"], rates[RawWrite, "MB/s"])}"],
                [$"{Load} / {RawRead}", $"{Ratio.Of(rates[Load, "MB/s"], rates[RawRead, "MB/s"])}"],
                [$"{Load} / {Replay}", $"{Ratio.Of(rates[Load, "rows/s"], rates[Replay, "rows/s"])}"],
            ]);
    }

    private static async Task<(long Bytes, long Rows)> RunRoundAsync(RateTable rates, string log, JournalStore journal)
    {
        string directory = Directory.CreateDirectory(Path.Combine(log, "snapshots")).FullName;
        SnapshotStore snapshots = new(new BenchmarkSnapshots(new DirectoryFiles(directory)), journal.StoreId);
        var projection = new ModuleProjection(BankHost.Module);
        ReplayResult replay = await ModuleReplay.RunAsync(
            journal, projection, null, TimeProvider.System, null, CancellationToken.None);
        Table[] tables = [.. projection.SnapshotTables()];
        long rows = tables.Sum(table => table.Count);
        rates.Add(Replay, "rows/s", rows / replay.Elapsed.TotalSeconds);
        SnapshotHeader header = projection.Describe(snapshots.StoreId, await LastAsync(journal, projection.Revision));
        long bytes = 0;
        SnapshotName name = new(BankHost.Module, projection.Revision);
        double seconds = SecondsOf(() =>
            snapshots.Write(name, file => bytes = SnapshotWriter.Write(file, header, tables, null, CancellationToken.None)));
        Add(Write, seconds);
        Add(RawWrite, SecondsOf(() =>
        {
            using RawLog raw = new(directory, 0);
            byte[] chunk = new byte[1 << 20];
            for (long at = 0; at < bytes; at += chunk.Length) raw.Write(chunk);
            raw.Append(chunk.AsSpan(0, 1));
        }));
        Add(RawRead, SecondsOf(() => Scan(Path.Combine(directory, name.ToString()))));
        long started = TimeProvider.System.GetTimestamp();
        SnapshotLoad load = await SnapshotLoad.RunAsync(snapshots, journal, BankHost.Module, null, CancellationToken.None);
        Add(Load, TimeProvider.System.GetElapsedTime(started).TotalSeconds);
        if (load.Projection.StateHash != projection.StateHash) throw new InvalidOperationException("the snapshot gave another state");
        Directory.Delete(directory, recursive: true);
        return (bytes, rows);

        void Add(string side, double took)
        {
            rates.Add(side, "MB/s", bytes / 1e6 / took);
            if (side is Write or Load) rates.Add(side, "rows/s", rows / took);
        }
    }

    private static async Task<RecordedEvent> LastAsync(JournalStore journal, Revision revision)
    {
        await foreach (ReadOnlyMemory<RecordedEvent> batch in journal.ReadStreamAsync(
            StreamNames.Module(BankHost.Module), ReadDirection.Forwards, revision, 1))
        {
            return batch.Span[0] with { Data = batch.Span[0].Data.ToArray(), Metadata = batch.Span[0].Metadata.ToArray() };
        }

        throw new InvalidOperationException($"revision {revision} was replayed and is gone");
    }

    private static double SecondsOf(Action run)
    {
        long started = TimeProvider.System.GetTimestamp();
        run();
        return TimeProvider.System.GetElapsedTime(started).TotalSeconds;
    }

    private static void Scan(string path)
    {
        byte[] buffer = new byte[1 << 20];
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0);
        for (int read = stream.Read(buffer); read > 0; read = stream.Read(buffer)) NativeBank.Checksum(buffer.AsSpan(0, read));
    }
}
