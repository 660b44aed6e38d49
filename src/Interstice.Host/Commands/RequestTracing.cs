using System.Diagnostics;
using MediatR;
using Microsoft.Extensions.Logging;

namespace Interstice.Host.Commands;

/// <summary>Gives every request a span, metrics and, at debug level, a log line, where somebody wants them.</summary>
/// <typeparam name="TRequest">Type of the request.</typeparam>
/// <typeparam name="TResponse">Type of its answer.</typeparam>
/// <param name="logger">The logger.</param>
public sealed partial class RequestTracing<TRequest, TResponse>(ILogger<RequestTracing<TRequest, TResponse>> logger)
    : IPipelineBehavior<TRequest, TResponse>
    where TRequest : IRequest<TResponse>
{
    private static readonly string Kind = typeof(TRequest) == typeof(CallReducer) ? "call"
        : typeof(TRequest) == typeof(RunQuery) ? "query"
        : typeof(TRequest) == typeof(PublishModule) ? "publish"
        : typeof(TRequest) == typeof(ReloadModule) ? "reload"
        : typeof(TRequest).Name;

    private static readonly KeyValuePair<string, object?> KindTag = new(HostTelemetry.Request, Kind);

    /// <inheritdoc/>
    public Task<TResponse> Handle(
        TRequest request,
        CancellationToken cancellationToken,
        RequestHandlerDelegate<TResponse> next)
    {
        ArgumentNullException.ThrowIfNull(next);

        // Nobody listens: the cheapest way through, since this runs for every call.
        return HostTelemetry.Source.HasListeners() || HostTelemetry.Duration.Enabled || HostTelemetry.Active.Enabled
            || logger.IsEnabled(LogLevel.Debug)
            ? TraceAsync(request, next)
            : next();
    }

    private async Task<TResponse> TraceAsync(TRequest request, RequestHandlerDelegate<TResponse> next)
    {
        RequestNames names = RequestNames.Of(request);
        using Activity? span = HostTelemetry.Source.StartActivity(Kind);
        HostTelemetry.Active.Add(1, KindTag);
        long started = Stopwatch.GetTimestamp();
        try
        {
            TResponse response = await next().ConfigureAwait(false);
            RequestEnd end = RequestEnd.Of(response);
            if (end.IsUnknownName) names = default;
            else if (response is PublishResult published) names = new(published.Module, null);
            Finish(span, names, end, started);
            return response;
        }
        catch (Exception fault)
        {
            Finish(span, names, RequestEnd.Of(fault), started);
            throw;
        }
        finally
        {
            HostTelemetry.Active.Add(-1, KindTag);
        }
    }

    private void Finish(Activity? span, RequestNames names, RequestEnd end, long started)
    {
        TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
        var tags = new TagList { KindTag, new(HostTelemetry.Outcome, end.Outcome) };
        if (names.Module is not null) tags.Add(HostTelemetry.Module, names.Module);
        if (names.Operation is not null) tags.Add(HostTelemetry.Operation, names.Operation);
        if (end.Reason is not null) tags.Add(HostTelemetry.Reason, end.Reason);
        HostTelemetry.Duration.Record(elapsed.TotalSeconds, tags);
        if (span is not null)
        {
            foreach ((string name, object? value) in tags) span.SetTag(name, value);
            if (names.Operation is not null) span.DisplayName = $"{Kind} {names.Module}.{names.Operation}";
            if (end.IsFault) span.SetStatus(ActivityStatusCode.Error, end.Reason);
        }

        LogFinished(Kind, names.Module, names.Operation, end.Outcome, end.Reason, elapsed.TotalMicroseconds);
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Request} {Module}.{Operation}: {Outcome} {Reason} after {Microseconds} us")]
    private partial void LogFinished(
        string request, string? module, string? operation, string outcome, string? reason, double microseconds);
}
