namespace Interstice.Benchmarks.Engine;

/// <summary>P22: a call of the guest by the host, and of the host by the guest, beside the same between JavaScript and
/// V8.</summary>
internal static class BorderMeasurement
{
    private const int Batches = 20;
    private const int Calls = 250_000;
    private const string Name = "border";

    public static void Measure(RunSettings settings, V8Process v8, Report report)
    {
        string path = EngineKernel.PathOf(Name);
        using Guest guest = Guest.Load(path);
        v8.Load(Name, path);
        MeasureOurs(guest);
        v8.Border(Name, Calls, Batches);
        List<BorderTimes> ours = [], theirs = [];
        for (int round = 0; round < settings.Rounds; round++)
        {
            ours.Add(MeasureOurs(guest));
            theirs.Add(v8.Border(Name, Calls, Batches));
        }

        report.Heading($"Border of host and guest (two i32 in, one out; median of {settings.Rounds} rounds of {Batches} times {Calls:N0} calls)");
        report.Table(
            ["call (P22)", "engine", "V8 and JavaScript", "engine / V8 (lowest to highest round)"],
            [
                Line("guest calls host", ours, theirs, times => times.OutwardNs),
                Line("host calls guest", ours, theirs, times => times.InwardNs),
            ]);
    }

    private static string[] Line(
        string what,
        List<BorderTimes> ours,
        List<BorderTimes> theirs,
        Func<BorderTimes, double> part)
    {
        double[] own = [.. ours.Select(part)], other = [.. theirs.Select(part)];
        return
        [
            what,
            $"{Report.Number(Ratio.MedianOf(own))} ns",
            $"{Report.Number(Ratio.MedianOf(other))} ns",
            $"{Ratio.Of(own, other)}",
        ];
    }

    private static BorderTimes MeasureOurs(Guest guest)
    {
        Func<int, int, int> call = guest.Instance.GetFunction("call").Bind<Func<int, int, int>>();
        Func<int, int> callHost = guest.Instance.GetFunction("callHost").Bind<Func<int, int>>();
        Func<int, int> callNobody = guest.Instance.GetFunction("callNobody").Bind<Func<int, int>>();
        guest.Refuel();
        List<double> inward = [], outward = [], nobody = [];
        int sum = 0;
        int calledBefore = guest.HostCalls;
        for (int batch = 0; batch < Batches; batch++)
        {
            inward.Add(Nanoseconds(() =>
            {
                int held = 0;
                for (int i = 0; i < Calls; i++) held = call(held, i);
                sum += held;
            }));
            outward.Add(Nanoseconds(() => sum += callHost(Calls)));
            nobody.Add(Nanoseconds(() => sum += callNobody(Calls)));
        }

        if (guest.HostCalls - calledBefore != Batches * Calls)
            throw new InvalidDataException("the guest did not make all of its calls");
        return new BorderTimes(Ratio.FastOf(inward), Ratio.FastOf(outward) - Ratio.FastOf(nobody));
    }

    private static double Nanoseconds(Action work)
    {
        long started = TimeProvider.System.GetTimestamp();
        work();
        return TimeProvider.System.GetElapsedTime(started).TotalNanoseconds / Calls;
    }
}
