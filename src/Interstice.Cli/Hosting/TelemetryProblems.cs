using System.Diagnostics.Tracing;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Interstice.Cli.Hosting;

/// <summary>Logs what goes wrong with sending telemetry, which the exporter itself keeps quiet about: the first of a minute, with how many
/// were passed over before it.</summary>
/// <param name="logger">Where it is logged.</param>
/// <param name="time">Measures the minute.</param>
internal sealed partial class TelemetryProblems(ILogger logger, TimeProvider time) : EventListener
{
    private const string Source = "OpenTelemetry-Exporter-OpenTelemetryProtocol";
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private long? _told;
    private long _passedOver;

    /// <inheritdoc/>
    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Source) EnableEvents(eventSource, EventLevel.Warning);
    }

    /// <inheritdoc/>
    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventSource.Name != Source) return;
        long passedOver;
        lock (_lock)
        {
            if (_told is { } told && time.GetElapsedTime(told) < Pause)
            {
                _passedOver++;
                return;
            }

            _told = time.GetTimestamp();
            (passedOver, _passedOver) = (_passedOver, 0);
        }

        LogProblem(Describe(eventData), passedOver);
    }

    private static string Describe(EventWrittenEventArgs problem)
    {
        object?[] values = [.. problem.Payload ?? []];
        return problem.Message is { } format ? string.Format(CultureInfo.InvariantCulture, format, values) : problem.EventName ?? "";
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "telemetry is lost: {Problem} (and {PassedOver} problems before)")]
    private partial void LogProblem(string problem, long passedOver);
}
