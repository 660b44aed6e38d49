using System.Diagnostics.Metrics;
using Interstice.Host.Commands;
using Interstice.Host.Inspection;
using Interstice.Kernel.Events;
using MediatR;
using Microsoft.Extensions.Logging;

namespace Interstice.Host.Notifications;

/// <summary>Tells one handler, one notification after another, what the log has. Reads the log for itself, so that nobody waits for it.</summary>
/// <remarks>The store's log is the queue: a slow handler falls behind and holds no more than one batch in memory.</remarks>
/// <param name="name">The handler's type.</param>
/// <param name="handle">Calls the handler; null for a notification that it does not handle.</param>
/// <param name="resumes">The handler, where it keeps how far it came; else null.</param>
/// <param name="store">The store.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where failures are told.</param>
internal sealed partial class NotificationLane(
    string name,
    Func<ModuleNotification, CancellationToken, Task?> handle,
    IResumesNotifications? resumes,
    IEventStore store,
    TimeProvider time,
    ILogger logger)
{
    private const string ModuleStreams = "interstice-";
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(5);
    private static readonly Meter Meter = new(HostTelemetry.Name);
    private static readonly Counter<long> Handled = Meter.CreateCounter<long>(
        "interstice.notifications", "{notification}", "Notifications that handlers were told of, by handler and outcome");

    private readonly NotificationMaker _maker = new();
    private Position? _seen;
    private bool _progressed;

    /// <summary>Tells until it is told to end.</summary>
    /// <param name="end">End of the log when the host began; null for an empty one.</param>
    /// <param name="stop">Ends it.</param>
    public async Task RunAsync(Position? end, CancellationToken stop)
    {
        TimeSpan pause = PauseMin;
        bool isPlaced = false;
        while (!stop.IsCancellationRequested)
        {
            _progressed = false;
            try
            {
                if (!isPlaced) _seen = resumes is null ? end : await resumes.LoadAsync(stop).ConfigureAwait(false);
                isPlaced = true;
                await FollowAsync(stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (EventFormatException fault)
            {
                LogStands(fault, name, _seen);
                return;
            }
            catch (Exception fault)
            {
                // The store is away, or a handler that resumes has failed: from where it stands again.
                if (resumes is not null) isPlaced = false;
                LogPaused(fault, name, _seen);
            }

            pause = _progressed ? PauseMin : pause * 2 < PauseMax ? pause * 2 : PauseMax;
            await Task.Delay(pause, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task FollowAsync(CancellationToken stop)
    {
        var decoder = new EventDecoder(store);
        _maker.Forget();
        if (_seen is { } seen)
        {
            var behind = new Position(seen.Commit + 1, seen.Prepare + 1);
            decoder.Learn(await Publication.ReadAllAsync(store, behind, stop).ConfigureAwait(false));
        }

        var filter = new EventFilter.StreamPrefix([ModuleStreams]);
        await foreach (SubscriptionMessage message in store.SubscribeToAllAsync(_seen, filter, stop).ConfigureAwait(false))
        {
            if (message is not SubscriptionMessage.Events events) continue;
            for (int i = 0; i < events.Batch.Length; i++)
            {
                RecordedEvent recorded = events.Batch.Span[i];
                LoggedEvent logged = await decoder.DecodeAsync(recorded, stop).ConfigureAwait(false);
                bool isBorder = false;
                foreach (ModuleNotification notification in _maker.Of(logged))
                {
                    await TellAsync(notification, stop).ConfigureAwait(false);
                    isBorder = notification is TransactionCommitted or ModulePublished;
                }

                // In the middle of a transaction a live handler goes on as well.
                if (resumes is null) _seen = recorded.Position;
                if (!isBorder) continue;
                if (resumes is not null) await resumes.SaveAsync(recorded.Position, stop).ConfigureAwait(false);
                _seen = recorded.Position;
                _progressed = true;
            }
        }
    }

    private async Task TellAsync(ModuleNotification notification, CancellationToken stop)
    {
        try
        {
            if (handle(notification, stop) is not { } handling) return;
            await handling.ConfigureAwait(false);
            Count("handled");
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !stop.IsCancellationRequested)
        {
            Count("failed");
            if (resumes is not null) throw;
            LogFailed(fault, name, notification.GetType().Name, notification.Module, notification.Revision.Value);
        }
    }

    private void Count(string outcome) => Handled.Add(
        1, new("interstice.handler", name), new KeyValuePair<string, object?>(HostTelemetry.Outcome, outcome));

    [LoggerMessage(Level = LogLevel.Error, Message =
        "handler {Handler} failed for {Notification} of module {Module} at revision {Revision}; it is not told of it again")]
    private partial void LogFailed(Exception fault, string handler, string notification, string module, long revision);

    [LoggerMessage(Level = LogLevel.Warning, Message = "handler {Handler} pauses behind position {Position}, and goes on from there")]
    private partial void LogPaused(Exception fault, string handler, Position? position);

    [LoggerMessage(Level = LogLevel.Critical, Message =
        "handler {Handler} is told nothing more behind position {Position}: the log cannot be read there; check it with log-verify")]
    private partial void LogStands(Exception fault, string handler, Position? position);
}
