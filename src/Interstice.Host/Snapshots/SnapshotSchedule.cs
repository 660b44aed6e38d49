using Interstice.Host.Idempotency;
using Interstice.Host.Retention;
using Interstice.Kernel.Events;
using Microsoft.Extensions.Logging;

namespace Interstice.Host.Snapshots;

/// <summary>Takes snapshots in the background while a host runs, every so many events. A snapshot that fails is logged and
/// tried again as many events later: the log is what counts.</summary>
internal sealed partial class SnapshotSchedule : IAsyncDisposable
{
    // How often old parts are looked for without a new snapshot: age alone makes them old enough.
    // Operations, as log lines name them.
    private const string Taking = "snapshot";
    private const string Archiving = "archive";

    private static readonly TimeSpan RetainInterval = TimeSpan.FromHours(1);

    private readonly SnapshotStore _snapshots;
    private readonly IEventStore _store;
    private readonly SnapshotOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Dictionary<string, Revision> _last;
    private readonly ILogRetention? _retention;
    private readonly CancellationTokenSource _stopping = new();
    private readonly KeyRetention _keys;
    private readonly Task _running;

    /// <summary>Starts it.</summary>
    /// <param name="snapshots">Where snapshots go.</param>
    /// <param name="store">The event store.</param>
    /// <param name="options">When they are taken.</param>
    /// <param name="keys">How long idempotency keys are kept.</param>
    /// <param name="last">Revision of the last snapshot of each module that has one.</param>
    /// <param name="names">Names of the modules.</param>
    /// <param name="retention">Moves what no snapshot needs any more; null for nobody.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where it logs.</param>
    public SnapshotSchedule(
        SnapshotStore snapshots,
        IEventStore store,
        SnapshotOptions options,
        KeyRetention keys,
        Dictionary<string, Revision> last,
        Func<IReadOnlyList<string>> names,
        ILogRetention? retention,
        TimeProvider time,
        ILogger logger)
    {
        _snapshots = snapshots;
        _store = store;
        _options = options;
        _keys = keys;
        _last = last;
        _retention = retention;
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
            bool isNew = true;
            long retained = _time.GetTimestamp();
            while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false))
            {
                foreach (string module in names()) isNew |= await TakeIfDueAsync(module).ConfigureAwait(false);
                if (!isNew && _time.GetElapsedTime(retained) < RetainInterval) continue;
                await RetainAsync().ConfigureAwait(false);
                retained = _time.GetTimestamp();
                isNew = false;
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // What was being written has only its unfinished name; the next writer removes it.
        }
    }

    // What may go changes with the snapshots and with time.
    private async Task RetainAsync()
    {
        if (_retention is null) return;
        try
        {
            if (!await _retention.IsDueAsync(_stopping.Token).ConfigureAwait(false)) return;
            LogNeeds needs = await LogNeeds.FindAsync(_snapshots, _store, _stopping.Token).ConfigureAwait(false);
            if (await _retention.ApplyAsync(needs, _stopping.Token).ConfigureAwait(false) is { } moved) LogMoved(Archiving, moved);
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !_stopping.IsCancellationRequested)
        {
            LogNotMoved(fault, Archiving);
        }
    }

    // Whether one was taken.
    private async Task<bool> TakeIfDueAsync(string module)
    {
        Revision before = _last.GetValueOrDefault(module, Revision.None);
        Revision last = before;
        bool isTaken = false;
        try
        {
            last = await _store.GetLastRevisionAsync(StreamNames.Module(module), _stopping.Token).ConfigureAwait(false);
            if (last.Value - before.Value < _options.EveryEvents) return false;
            SnapshotResult? result = await SnapshotTaking
                .RunAsync(_snapshots, _store, module, _options.Keep, _keys, _time, null, _stopping.Token)
                .ConfigureAwait(false);
            if (result is null) return false;
            isTaken = true;
            last = result.Name.Revision;
            foreach (SnapshotRefusal refusal in result.Refused) LogRefused(refusal, module, Taking);
            LogTaken(result.Name, result.Rows, result.Bytes, result.Elapsed.TotalMilliseconds, module, Taking);
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !_stopping.IsCancellationRequested)
        {
            LogFailed(fault, module, _options.EveryEvents, Taking);
        }

        _last[module] = last;
        return isTaken;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Operation}: {Moved}")]
    private partial void LogMoved(string operation, string moved);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Operation}: old segments of the log could not be moved; the next attempt comes after the next snapshot, or in an hour")]
    private partial void LogNotMoved(Exception fault, string operation);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Operation} of {Module}: took {Name}, {Rows} rows, {Bytes} bytes, {Milliseconds} ms")]
    private partial void LogTaken(SnapshotName name, long rows, long bytes, double milliseconds, string module, string operation);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Operation} of {Module}: {Refusal}")]
    private partial void LogRefused(SnapshotRefusal refusal, string module, string operation);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Operation} of {Module}: none could be taken; the next attempt comes after {Events} more events")]
    private partial void LogFailed(Exception fault, string module, long events, string operation);
}
