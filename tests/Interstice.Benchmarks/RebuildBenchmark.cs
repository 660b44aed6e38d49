using Interstice.Benchmarks.Peers;
using Interstice.Host.Projections;
using Interstice.Host.Replay;
using Interstice.Journal;

namespace Interstice.Benchmarks;

/// <summary>P8: a log of 10 million mutations rebuilt to tables from position zero, opening of the store included, against the
/// start of Redis on its log of as many transfers.</summary>
internal static class RebuildBenchmark
{
    private const string Host = "host";
    private const int Accounts = 100_000;
    private const int TransfersMin = 10_000_000 / 3;

    public static async Task RunAsync(RunSettings settings, Report report)
    {
        using RedisLog redis = RedisLog.Fill(Accounts, TransfersMin);
        await using BankHost bank = await BankHost.CreateAsync(Accounts);
        for (double transfers = 0; transfers < TransfersMin;)
            transfers += 2 * await bank.TransfersPerSecondAsync(new Load(1024, 1), Accounts, 2, seed: (int)transfers);
        await bank.StopAsync();
        RateTable rates = new(["transactions/s", "mutations/s", "MB/s"]);
        long mutations = 0;
        for (int round = 0; round < settings.Rounds; round++)
        {
            (ReplayResult replay, double seconds, long bytes) = await ReplayAsync(bank.Directory);

            // Besides mutations the stream holds a publication and the take-over by this host.
            mutations = replay.Events - 2;
            rates.Add(Host, "transactions/s", replay.Transactions / seconds);
            rates.Add(Host, "mutations/s", mutations / seconds);
            rates.Add(Host, "MB/s", bytes / 1e6 / seconds);
            if (redis.Restart() is not { } start) continue;
            rates.Add(redis.Name, "transactions/s", start.Transactions / start.Seconds);
            rates.Add(redis.Name, "MB/s", start.Bytes / 1e6 / start.Seconds);
        }

        report.Heading($"Rebuilding {mutations:N0} mutations from position zero ({settings.Rounds} rounds)");
        rates.Print(report, "median");
        rates.PrintRatios(report, Host, new Dictionary<string, string> { [redis.Name] = "P8: transactions/s" });
        report.Line(redis.Description);
        report.Line();
    }

    private static async Task<(ReplayResult Result, double Seconds, long Bytes)> ReplayAsync(string directory)
    {
        GC.Collect();
        long started = TimeProvider.System.GetTimestamp();
        await using JournalStore journal = await JournalStore.OpenAsync(
            new JournalOptions { Directory = directory, ReadOnly = true });
        var projection = new ModuleProjection(BankHost.Module);
        ReplayResult result = await ModuleReplay.RunAsync(
            journal, projection, null, TimeProvider.System, null, CancellationToken.None);
        double seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        GC.KeepAlive(projection);
        return (result, seconds, (long)journal.End.Commit);
    }

    // The log of Redis, or nothing where it is not installed.
    private sealed class RedisLog : IDisposable
    {
        private RedisPeer? _redis;
        private PeerLoad? _load;
        private long _transfers;

        public string Name => _redis?.Name ?? "Redis";

        public string Description { get; private set; } = "";

        public static RedisLog Fill(int accounts, long transfersMin)
        {
            RedisLog log = new();
            try
            {
                log._redis = new RedisPeer();
                log.Description = $"- {log.Name}: appendonly without snapshots or rewriting; started on its log until it answers.";
            }
            catch (PeerMissingException missing)
            {
                log.Description = $"- Redis: left out: {missing.Message}.";
                return log;
            }

            log._redis.OpenAccounts(accounts);
            log._redis.SyncEach(false);
            log._load = new PeerLoad(log._redis);
            for (int seed = 0; log._transfers < transfersMin; log._transfers = log._redis.CountTransfers())
                log._load.TransfersPerSecond(new Load(32, 32), accounts, 2, seed += 100);
            log._load.Disconnect();
            return log;
        }

        public (double Seconds, long Transactions, long Bytes)? Restart() =>
            _redis is null ? null : (_redis.Restart(), _transfers, _redis.LogBytes());

        public void Dispose() => _load?.Dispose();
    }
}
