using System.Diagnostics;
using System.Globalization;
using Interstice.Wasm.Tests.Fuzzing;

namespace Interstice.Wasm.Tests.Hunting;

/// <summary>The command <c>hunt</c>: all jobs in turn for as long as is asked, each in a process of its own, so that nothing
/// that is found ends it. One process works at a time.</summary>
internal sealed class HuntCommand
{
    private const int SecondsPerPart = 20;
    private const int GraceSeconds = 240;

    private static readonly Dictionary<string, string> Environment = new()
    {
        ["DOTNET_gcConcurrent"] = "0",
        ["DOTNET_GCHeapHardLimit"] = "0x30000000",
        ["INTERSTICE_TEST_SEED"] = "",
    };

    private readonly Dictionary<HuntJob, long> _counts = [];
    private readonly string _folder;
    private readonly Random _seeds;
    private readonly TimeSpan _timeMax;
    private int _failures;

    private HuntCommand(HuntOptions options)
    {
        _folder = Path.GetFullPath(options.Text("folder", Path.Combine("artifacts", "hunt")));
        _timeMax = TimeSpan.FromMinutes(options.Number("minutes", 60));
        int seed = (int)options.Number("seed", Random.Shared.Next());
        _seeds = new Random(seed);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"hunting for {_timeMax.TotalMinutes} minutes, --seed {seed}, into {_folder}"));
    }

    /// <summary>Hunts.</summary>
    /// <returns>0 when nothing was found.</returns>
    public static int Run(string[] arguments)
    {
        var hunt = new HuntCommand(new HuntOptions(arguments));
        Directory.CreateDirectory(hunt._folder);
        hunt.RunAll();
        return hunt._failures == 0 ? 0 : 1;
    }

    private void RunAll()
    {
        long started = Stopwatch.GetTimestamp();
        HuntJob[] jobs = HasNode() ? Enum.GetValues<HuntJob>() : [HuntJob.Fuzz, HuntJob.Programs, HuntJob.Settings];
        for (int round = 0; Stopwatch.GetElapsedTime(started) is var elapsed && elapsed < _timeMax; round++)
        {
            HuntJob job = jobs[round % jobs.Length];
            int seconds = (int)Math.Clamp((_timeMax - elapsed).TotalSeconds, 1, SecondsPerPart);
            RunPart(job, _seeds.Next(), seconds);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{elapsed.TotalMinutes,6:F1} min  {Totals()}"));
        }

        Console.WriteLine($"ended: {Totals()}");
    }

    private void RunPart(HuntJob job, int seed, int seconds)
    {
        string name = Path.Combine(_folder, $"{job}-{seed}");
        string[] arguments =
        [
            "hunt-part", "--job", job.ToString(), "--seed", seed.ToString(CultureInfo.InvariantCulture),
            "--seconds", seconds.ToString(CultureInfo.InvariantCulture), "--record", name + ".running", "--found", name + ".wasm",
        ];
        (int? exitCode, string output) = SelfProcess.Run(arguments, Environment, TimeSpan.FromSeconds(seconds + GraceSeconds));
        if (exitCode == 0)
        {
            _counts[job] = _counts.GetValueOrDefault(job) + long.Parse(output.Split(' ')[^1], CultureInfo.InvariantCulture);
            return;
        }

        _failures++;
        File.WriteAllText(
            name + ".txt", $"dotnet Interstice.Wasm.Tests.dll {string.Join(' ', arguments)}\nexit code {exitCode?.ToString(CultureInfo.InvariantCulture) ?? "none: it did not end"}\n{output}");

        // A process that was ended by its input leaves what was running.
        if (!File.Exists(name + ".wasm") && FlightRecorder.Read(name + ".running") is { } input) File.WriteAllBytes(name + ".wasm", input);
        File.Delete(name + ".running");
        Console.WriteLine($"FOUND: {name}.txt");
    }

    private string Totals() => string.Join(
        ", ", Enum.GetValues<HuntJob>().Select(job => $"{job} {_counts.GetValueOrDefault(job)}").Append($"found {_failures}"));

    private static bool HasNode() => (System.Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "node")));
}
