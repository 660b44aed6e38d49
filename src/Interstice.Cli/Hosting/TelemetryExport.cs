using System.Reflection;
using Interstice.Host.Commands;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Interstice.Cli.Hosting;

/// <summary>Sends spans and metrics of a host to a collector by OTLP, where one is named; else there is nothing of it (docs/telemetry.md).
/// Disposing it sends what is left.</summary>
internal sealed class TelemetryExport : IDisposable
{
    private const string ServiceName = "interstice";

    // The web server's own, which joins the spans of callers to those of the host.
    private static readonly string[] ServerMeters = ["Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel"];
    private const string ServerSource = "Microsoft.AspNetCore";
    private const int FlushMilliseconds = 5_000;

    private readonly TelemetryProblems _problems;
    private readonly TracerProvider _tracer;
    private readonly MeterProvider _meter;

    private TelemetryExport(Uri? endpoint, ILogger logger)
    {
        _problems = new TelemetryProblems(logger, TimeProvider.System);
        _tracer = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(DescribeHost())
            .AddSource(HostTelemetry.Name, ServerSource)
            .AddOtlpExporter(exporter => Aim(exporter, endpoint, "v1/traces"))
            .Build();
        _meter = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(DescribeHost())
            .AddMeter([HostTelemetry.Name, .. ServerMeters])
            .AddOtlpExporter(exporter => Aim(exporter, endpoint, "v1/metrics"))
            .Build();
    }

    /// <summary>Begins.</summary>
    /// <param name="collector">Where to send.</param>
    /// <param name="logger">Where it is told that nothing arrives.</param>
    public static TelemetryExport Start(TelemetryCollector collector, ILogger logger) => new(collector.Address, logger);

    /// <inheritdoc/>
    public void Dispose()
    {
        _tracer.Shutdown(FlushMilliseconds);
        _meter.Shutdown(FlushMilliseconds);
        _tracer.Dispose();
        _meter.Dispose();
        _problems.Dispose();
    }

    // What the environment says of the service goes before what the program says.
    private static ResourceBuilder DescribeHost() => ResourceBuilder.CreateEmpty()
        .AddService(ServiceName, serviceVersion: typeof(TelemetryExport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion)
        .AddTelemetrySdk()
        .AddEnvironmentVariableDetector();

    // An address that is set by the program is taken as it is: over HTTP the path is the program's to add.
    private static void Aim(OtlpExporterOptions exporter, Uri? endpoint, string path)
    {
        if (endpoint is null) return;
        exporter.Endpoint = exporter.Protocol == OtlpExportProtocol.HttpProtobuf
            ? new Uri(new Uri(endpoint.ToString().TrimEnd('/') + "/"), path)
            : endpoint;
    }
}
