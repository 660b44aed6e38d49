using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Interstice.Host.Commands;

/// <summary>Where the host's spans and metrics come from (docs/telemetry.md).</summary>
public static class HostTelemetry
{
    /// <summary>Name of the span source and of the meters.</summary>
    public const string Name = "Interstice";

    /// <summary>Tag: name of the module.</summary>
    public const string Module = "interstice.module";

    internal const string Request = "interstice.request";
    internal const string Operation = "interstice.operation";
    internal const string Outcome = "interstice.outcome";
    internal const string Reason = "interstice.reason";

    // From what a lone caller waits to what the longest call may take.
    private static readonly InstrumentAdvice<double> Buckets = new()
    {
        HistogramBucketBoundaries =
            [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    };

    private static readonly Meter Meter = new(Name);

    /// <summary>Spans.</summary>
    public static ActivitySource Source { get; } = new(Name);

    /// <summary>Requests under way, by kind.</summary>
    public static UpDownCounter<long> Active { get; } =
        Meter.CreateUpDownCounter<long>("interstice.requests.active", "{request}", "Calls, queries and publications under way");

    /// <summary>How long a request took, by kind, module, operation, outcome and, for what failed, reason. Its count is the number of
    /// calls, refusals and traps.</summary>
    public static Histogram<double> Duration { get; } = Meter.CreateHistogram(
        "interstice.request.duration", "s", "How long calls, queries and publications took", null, Buckets);
}
