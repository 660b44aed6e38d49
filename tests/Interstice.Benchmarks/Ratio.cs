namespace Interstice.Benchmarks;

/// <summary>A ratio over interleaved rounds: each round measures both sides, so that the machine's moods cancel.</summary>
internal sealed record Ratio(double Median, double Lowest, double Highest)
{
    public static Ratio Of(IReadOnlyList<double> numerators, IReadOnlyList<double> denominators)
    {
        double[] ratios = [.. numerators.Zip(denominators, (numerator, denominator) => numerator / denominator).Order()];
        return new(MedianOf(ratios), ratios[0], ratios[^1]);
    }

    public static double MedianOf(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// <summary>The time that a tenth of the times stays below: what else the machine does only ever adds to one.</summary>
    public static double FastOf(IEnumerable<double> times)
    {
        double[] sorted = [.. times.Order()];
        return sorted[sorted.Length / 10];
    }

    public override string ToString() =>
        $"{Report.Number(Median)} ({Report.Number(Lowest)} to {Report.Number(Highest)})";
}
