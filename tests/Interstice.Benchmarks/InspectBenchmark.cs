using System.Diagnostics;

namespace Interstice.Benchmarks;

/// <summary>P12: how much log <c>log-inspect</c> reads in a second, as a process of its own whose output goes nowhere.</summary>
internal static class InspectBenchmark
{
    private const int Accounts = 10_000;
    private const int TransfersMin = 300_000;

    private static readonly (string What, string Arguments)[] Ways =
    [
        ("all of it as text", ""),
        ("all of it as ndjson", "-o ndjson"),
        ("calls of one reducer, one in thirty or fewer", "--reducer open_account"),
        ("inserted rows of one table, as few", "--table accounts --op insert"),
    ];

    public static async Task RunAsync(RunSettings settings, Report report)
    {
        if (OperatingSystem.IsWindows())
        {
            report.Line("log-inspect is measured where there is /bin/sh to send its output nowhere.");
            return;
        }

        await using BankHost bank = await BankHost.CreateAsync(Accounts);
        double transfers = 0;
        for (int seed = 0; transfers < TransfersMin; seed++)
            transfers += await bank.TransfersPerSecondAsync(new Load(1024, 1), Accounts, settings.Seconds, seed) * settings.Seconds;
        ulong bytes = await bank.LogEndAsync();
        await bank.StopAsync();
        List<double>[] rates = [.. Ways.Select(_ => new List<double>())];
        for (int round = 0; round < settings.Rounds; round++)
            for (int i = 0; i < Ways.Length; i++) rates[i].Add(bytes / 1e6 / await SecondsAsync(bank.Directory, Ways[i].Arguments));

        report.Heading($"log-inspect ({transfers:N0} transfers, {bytes >> 20} MiB of log, {settings.Rounds} rounds)");
        report.Table(
            ["what", "MB/s of log, start of the process included, median (lowest to highest round) (P12)"],
            Ways.Select((way, i) => new[] { way.What, $"{Ratio.Of(rates[i], [.. rates[i].Select(_ => 1.0)])}" }));
    }

    private static async Task<double> SecondsAsync(string store, string arguments)
    {
        string program = Path.Join(AppContext.BaseDirectory, "interstice.dll");
        string dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        long started = Stopwatch.GetTimestamp();
        using Process process = Process.Start("/bin/sh", ["-c", $"exec \"{dotnet}\" \"{program}\" log-inspect --store \"{store}\" {arguments} > /dev/null"]);
        await process.WaitForExitAsync();
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return process.ExitCode == 0 ? seconds : throw new InvalidOperationException($"log-inspect {arguments} ended with code {process.ExitCode}");
    }
}
