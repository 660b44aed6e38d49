using System.Diagnostics;
using Interstice.Host.Modules;
using Interstice.Host.Projections;
using Interstice.Journal;
using Interstice.Kernel.Events;
using Interstice.ManagedEngine;

namespace Interstice.Benchmarks;

/// <summary>Where the time of a transfer goes, part by part: what the loop does for it, alone; the append of a batch of transfers; and what
/// the threads of a running host take for one, with 1,024 in flight, so that what is in none of the parts can be seen: queues, turns,
/// answers.</summary>
internal static class CallBenchmark
{
    private const string AppendTime = "append of a batch, fdatasync included";
    private const string AppendProcessor = "of this processor time";
    private const string Loop = "running host: processor time of the loop's thread";
    private const string Rest = "of this in none of the loop's parts: dispatch, batches, waits for memory";
    private const string Others = "running host: processor time of all other threads, clients included";
    private const string AppendingThread = "appends";
    private const int Accounts = 100_000;
    private const int Appends = 200;

    private static readonly Load InFlight = new(1024, 1);

    public static async Task RunAsync(RunSettings settings, Report report)
    {
        await using BankHost bank = await BankHost.CreateAsync(Accounts);
        byte[] binary = await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "modules", "bank.wasm"));
        var engine = new ManagedModuleEngine();
        using IModuleCode code = engine.Load(binary);
        CodeHash hash = await bank.Host.ViewAsync(BankHost.Module, projection => projection.Published!.Code);
        using var parts = new CallParts(new(binary, hash, code, PublicationRules.Check(code), 1, Identity.Of("benchmarks", "client")), Accounts);
        await bank.TransfersPerSecondAsync(InFlight, Accounts, settings.Seconds, seed: 0);
        string directory = Path.Combine(bank.Directory, AppendingThread);
        await using JournalStore journal = await JournalStore.OpenAsync(new JournalOptions { Directory = directory });
        Dictionary<string, List<double>> times = [];
        for (int round = -1; round < settings.Rounds; round++)
        {
            Dictionary<string, double> measured = await bank.Host.ViewAsync(BankHost.Module, parts.Measure);
            MeasureAppends(journal, parts.LastBatch, measured);
            await MeasureHostAsync(bank, settings.Seconds, round, measured);
            if (round < 0) continue; // warms everything up
            foreach ((string part, double ns) in measured)
            {
                if (!times.TryGetValue(part, out List<double>? known)) times[part] = known = [];
                known.Add(ns);
            }
        }

        report.Heading($"A transfer by parts ({Accounts:N0} accounts, the managed engine, {settings.Rounds} rounds; ns a transfer, lower is better)");
        report.Table(["part", "ns, median (lowest to highest round)"], times.Select(part =>
            new[] { part.Key, Ratio.Of(part.Value, [.. part.Value.Select(_ => 1.0)]).ToString() }));
    }

    // The journal is one for all rounds: a new one is busy with writing its segments beforehand.
    private static void MeasureAppends(JournalStore journal, ReadOnlyMemory<EventData> events, Dictionary<string, double> measured)
    {
        var thread = new Thread(() => Append(journal, events, measured)) { Name = AppendingThread };
        thread.Start();
        thread.Join();
    }

    private static void Append(JournalStore journal, ReadOnlyMemory<EventData> events, Dictionary<string, double> measured)
    {
        List<double> times = [];
        long before = OwnNanoseconds();
        for (int i = 0; i < Appends; i++)
        {
            long started = Stopwatch.GetTimestamp();
            journal.Append(new StreamName($"s{i}"), ExpectedRevision.Any, events);
            times.Add(Stopwatch.GetElapsedTime(started).TotalNanoseconds / CallParts.TransfersInBatch);
        }

        measured[AppendTime] = Ratio.MedianOf(times);
        measured[AppendProcessor] = (double)(OwnNanoseconds() - before) / Appends / CallParts.TransfersInBatch;
    }

    private static long OwnNanoseconds() => OperatingSystem.IsLinux() ? ThreadTimes.NanosecondsByName().GetValueOrDefault(AppendingThread) : 0;

    private static async Task MeasureHostAsync(BankHost bank, double seconds, int seed, Dictionary<string, double> measured)
    {
        if (!OperatingSystem.IsLinux()) return;
        Dictionary<string, long> before = ThreadTimes.NanosecondsByName();
        long started = TimeProvider.System.GetTimestamp();
        double rate = await bank.TransfersPerSecondAsync(InFlight, Accounts, seconds, seed);
        double transfers = rate * TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        Dictionary<string, double> each = ThreadTimes.NanosecondsByName()
            .ToDictionary(thread => thread.Key, thread => (thread.Value - before.GetValueOrDefault(thread.Key)) / transfers);
        double loop = each.GetValueOrDefault($"module {BankHost.Module}");
        measured[Loop] = loop;
        measured[Rest] = loop - measured[CallParts.Run] - measured[CallParts.Apply] - measured[CallParts.Encode];
        measured[Others] = each.Values.Sum() - loop;
    }
}
