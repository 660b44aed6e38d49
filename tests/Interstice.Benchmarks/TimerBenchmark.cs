using System.Buffers.Binary;

namespace Interstice.Benchmarks;

/// <summary>How many timers that are due at once fire in a second, each a durable transaction of its own, against the calls that made
/// them.</summary>
internal static class TimerBenchmark
{
    private const string Calls = "calls that make a timer each, 1024 in flight";
    private const string Firings = "timers that are due, each fires a reducer that inserts a row";
    private const string Rate = "a second";
    private const string Module = "timers";
    private const int Timers = 20_000;
    private const int ArgumentBytes = 26;

    // So long after the last call at least, so that all are made before the first is due.
    private static readonly TimeSpan Ahead = TimeSpan.FromSeconds(4);

    public static async Task RunAsync(RunSettings settings, Report report)
    {
        RateTable rates = new([Rate]);
        for (int round = 0; round < settings.Rounds; round++) await RunRoundAsync(rates);
        report.Heading($"Timers ({Timers:N0} of them due at once, {settings.Rounds} rounds)");
        rates.Print(report, "median");
        rates.PrintRatios(report, Firings);
    }

    private static async Task RunRoundAsync(RateTable rates)
    {
        await using ModulesHost host = await ModulesHost.StartAsync();
        await host.PublishAsync(Module, Module);
        DateTimeOffset due = TimeProvider.System.GetUtcNow() + Ahead;
        byte[] arguments = Arguments(due);
        long started = TimeProvider.System.GetTimestamp();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Timers),
            new ParallelOptions { MaxDegreeOfParallelism = 1024 },
            async (_, _) => await host.CallAsync(Module, "at", arguments));
        rates.Add(Calls, Rate, Timers / TimeProvider.System.GetElapsedTime(started).TotalSeconds);
        if (TimeProvider.System.GetUtcNow() > due) throw new InvalidOperationException($"making {Timers} timers took more than {Ahead}");
        TimeSpan wait = due - TimeProvider.System.GetUtcNow();
        await Task.Delay(wait);
        while (await host.Host.ViewAsync(Module, projection => projection.State!.FindTable("fired")!.Count) < Timers) await Task.Delay(5);
        rates.Add(Firings, Rate, Timers / (TimeProvider.System.GetUtcNow() - due).TotalSeconds);
    }

    // payload u64, due, interval, target u8 (fire), each bool
    private static byte[] Arguments(DateTimeOffset due)
    {
        byte[] arguments = new byte[ArgumentBytes];
        long us = (due - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        BinaryPrimitives.WriteInt64LittleEndian(arguments.AsSpan(sizeof(ulong)), us);
        return arguments;
    }
}
