using Interstice.Benchmarks.Engine;

namespace Interstice.Benchmarks;

/// <summary>Chooses benchmarks by name, runs them in interleaved rounds and prints ratios.</summary>
internal static class BenchmarkProgram
{
    private const string Usage = """
        usage: dotnet run --project tests/Interstice.Benchmarks -c Release -- [NAME...] [--rounds N] [--seconds S]
               [--kernel KERNEL]... [--save FILE]

        NAME   commit, segments, transfer, lone, threads, replay, chain, rebuild, backup, snapshot, memory, tables, columns,
               opening, verify, inspect, esdb, subscriptions, calls, nested, timers, parallel, reexecution, engine; all of them without a name. esdb uses the server that INTERSTICE_ESDB names too
        --rounds N    rounds of each benchmark, 1 or more (default 5); ratios are medians over rounds
        --seconds S   length of each measurement in a round (default 2)
        --kernel KERNEL   of the engine benchmark only this kernel; may be given several times
        --save FILE   also write the tables to a Markdown file
        """;

    private static readonly Dictionary<string, Func<RunSettings, Report, Task>> Benchmarks = new(StringComparer.Ordinal)
    {
        ["commit"] = CommitBenchmark.RunAsync,
        ["segments"] = SegmentBenchmark.RunAsync,
        ["transfer"] = TransferBenchmark.RunAsync,
        ["lone"] = LoneBenchmark.RunAsync,
        ["threads"] = ThreadBenchmark.RunAsync,
        ["replay"] = ReplayBenchmark.RunAsync,
        ["chain"] = ChainBenchmark.RunAsync,
        ["rebuild"] = RebuildBenchmark.RunAsync,
        ["backup"] = BackupBenchmark.RunAsync,
        ["snapshot"] = SnapshotBenchmark.RunAsync,
        ["memory"] = MemoryBenchmark.RunAsync,
        ["tables"] = TableBenchmark.RunAsync,
        ["columns"] = ColumnBenchmark.RunAsync,
        ["opening"] = OpeningBenchmark.RunAsync,
        ["verify"] = VerifyBenchmark.RunAsync,
        ["inspect"] = InspectBenchmark.RunAsync,
        ["esdb"] = EventStoreDbBenchmark.RunAsync,
        ["subscriptions"] = SubscriptionBenchmark.RunAsync,
        ["calls"] = CallBenchmark.RunAsync,
        ["nested"] = NestedBenchmark.RunAsync,
        ["timers"] = TimerBenchmark.RunAsync,
        ["parallel"] = ParallelBenchmark.RunAsync,
        ["reexecution"] = ReexecutionBenchmark.RunAsync,
        ["engine"] = EngineBenchmark.RunAsync,
    };

    public static async Task<int> RunAsync(string[] args)
    {
        if (args is [EndpointProcess.Word, var directory]) return await EndpointProcess.ServeAsync(directory);
        IEnumerable<string> kernels = EngineKernel.All.Select(kernel => kernel.Name);
        if (!RunSettings.TryParse(args, Benchmarks.Keys, kernels, out RunSettings settings, out string error))
        {
            await Console.Error.WriteLineAsync(error.Length > 0 ? $"{error}\n{Usage}" : Usage);
            return 2;
        }

        var report = new Report(Console.Out);
        report.Machine();
        foreach (string name in settings.Names) await Benchmarks[name](settings, report);
        if (settings.SaveTo is { } file) await File.WriteAllTextAsync(file, report.Text);
        return 0;
    }
}
