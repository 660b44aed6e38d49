using System.Diagnostics;
using System.Diagnostics.Metrics;
using MediatR;
using Microsoft.Extensions.Logging;

namespace Interstice.Host.Commands;

/// <summary>Gives every request a span, a count and, at debug level, a log line.</summary>
/// <typeparam name="TRequest">Type of the request.</typeparam>
/// <typeparam name="TResponse">Type of its answer.</typeparam>
/// <param name="logger">The logger.</param>
public sealed partial class RequestTracing<TRequest, TResponse>(ILogger<RequestTracing<TRequest, TResponse>> logger)
    : IPipelineBehavior<TRequest, TResponse>
    where TRequest : IRequest<TResponse>
{
    private static readonly string Name = typeof(TRequest).Name;
    private static readonly KeyValuePair<string, object?> RequestTag = new("request", Name);

    /// <inheritdoc/>
    public Task<TResponse> Handle(
        TRequest request,
        CancellationToken cancellationToken,
        RequestHandlerDelegate<TResponse> next)
    {
        ArgumentNullException.ThrowIfNull(next);
        HostTelemetry.Requests.Add(1, RequestTag);

        // Nobody listens: the cheapest way through, since this runs for every call.
        return HostTelemetry.Source.HasListeners() || HostTelemetry.Duration.Enabled || logger.IsEnabled(LogLevel.Debug)
            ? TraceAsync(request, next)
            : next();
    }

    private async Task<TResponse> TraceAsync(TRequest request, RequestHandlerDelegate<TResponse> next)
    {
        using Activity? span = HostTelemetry.Source.StartActivity(Name);
        if (request is CallReducer call)
        {
            span?.SetTag("interstice.module", call.Module);
            span?.SetTag("interstice.reducer", call.Reducer);
        }

        long started = Stopwatch.GetTimestamp();
        try
        {
            TResponse response = await next().ConfigureAwait(false);
            string outcome = response is CallOutcome or QueryOutcome ? response.GetType().Name : "Completed";
            span?.SetTag("interstice.outcome", outcome);
            if (outcome is not ("Committed" or "Answered" or "Completed")) span?.SetStatus(ActivityStatusCode.Error);
            Finish(outcome, started);
            return response;
        }
        catch (Exception fault)
        {
            span?.SetStatus(ActivityStatusCode.Error, fault.Message);
            Finish(fault.GetType().Name, started);
            throw;
        }
    }

    private void Finish(string outcome, long started)
    {
        double microseconds = Stopwatch.GetElapsedTime(started).TotalMicroseconds;
        HostTelemetry.Duration.Record(microseconds, RequestTag, new("outcome", outcome));
        LogFinished(Name, outcome, microseconds);
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Request}: {Outcome} after {Microseconds} us")]
    private partial void LogFinished(string request, string outcome, double microseconds);
}

/// <summary>Where the host's spans and metrics come from.</summary>
public static class HostTelemetry
{
    /// <summary>Name of the span source and of the meter.</summary>
    public const string Name = "Interstice";

    private static readonly Meter Meter = new(Name);

    /// <summary>Spans.</summary>
    public static ActivitySource Source { get; } = new(Name);

    /// <summary>Requests that were begun, by type.</summary>
    public static Counter<long> Requests { get; } = Meter.CreateCounter<long>("interstice.requests");

    /// <summary>How long a request took, in microseconds, by type and outcome.</summary>
    public static Histogram<double> Duration { get; } =
        Meter.CreateHistogram<double>("interstice.request.duration", "us");
}
