using Interstice.Host.Projections;
using Interstice.Host.Replay;
using Interstice.Journal;
using Interstice.Kernel.Events;

namespace Interstice.Benchmarks;

/// <summary>P11: what the hash chain costs for each durable transfer: where it is written, where it is verified, and in a
/// replay, over the same events in memory.</summary>
internal static class ChainBenchmark
{
    private const int Accounts = 10_000;
    private const int InFlight = 1024;

    public static async Task RunAsync(RunSettings settings, Report report)
    {
        await using BankHost bank = await BankHost.CreateAsync(Accounts);
        await bank.TransfersPerSecondAsync(new Load(InFlight, 1), Accounts, settings.Seconds, seed: 0);
        await bank.StopAsync();
        List<RecordedEvent> events = await ReadAsync(bank.Directory);
        Dictionary<string, (Func<long> Run, List<double> Nanoseconds)> ways = new()
        {
            ["chain values computed, as where they are written"] = (() => Compute(events), []),
            ["chain verified, as in log-verify"] = (() => Check(events), []),
            ["replay that takes recorded values over, as at start"] = (() => Replay(events, comparesEvery: false), []),
            ["replay that compares every hash, as in replay-check"] = (() => Replay(events, comparesEvery: true), []),
        };
        foreach ((Func<long> run, _) in ways.Values) run();
        for (int round = 0; round < settings.Rounds; round++)
            foreach ((Func<long> run, List<double> times) in ways.Values) times.Add(NanosecondsOf(run));

        long transactions = Replay(events, comparesEvery: false);
        long bytes = events.Sum(recorded => (long)recorded.Data.Length + recorded.Metadata.Length);
        report.Heading($"Hash chain ({transactions:N0} transactions of {bytes / transactions} bytes in {(double)events.Count / transactions:F1} events, {settings.Rounds} rounds)");
        report.Table(
            ["what", "ns a transaction, median (lowest to highest round)"],
            ways.Select(way => new[] { way.Key, $"{Ratio.Of(way.Value.Nanoseconds, [.. way.Value.Nanoseconds.Select(_ => 1.0)])}" }));
    }

    private static double NanosecondsOf(Func<long> run)
    {
        long started = TimeProvider.System.GetTimestamp();
        long transactions = run();
        return TimeProvider.System.GetElapsedTime(started).TotalNanoseconds / transactions;
    }

    private static long Compute(List<RecordedEvent> events)
    {
        var chain = new EventChain(StreamNames.Module(BankHost.Module));
        long links = 0;
        for (int i = 0; i < events.Count; i++)
        {
            bool begins = !events[i].Metadata.IsEmpty;
            if (begins && links++ > 0) chain.End();
            if (begins) chain.Begin(events[i].Revision);
            chain.Add(events[i], hasValue: begins);
        }

        chain.End();
        return links;
    }

    private static long Check(List<RecordedEvent> events)
    {
        var check = new ChainCheck(StreamNames.Module(BankHost.Module), []);
        foreach (RecordedEvent recorded in events) check.Add(recorded);
        if (!check.IsWhole) throw new InvalidOperationException($"the chain does not fit: {check.Misfit}");
        return events.Count(recorded => !recorded.Metadata.IsEmpty);
    }

    private static long Replay(List<RecordedEvent> events, bool comparesEvery)
    {
        var projection = new ModuleProjection(BankHost.Module) { ComparesEveryHash = comparesEvery };
        foreach (RecordedEvent recorded in events) projection.Replay(recorded);
        projection.ExpectComplete();
        return projection.TransactionCount;
    }

    private static async Task<List<RecordedEvent>> ReadAsync(string directory)
    {
        var options = new JournalOptions { Directory = directory, ReadOnly = true };
        await using JournalStore store = await JournalStore.OpenAsync(options);
        List<RecordedEvent> events = [];
        await foreach (ReadOnlyMemory<RecordedEvent> batch in store.ReadStreamAsync(
            StreamNames.Module(BankHost.Module), ReadDirection.Forwards, Revision.First, long.MaxValue))
        {
            foreach (RecordedEvent recorded in batch.Span)
                events.Add(recorded with { Data = recorded.Data.ToArray(), Metadata = recorded.Metadata.ToArray() });
        }

        return events;
    }
}
