using Interstice.Host.Reducers;
using Interstice.Kernel.Events;

namespace Interstice.Host.Ownership;

/// <summary>Waits until a group that another host owns is to be taken over.</summary>
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
    private long _since;
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
        _since = time.GetTimestamp();
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
                else if (Left <= TimeSpan.Zero && await IsSilentAsync(stop).ConfigureAwait(false))
                {
                    return $"its owner was not heard of for {time.GetElapsedTime(_since).TotalSeconds:0.###} s";
                }
            }
        }
        finally
        {
            await ends.CancelAsync().ConfigureAwait(false);
            if (next is not null) await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await messages.DisposeAsync().ConfigureAwait(false);
        }
    }

    private TimeSpan Left => ReplicaOptions.MissedMax * Interval - time.GetElapsedTime(_since);

    // As the owner says it, within what may be set.
    private TimeSpan Interval => _heard is null
        ? options.HeartbeatInterval
        : TimeSpan.FromMilliseconds(Math.Clamp(
            _heard.IntervalMs,
            ReplicaOptions.HeartbeatIntervalMin.TotalMilliseconds,
            ReplicaOptions.HeartbeatIntervalMax.TotalMilliseconds));

    private async Task WaitForNextAsync(Task next, Task change, CancellationToken stop)
    {
        TimeSpan left = Left;
        if (left <= TimeSpan.Zero) return;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await Task.WhenAny(next, change, Task.Delay(left, time, ended.Token)).ConfigureAwait(false);
        stop.ThrowIfCancellationRequested();
        await ended.CancelAsync().ConfigureAwait(false);
    }

    private async Task HearAsync(SubscriptionMessage message, TaskCompletionSource decided)
    {
        _isCaughtUp |= message is SubscriptionMessage.CaughtUp;
        if (message is SubscriptionMessage.Events events)
        {
            _heardAt = events.Batch.Span[^1].Revision;
            _since = time.GetTimestamp();
            _heardCount++;
            if (HeartbeatStream.Decode(events.Batch.Span[^1]) is { } heartbeat) await NoteAsync(heartbeat).ConfigureAwait(false);

            // The first one may be old: only the next proves that somebody lives.
            if ((_isCaughtUp || _heardCount > 1) && _heard is { IsReleased: false }) decided.TrySetResult();
        }

        if (_isCaughtUp && options.FollowsOnly) decided.TrySetResult();
    }

    private async Task NoteAsync(OwnerHeartbeat heartbeat)
    {
        _heard = heartbeat;
        foreach (ModuleLoop loop in group.Members) await loop.OnLoopAsync(() => loop.Notice(heartbeat)).ConfigureAwait(false);
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
            epoch = Math.Max(epoch, await loop.OnLoopAsync(() => loop.Projection.Epoch).ConfigureAwait(false));
        return epoch;
    }

    // Whether the store, asked once more, has nothing newer: a subscription may have died without a word; nor has somebody taken the group,
    // whose first heartbeat is to come. What fails here is the store, and
    // the count begins anew when it answers.
    private async Task<bool> IsSilentAsync(CancellationToken stop)
    {
        (Revision revision, OwnerHeartbeat? heartbeat) = await stream.ReadLastAsync(stop).ConfigureAwait(false);
        ulong epoch = await ReadEpochAsync().ConfigureAwait(false);
        bool isSilent = revision <= _heardAt && epoch == Epoch;
        Epoch = epoch;
        if (revision > _heardAt)
        {
            _heardAt = revision;
            if (heartbeat is not null) await NoteAsync(heartbeat).ConfigureAwait(false);
        }

        if (!isSilent || options.FollowsOnly) _since = time.GetTimestamp();
        return isSilent && !options.FollowsOnly;
    }

    private EventStoreException Ended() =>
        new(EventStoreErrorKind.Unavailable, $"the subscription to stream {stream.Name} ended");
}
