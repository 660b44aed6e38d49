namespace Interstice.Benchmarks;

/// <summary>Processor time of several sides of a comparison, by thread, in microseconds for each thing done. On a machine with other work it
/// says more than rates do.</summary>
/// <param name="server">A second process whose threads count as one, or null.</param>
internal sealed class ProcessorTimes(string? server)
{
    private const string Server = "server's process";
    private const double UsMin = 0.005;

    private readonly List<string> _sides = [];
    private readonly Dictionary<string, List<Dictionary<string, double>>> _rounds = [];

    /// <summary>Does something for a time and notes what each thread took for it. Nothing is noted where there is no Linux to ask.</summary>
    /// <param name="side">Who does it.</param>
    /// <param name="work">Gives how often a second it was done.</param>
    public async Task<double> MeasureAsync(string side, Func<Task<double>> work)
    {
        if (!OperatingSystem.IsLinux()) return await work();
        Dictionary<string, long> before = Now();
        long started = TimeProvider.System.GetTimestamp();
        double rate = await work();
        double count = rate * TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        if (!_rounds.TryGetValue(side, out List<Dictionary<string, double>>? rounds))
        {
            _sides.Add(side);
            _rounds[side] = rounds = [];
        }

        rounds.Add(Now().ToDictionary(thread => thread.Key, thread => (thread.Value - before.GetValueOrDefault(thread.Key)) / count / 1000));
        return rate;
    }

    /// <summary>Prints medians, the most expensive thread first.</summary>
    public void Print(Report report, string what)
    {
        if (_sides.Count == 0) return;
        IEnumerable<string> names = _rounds.Values.SelectMany(rounds => rounds).SelectMany(round => round.Keys).Distinct();
        report.Table([what, .. _sides], names
            .Select(name => (Name: name, Us: _sides.Select(side => MedianOf(side, name)).ToArray()))
            .Where(thread => thread.Us.Any(us => us >= UsMin))
            .OrderByDescending(thread => thread.Us.Max())
            .Select(thread => (string[])[thread.Name, .. thread.Us.Select(us => us >= UsMin ? Report.Number(us) : "-")]));
    }

    private double MedianOf(string side, string thread) => Ratio.MedianOf(_rounds[side].Select(round => round.GetValueOrDefault(thread)));

    private Dictionary<string, long> Now()
    {
        Dictionary<string, long> times = ThreadTimes.NanosecondsByName();
        if (server is not null) times[Server] = ThreadTimes.NanosecondsByName(server).Values.Sum();
        return times;
    }
}
