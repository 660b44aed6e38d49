namespace Interstice.Benchmarks;

/// <summary>How long things took: counts in steps of a twentieth. Thread-safe.</summary>
internal sealed class Latencies
{
    private const double Step = 1.05;
    private const double FirstUs = 1;

    private readonly long[] _counts = new long[512];

    public void Add(TimeSpan time)
    {
        double steps = Math.Log(Math.Max(time.TotalMicroseconds / FirstUs, 1), Step);
        Interlocked.Increment(ref _counts[Math.Min((int)steps, _counts.Length - 1)]);
    }

    /// <summary>The time in milliseconds that a share of all stays below.</summary>
    public double Milliseconds(double share)
    {
        long wanted = (long)(_counts.Sum() * share);
        int index = 0;
        for (long seen = _counts[0]; seen < wanted; seen += _counts[++index])
        {
        }

        return FirstUs * Math.Pow(Step, index + 1) / 1000;
    }
}
