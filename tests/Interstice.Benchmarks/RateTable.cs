namespace Interstice.Benchmarks;

/// <summary>Rates of several sides under several loads, one in each round, and the ratios between the sides.</summary>
/// <param name="columns">The loads, in order.</param>
internal sealed class RateTable(IReadOnlyList<string> columns)
{
    private readonly List<string> _sides = [];
    private readonly Dictionary<(string Side, string Column), List<double>> _rates = [];

    public void Add(string side, string column, double rate)
    {
        if (!_sides.Contains(side)) _sides.Add(side);
        if (!_rates.TryGetValue((side, column), out List<double>? rates)) _rates[(side, column)] = rates = [];
        rates.Add(rate);
    }

    public IReadOnlyList<double> this[string side, string column] => _rates[(side, column)];

    /// <summary>Prints medians; a side that was not measured under a load gets a dash.</summary>
    public void Print(Report report, string what) => report.Table(
        [what, .. columns],
        _sides.Select(side => (string[])[side, .. columns.Select(column => _rates.TryGetValue((side, column), out List<double>? rates)
            ? Report.Number(Ratio.MedianOf(rates))
            : "-")]));

    /// <summary>Prints the ratios of one side to each of the others, with the names of goals where they have some.</summary>
    public void PrintRatios(Report report, string side, IReadOnlyDictionary<string, string>? goals = null) => report.Table(
        [$"{side} /", .. columns],
        _sides.Where(other => other != side).Select(other => (string[])
        [
            goals?.GetValueOrDefault(other) is { } goal ? $"{other} ({goal})" : other,
            .. columns.Select(column =>
                _rates.TryGetValue((side, column), out List<double>? ours) && _rates.TryGetValue((other, column), out List<double>? theirs)
                    ? Ratio.Of(ours, theirs).ToString()
                    : "-"),
        ]));
}
