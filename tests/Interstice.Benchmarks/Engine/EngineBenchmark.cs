namespace Interstice.Benchmarks.Engine;

/// <summary>P18 and P22: the engine against V8 in a node process, in interleaved rounds; and what loading, resetting and keeping
/// instances costs.</summary>
internal static class EngineBenchmark
{
    public static async Task RunAsync(RunSettings settings, Report report)
    {
        report.Heading("Engine");
        using V8Process? v8 = V8Process.TryStart();
        report.Line(v8 is null
            ? "Kernels and border skipped: they are measured against V8, and there is no `node` on this machine's path."
            : $"Against {V8Process.Version()}, started with `--no-liftoff`: every function optimised before it runs.");
        report.Line();
        await GuestThread.RunAsync(() => Measure(settings, v8, report));
    }

    private static void Measure(RunSettings settings, V8Process? v8, Report report)
    {
        double firstOfProcessMs = LoadMeasurement.FirstOfProcessMs();
        if (v8 is not null)
        {
            IEnumerable<EngineKernel> chosen =
                EngineKernel.All.Where(kernel => settings.Kernels.Count == 0 || settings.Kernels.Contains(kernel.Name));
            SpeedMeasurement.Measure(settings, [.. chosen], v8, report);
        }

        if (settings.Kernels.Count > 0) return;
        if (v8 is not null) BorderMeasurement.Measure(settings, v8, report);
        LoadMeasurement.Measure(settings, firstOfProcessMs, report);
        ResetMeasurement.Measure(settings, report);
        InstanceMeasurement.Measure(report);
    }
}
