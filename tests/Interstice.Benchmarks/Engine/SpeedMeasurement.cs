namespace Interstice.Benchmarks.Engine;

/// <summary>P18: the time of kernels in the engine, metering on, against their time in V8's optimising tier.</summary>
internal static class SpeedMeasurement
{
    private const double WarmUpSecondsMax = 1;
    private const double TurnSeconds = 0.025;

    public static void Measure(RunSettings settings, IReadOnlyList<EngineKernel> kernels, V8Process v8, Report report)
    {
        List<string[]> lines = [];
        List<double> medians = [];
        foreach (EngineKernel kernel in kernels.Where(kernel => File.Exists(kernel.Path)))
        {
            (Ratio ratio, double ours, double theirs) = Compare(kernel, settings, v8);
            medians.Add(ratio.Median);
            lines.Add([kernel.Name, kernel.What, Report.Number(theirs), Report.Number(ours), $"{ratio}"]);
        }

        report.Heading(
            $"Kernels (fuel and call depth counted, {settings.Rounds} rounds of {Report.Number(settings.Seconds)} s a side; lower is better)");
        report.Table(
            ["kernel", "what", "V8, ms a run", "engine, ms a run", "engine / V8 (lowest to highest round)"],
            lines);
        foreach (EngineKernel missing in kernels.Where(kernel => !File.Exists(kernel.Path)))
        {
            report.Line($"Left out: {missing.Name}, because {missing.Path} is not there; kernels/sqlite/build.sh makes it.");
            report.Line();
        }

        if (medians.Count == 0) return;
        double mean = Math.Exp(medians.Average(Math.Log));
        report.Line($"Geometric mean of {medians.Count} kernels, engine / V8 (P18): {Report.Number(mean)}");
        report.Line();
    }

    private static (Ratio Ratio, double Ours, double Theirs) Compare(EngineKernel kernel, RunSettings settings, V8Process v8)
    {
        using Guest guest = Guest.Load(kernel.Path);
        v8.Load(kernel.Name, kernel.Path);
        double warmUp = Math.Min(settings.Seconds, WarmUpSecondsMax);
        guest.Run(kernel.Argument, warmUp);
        v8.Run(kernel.Name, kernel.Argument, warmUp);
        List<double> ours = [], theirs = [];
        for (int round = 0; round < settings.Rounds; round++)
        {
            (double own, double other) = Round(kernel, settings.Seconds, guest, v8);
            ours.Add(own);
            theirs.Add(other);
        }

        return (Ratio.Of(ours, theirs), Ratio.MedianOf(ours), Ratio.MedianOf(theirs));
    }

    // Short turns, so that both sides see the same of what else the machine does.
    private static (double Ours, double Theirs) Round(EngineKernel kernel, double seconds, Guest guest, V8Process v8)
    {
        List<double> ours = [], theirs = [];
        int turns = (int)Math.Ceiling(seconds / TurnSeconds);
        for (int turn = 0; turn < turns; turn++)
        {
            Run own = guest.Run(kernel.Argument, TurnSeconds);
            Run other = v8.Run(kernel.Name, kernel.Argument, TurnSeconds);
            if (own.Result != other.Result)
            {
                throw new InvalidDataException(
                    $"kernel {kernel.Name}({kernel.Argument}): the engine computes {own.Result:x16}, V8 {other.Result:x16}");
            }

            ours.AddRange(own.Milliseconds);
            theirs.AddRange(other.Milliseconds);
        }

        return (Ratio.FastOf(ours), Ratio.FastOf(theirs));
    }
}
