using Interstice.Host.Reducers;
using Interstice.Kernel.Events;

namespace Interstice.Host.Ownership;

/// <summary>Waits until a group that another host owns is to be taken over.</summary>
/// <remarks>The store is asked for the last heartbeat an interval after one was seen, and each interval from then on. Only an interval at
/// whose end it answered within half of one, with nothing newer, counts as missed: an owner that was cut off from the same store needs time
/// to be heard of again. Whatever else comes begins the count anew.</remarks>
/// <param name="group">The group.</param>
/// <param name="store">The store.</param>
/// <param name="stream">The heartbeats.</param>
/// <param name="options">Settings of this host.</param>
/// <param name="time">Measures the silence.</param>
internal sealed class OwnerSilence(
    ExecutionGroup group, IEventStore store, HeartbeatStream stream, ReplicaOptions options, TimeProvider time)
{
    private OwnerHeartbeat? _heard;
    private Revision _heardAt = Revision.None;
    private Task<(Revision Revision, OwnerHeartbeat? Heartbeat)>? _asking;
    private CancellationToken _stop;
    private long _since;
    private long _askedAt;
    private bool _isLate;
    private bool _counts;
    private int _missed;
    private int _heardCount;
    private bool _isCaughtUp;

    /// <summary>Highest epoch of the group when it was found that it is to be taken over.</summary>
    public ulong Epoch { get; private set; }

    /// <summary>Waits.</summary>
    /// <param name="change">Ends the waiting.</param>
    /// <param name="decided">Told when the owner was found alive.</param>
    /// <param name="stop">Ends the waiting with <see cref="OperationCanceledException"/>.</param>
    /// <returns>Why the group is to be taken over; null when <paramref name="change"/> ended first.</returns>
    /// <exception cref="EventStoreException">The heartbeats cannot be read.</exception>
    public async Task<string?> WaitAsync(Task change, TaskCompletionSource decided, CancellationToken stop)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(stop);
        IAsyncEnumerator<SubscriptionMessage> messages =
            store.SubscribeToStreamAsync(stream.Name, Revision.None, ends.Token).GetAsyncEnumerator(CancellationToken.None);
        Task<bool>? next = null;
        _stop = stop;
        BeginCount();
        Epoch = await ReadEpochAsync().ConfigureAwait(false);
        try
        {
            while (true)
            {
                next ??= messages.MoveNextAsync().AsTask();
                await WaitForNextAsync(next, change, ends.Token).ConfigureAwait(false);
                if (change.IsCompleted) return null;
                if (next.IsCompleted)
                {
                    if (!await next.ConfigureAwait(false)) throw Ended();
                    next = null;
                    await HearAsync(messages.Current, decided).ConfigureAwait(false);
                    if (await FindReleaseAsync().ConfigureAwait(false) is { } reason) return reason;
                }

                if (await IsSilentAsync(decided, ends.Token).ConfigureAwait(false))
                    return $"its owner was not heard of for {time.GetElapsedTime(_since).TotalSeconds:0.###} s";
            }
        }
        finally
        {
            await ends.CancelAsync().ConfigureAwait(false);
            if (next is not null) await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_asking is not null) await ((Task)_asking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await messages.DisposeAsync().ConfigureAwait(false);
        }
    }

    private TimeSpan AnswerTimeMax => Interval / 2;

    // As the owner says it, within what may be set.
    private TimeSpan Interval => _heard is null
        ? options.HeartbeatInterval
        : TimeSpan.FromMilliseconds(Math.Clamp(
            _heard.IntervalMs,
            ReplicaOptions.HeartbeatIntervalMin.TotalMilliseconds,
            ReplicaOptions.HeartbeatIntervalMax.TotalMilliseconds));

    private void BeginCount()
    {
        _missed = 0;
        _counts = false;
        _since = _askedAt = time.GetTimestamp();
    }

    // For a message, a change, an answer, or for the time to ask or to give an answer up as late.
    private async Task WaitForNextAsync(Task next, Task change, CancellationToken stop)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        TimeSpan left = (_asking is null ? Interval : AnswerTimeMax) - time.GetElapsedTime(_askedAt);
        TimeSpan pause = _asking is not null && _isLate ? Timeout.InfiniteTimeSpan : left > TimeSpan.Zero ? left : TimeSpan.Zero;
        await Task.WhenAny(next, change, _asking ?? next, Task.Delay(pause, time, ended.Token)).ConfigureAwait(false);
        stop.ThrowIfCancellationRequested();
        await ended.CancelAsync().ConfigureAwait(false);
    }

    private async Task HearAsync(SubscriptionMessage message, TaskCompletionSource decided)
    {
        _isCaughtUp |= message is SubscriptionMessage.CaughtUp;
        if (message is SubscriptionMessage.FellBehind) BeginCount();
        if (message is SubscriptionMessage.Events events)
        {
            (Revision revision, OwnerHeartbeat? heartbeat) = (events.Batch.Span[^1].Revision, HeartbeatStream.Decode(events.Batch.Span[^1]));
            await HearAsync(revision, heartbeat, decided).ConfigureAwait(false);
        }

        if (_isCaughtUp && options.FollowsOnly) decided.TrySetResult();
    }

    // Whether the owner was heard of: by the subscription or by asking, once for each heartbeat.
    private async Task<bool> HearAsync(Revision revision, OwnerHeartbeat? heartbeat, TaskCompletionSource decided)
    {
        if (revision <= _heardAt) return false;
        _heardAt = revision;
        if (heartbeat is null || !await NoteAsync(heartbeat).ConfigureAwait(false)) return false;

        // The first one may be old: only the next proves that somebody lives.
        _heardCount++;
        if ((_isCaughtUp || _heardCount > 1) && !heartbeat.IsReleased) decided.TrySetResult();
        return true;
    }

    // Whether it is one of the owner: a host that was replaced and has not noticed keeps nobody from taking over.
    private async Task<bool> NoteAsync(OwnerHeartbeat heartbeat)
    {
        bool isOwners = false;
        foreach (ModuleLoop loop in group.Members)
            isOwners |= await loop.OnLoopAsync(() => loop.Notice(heartbeat)).WaitAsync(_stop).ConfigureAwait(false);
        if (!isOwners) return false;
        _heard = heartbeat;
        BeginCount();
        return true;
    }

    // Nobody ever owned the group, or its last owner gave it up. A release of an epoch below the group's is one of long ago.
    private async Task<string?> FindReleaseAsync()
    {
        if (!_isCaughtUp || options.FollowsOnly || _heard is { IsReleased: false }) return null;
        ulong epoch = await ReadEpochAsync().ConfigureAwait(false);
        if (epoch > (_heard?.Epoch ?? 0)) return null;
        Epoch = epoch;
        return _heard is null ? "nobody ever owned it" : $"host {_heard.Name} ({_heard.Host}) has given it up";
    }

    private async Task<ulong> ReadEpochAsync()
    {
        ulong epoch = 0;
        foreach (ModuleLoop loop in group.Members)
            epoch = Math.Max(epoch, await loop.OnLoopAsync(() => loop.Projection.Epoch).WaitAsync(_stop).ConfigureAwait(false));
        return epoch;
    }

    // What fails here is the store, and the count begins anew when it answers.
    private async Task<bool> IsSilentAsync(TaskCompletionSource decided, CancellationToken stop)
    {
        if (_asking is null)
        {
            if (time.GetElapsedTime(_askedAt) < Interval) return false;
            _askedAt = time.GetTimestamp();
            (_isLate, _counts) = (false, true);
            _asking = stream.ReadLastAsync(stop);
        }

        TimeSpan taken = time.GetElapsedTime(_askedAt);
        if (!_asking.IsCompleted)
        {
            if (taken < AnswerTimeMax || _isLate) return false;
            (_isLate, _counts) = (true, false);
            decided.TrySetResult();
            await ReportAsync($"no answer for {taken.TotalSeconds:0.###} s").ConfigureAwait(false);
            return false;
        }

        Task<(Revision Revision, OwnerHeartbeat? Heartbeat)> asked = _asking;
        _asking = null;
        (Revision revision, OwnerHeartbeat? heartbeat) = await asked.ConfigureAwait(false);
        await ReportAsync(null).ConfigureAwait(false);
        if (await HearAsync(revision, heartbeat, decided).ConfigureAwait(false)) return false;
        if (taken < AnswerTimeMax && _counts) return ++_missed >= ReplicaOptions.MissedMax && await MayTakeAsync().ConfigureAwait(false);
        BeginCount();
        return false;
    }

    // Unless somebody has taken the group whose first heartbeat is to come.
    private async Task<bool> MayTakeAsync()
    {
        ulong epoch = await ReadEpochAsync().ConfigureAwait(false);
        bool isUntaken = epoch == Epoch;
        Epoch = epoch;
        if (isUntaken && !options.FollowsOnly) return true;
        BeginCount();
        return false;
    }

    private async Task ReportAsync(string? unanswered)
    {
        foreach (ModuleLoop loop in group.Members) await loop.OnLoopAsync(() => loop.ReportStore(unanswered)).WaitAsync(_stop).ConfigureAwait(false);
    }

    private EventStoreException Ended() =>
        new(EventStoreErrorKind.Unavailable, $"the subscription to stream {stream.Name} ended");
}
