using Interstice.Journal;
using Interstice.Journal.Backup;
using Interstice.Journal.Files;
using Interstice.Kernel.Events;

namespace Interstice.Benchmarks;

/// <summary>Backup and restore of a store of 1 GiB against copying and syncing its files.</summary>
internal static class BackupBenchmark
{
    private const string Copied = "files copied and synced";
    private const string Backup = "backup";
    private const string Restored = "restore, verified before and after";
    private const long StoreBytes = 1 << 30;
    private const int PayloadBytes = 4096;

    public static async Task RunAsync(RunSettings settings, Report report)
    {
        string root = Directory.CreateTempSubdirectory("interstice-backup-").FullName;
        try
        {
            string store = Path.Combine(root, "store");
            await FillAsync(store);
            RateTable rates = new(["MB/s"]);
            for (int round = 0; round < settings.Rounds; round++)
            {
                string copy = Path.Combine(root, "copy"), backup = Path.Combine(root, "backup"), restored = Path.Combine(root, "restored");
                long bytes = 0;
                await AddAsync(rates, Copied, () => Task.FromResult(bytes = Copy(store, copy)));
                await AddAsync(rates, Backup, async () => (await StoreBackup.TakeAsync(store, backup)).BytesCopied);
                await AddAsync(rates, Restored, async () =>
                {
                    await StoreRestore.RunAsync(new DirectoryFiles(backup), new DirectoryFiles(restored));
                    return bytes;
                });
                foreach (string made in new[] { copy, backup, restored }) Directory.Delete(made, recursive: true);
            }

            report.Heading($"Backup of {StoreBytes >> 20} MiB ({settings.Rounds} rounds, files in the system's cache)");
            rates.Print(report, "median");
            report.Table(
                ["ratio", "median (lowest to highest round)"],
                [
                    [$"{Backup} / {Copied}", $"{Ratio.Of(rates[Backup, "MB/s"], rates[Copied, "MB/s"])}"],
                    [$"{Restored} / {Copied}", $"{Ratio.Of(rates[Restored, "MB/s"], rates[Copied, "MB/s"])}"],
                ]);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static async Task AddAsync(RateTable rates, string side, Func<Task<long>> run)
    {
        long started = TimeProvider.System.GetTimestamp();
        long bytes = await run();
        rates.Add(side, "MB/s", bytes / 1e6 / TimeProvider.System.GetElapsedTime(started).TotalSeconds);
    }

    private static long Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        long bytes = 0;
        byte[] buffer = new byte[1 << 20];
        foreach (string path in Directory.EnumerateFiles(from))
        {
            using FileStream source = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0);
            using FileStream target = new(Path.Combine(to, Path.GetFileName(path)), FileMode.CreateNew, FileAccess.Write, FileShare.None, 0);
            for (int read = source.Read(buffer); read > 0; read = source.Read(buffer))
            {
                target.Write(buffer, 0, read);
                bytes += read;
            }

            target.Flush(flushToDisk: true);
        }

        return bytes;
    }

    private static async Task FillAsync(string directory)
    {
        const int InFlight = 1000;
        byte[] payload = new byte[PayloadBytes];
        new Random(1).NextBytes(payload);
        var options = new JournalOptions { Directory = directory, Sync = SyncPolicy.Never };
        await using JournalStore store = await JournalStore.OpenAsync(options);
        var running = new Task[InFlight];
        for (long count = 0; (long)store.End.Commit < StoreBytes;)
        {
            for (int i = 0; i < InFlight; i++)
            {
                EventData[] one = [new(Guid.NewGuid(), "Benchmarked", IsJson: false, payload, default)];
                running[i] = store.AppendAsync(new StreamName("events"), ExpectedRevision.At(new Revision(count++ - 1)), one).AsTask();
            }

            await Task.WhenAll(running);
        }
    }
}
