using Interstice.Host.Reducers;
using Interstice.Kernel.Events;
using Microsoft.Extensions.Logging;

namespace Interstice.Host.Ownership;

/// <summary>Sees to it that a group has an owner: writes heartbeats while this host is it, and takes over when the heartbeats of another one
/// cease.</summary>
/// <remarks>
/// Liveness only: whoever is wrong about who is alive claims in vain or is claimed from, and the modules' streams decide. Silence is counted on
/// this host's own clock, since it last saw a heartbeat, and only while the store answers. A heartbeat comes at most
/// <see cref="ReplicaOptions.HeartbeatInterval"/> after the one before it, up to a tenth sooner, so that hosts do not write in step.
/// </remarks>
internal sealed partial class GroupWatch : IAsyncDisposable
{
    private const double JitterMax = 0.1;

    private readonly ExecutionGroup _group;
    private readonly IEventStore _store;
    private readonly HeartbeatStream _stream;
    private readonly ReplicaOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _decided = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _running = Task.CompletedTask;
    private Task<OwnerHeartbeat?>? _writing;
    private bool _isUnheard;
    private bool _isUnlimitedTold;

    /// <summary>Makes one; <see cref="Start"/> sets it going.</summary>
    /// <param name="group">The group; its loops were made to follow.</param>
    /// <param name="store">The store.</param>
    /// <param name="host">Id of this host.</param>
    /// <param name="options">Settings.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where it logs.</param>
    public GroupWatch(
        ExecutionGroup group, IEventStore store, Guid host, ReplicaOptions options, TimeProvider time, ILogger logger)
    {
        _group = group;
        _store = store;
        _options = options;
        _time = time;
        _logger = logger;
        _stream = new HeartbeatStream(store, group.Name, host, options);
    }

    /// <summary>The loops of the group's modules.</summary>
    public IReadOnlyList<ModuleLoop> Members => _group.Members;

    /// <summary>Ends when it is known whether this host owns the group or follows a living owner, or when the store does not answer.</summary>
    public Task Decided => _decided.Task;

    /// <summary>Sets it going.</summary>
    public void Start() => _running = Task.Run(RunAsync);

    /// <summary>Ends it, after the loops have ended. An owner gives the group up, so that another host need not wait.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stopping.Dispose();
        if (_group.Role != ModuleRole.Owner || !_group.Members.All(loop => loop.HasEnded)) return;
        try
        {
            // One at a time; what became of it, the next one finds out.
            if (_writing is not null) await ((Task)_writing).WaitAsync(Patience, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_writing is { IsCompleted: false }) throw new TimeoutException("the store has not answered");
            await _stream.WriteAsync(_group.Epoch, isReleased: true, CancellationToken.None)
                .WaitAsync(Patience, _time).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is EventStoreException or TimeoutException)
        {
            LogNotReleased(_group.Name, fault.Message);
        }
    }

    private TimeSpan Patience => _options.HeartbeatInterval * ReplicaOptions.MissedMax;

    private async Task RunAsync()
    {
        CancellationToken stop = _stopping.Token;
        try
        {
            foreach (ModuleLoop loop in _group.Members) await loop.OnLoopAsync(loop.Follow).WaitAsync(stop).ConfigureAwait(false);
            while (true)
            {
                Task change = _group.RoleChange;
                switch (_group.Role)
                {
                    case ModuleRole.Owner:
                        _decided.TrySetResult();
                        await BeatAsync(change, stop).ConfigureAwait(false);
                        break;
                    case ModuleRole.Following when _group.IsLed:
                        await BeatAsync(change, stop).ConfigureAwait(false);
                        await CompleteAsync(stop).ConfigureAwait(false);
                        break;
                    case ModuleRole.Following:
                        await WatchAsync(change, stop).ConfigureAwait(false);
                        break;
                    case ModuleRole.Resolving:
                        await PauseAsync(change, _options.HeartbeatInterval, stop).ConfigureAwait(false);
                        if (_group.IsUnanswered) _decided.TrySetResult();
                        break;
                    default:
                        _decided.TrySetResult();
                        await change.WaitAsync(stop).ConfigureAwait(false);
                        break;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The host stops, or a loop has ended.
        }
        catch (Exception fault)
        {
            // A defect of the host or of the store's adapter: the group goes on with the owner that it has.
            LogFailed(fault, _group.Name);
        }

        _decided.TrySetResult();
    }

    private async Task BeatAsync(Task change, CancellationToken stop)
    {
        try
        {
            _writing ??= _stream.WriteAsync(_group.Epoch, isReleased: false, stop);
            await Task.WhenAny(_writing, Task.Delay(Patience, _time, stop)).ConfigureAwait(false);
            stop.ThrowIfCancellationRequested();
            if (!_writing.IsCompleted) throw new TimeoutException("the store has not answered");
            Task<OwnerHeartbeat?> written = _writing;
            _writing = null;
            OwnerHeartbeat? other = await written.ConfigureAwait(false);
            _isUnheard = false;
            if (_stream.IsUnlimited && !_isUnlimitedTold) LogUnlimited(_group.Name, _stream.Name);
            _isUnlimitedTold = _stream.IsUnlimited;
            if (other is not null)
                foreach (ModuleLoop loop in _group.Members) await loop.OnLoopAsync(() => loop.Doubt(other)).WaitAsync(stop).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is EventStoreException or TimeoutException)
        {
            if (!_isUnheard) LogUnheard(_group.Name, fault.Message);
            _isUnheard = true;
        }

        TimeSpan pause = _options.HeartbeatInterval * (1 - (JitterMax * Random.Shared.NextDouble()));
        await PauseAsync(change, pause, stop).ConfigureAwait(false);
    }

    // Until a role changes: by taking over, or because a module failed.
    private async Task WatchAsync(Task change, CancellationToken stop)
    {
        try
        {
            var silence = new OwnerSilence(_group, _store, _stream, _options, _time);
            string? reason = await silence.WaitAsync(change, _decided, stop).ConfigureAwait(false);
            if (reason is null) return;
            LogTakesOver(_group.Name, reason);
            foreach (ModuleLoop loop in _group.Members)
                if (!await TakeAsync(loop, reason, silence.Epoch, stop).ConfigureAwait(false)) break;
        }
        catch (EventStoreException fault)
        {
            LogDeaf(_group.Name, fault.Message);
            _decided.TrySetResult();
            foreach (ModuleLoop loop in _group.Members)
                await loop.OnLoopAsync(() => loop.ReportStore(fault.Message)).WaitAsync(stop).ConfigureAwait(false);
            await PauseAsync(change, _options.HeartbeatInterval, stop).ConfigureAwait(false);
        }
    }

    // The first module decides whose the group is: where hosts came by some modules each, its owner takes the others.
    private async Task CompleteAsync(CancellationToken stop)
    {
        string reason = $"this host owns module {_group.Name}, which may call it or be called by it";
        foreach (ModuleLoop loop in _group.Members)
        {
            if (loop.Standing.Role != ModuleRole.Following) continue;
            ulong epoch = await loop.OnLoopAsync(() => loop.Projection.Epoch).WaitAsync(stop).ConfigureAwait(false);
            if (!await TakeAsync(loop, reason, epoch, stop).ConfigureAwait(false)) return;
        }
    }

    private async Task<bool> TakeAsync(ModuleLoop loop, string reason, ulong epoch, CancellationToken stop)
    {
        await loop.OnLoopAsync(() => loop.TakeOver(reason, epoch)).WaitAsync(stop).ConfigureAwait(false);
        while (true)
        {
            Task change = loop.RoleChange;
            ModuleStanding standing = loop.Standing;
            if (standing.Role != ModuleRole.Resolving) return standing.Role == ModuleRole.Owner;
            if (standing.FailedAttempts > 0) _decided.TrySetResult();
            await PauseAsync(change, _options.HeartbeatInterval, stop).ConfigureAwait(false);
        }
    }

    private async Task PauseAsync(Task change, TimeSpan pause, CancellationToken stop)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await Task.WhenAny(change, Task.Delay(pause, _time, ended.Token)).ConfigureAwait(false);
        stop.ThrowIfCancellationRequested();
        await ended.CancelAsync().ConfigureAwait(false);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "group {Group} is taken over: {Reason}")]
    private partial void LogTakesOver(string group, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "group {Group}: heartbeats cannot be written, so that another host may take over: {Reason}")]
    private partial void LogUnheard(string group, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message =
        "group {Group}: the store refuses settings of stream {Stream}, so every heartbeat is kept; allow this host to write them, or set $maxCount 1 there")]
    private partial void LogUnlimited(string group, StreamName stream);

    [LoggerMessage(Level = LogLevel.Warning, Message = "group {Group}: heartbeats of the owner cannot be read: {Reason}")]
    private partial void LogDeaf(string group, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "group {Group} was not released, other hosts wait for its heartbeats to cease: {Reason}")]
    private partial void LogNotReleased(string group, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "group {Group}: who owns it is no longer looked after; restart the host")]
    private partial void LogFailed(Exception fault, string group);
}
