using Interstice.Kernel.Events;
using Microsoft.Extensions.Logging;

namespace Interstice.Host.Snapshots;

/// <summary>Takes snapshots in the background while a host runs, every so many events. A snapshot that fails is logged and
/// tried again as many events later: the log is what counts.</summary>
internal sealed partial class SnapshotSchedule : IAsyncDisposable
{
    private readonly SnapshotStore _snapshots;
    private readonly IEventStore _store;
    private readonly SnapshotOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Dictionary<string, Revision> _last;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;

    /// <summary>Starts it.</summary>
    /// <param name="snapshots">Where snapshots go.</param>
    /// <param name="store">The event store.</param>
    /// <param name="options">When they are taken.</param>
    /// <param name="last">Revision of the last snapshot of each module that has one.</param>
    /// <param name="names">Names of the modules.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where it logs.</param>
    public SnapshotSchedule(
        SnapshotStore snapshots,
        IEventStore store,
        SnapshotOptions options,
        Dictionary<string, Revision> last,
        Func<IReadOnlyList<string>> names,
        TimeProvider time,
        ILogger logger)
    {
        _snapshots = snapshots;
        _store = store;
        _options = options;
        _last = last;
        _time = time;
        _logger = logger;
        _running = Task.Run(() => RunAsync(names));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task RunAsync(Func<IReadOnlyList<string>> names)
    {
        using var timer = new PeriodicTimer(_options.CheckInterval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false))
                foreach (string module in names()) await TakeIfDueAsync(module).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // What was being written has only its unfinished name; the next writer removes it.
        }
    }

    private async Task TakeIfDueAsync(string module)
    {
        Revision before = _last.GetValueOrDefault(module, Revision.None);
        Revision last = before;
        try
        {
            last = await _store.GetLastRevisionAsync(StreamNames.Module(module), _stopping.Token).ConfigureAwait(false);
            if (last.Value - before.Value < _options.EveryEvents) return;
            SnapshotResult? result = await SnapshotTaking
                .RunAsync(_snapshots, _store, module, _options.Keep, _time, null, _stopping.Token)
                .ConfigureAwait(false);
            if (result is null) return;
            last = result.Name.Revision;
            foreach (SnapshotRefusal refusal in result.Refused) LogRefused(refusal);
            LogTaken(result.Name, result.Rows, result.Bytes, result.Elapsed.TotalMilliseconds);
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !_stopping.IsCancellationRequested)
        {
            LogFailed(fault, module, _options.EveryEvents);
        }

        _last[module] = last;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "took snapshot {Name}: {Rows} rows, {Bytes} bytes, {Milliseconds} ms")]
    private partial void LogTaken(SnapshotName name, long rows, long bytes, double milliseconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Refusal}")]
    private partial void LogRefused(SnapshotRefusal refusal);

    [LoggerMessage(Level = LogLevel.Warning, Message = "module {Module}: no snapshot could be taken; the next attempt comes after {Events} more events")]
    private partial void LogFailed(Exception fault, string module, long events);
}
