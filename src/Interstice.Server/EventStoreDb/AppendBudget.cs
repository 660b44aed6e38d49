namespace Interstice.Server.EventStoreDb;

/// <summary>What one batch call may have under way. One taker; anyone gives back.</summary>
internal sealed class AppendBudget(int appendsMax, long bytesMax)
{
    private readonly Lock _lock = new();
    private int _appends;
    private long _bytes;
    private TaskCompletionSource? _waiting;

    /// <summary>Takes room for an append, when there is some; one that is larger than the bound waits until it is alone.</summary>
    internal async ValueTask TakeAsync(long bytes, CancellationToken ended)
    {
        while (TryTake(bytes) is { } waiting) await waiting.WaitAsync(ended).ConfigureAwait(false);
    }

    /// <summary>Gives room back.</summary>
    internal void Return(int appends, long bytes)
    {
        TaskCompletionSource? waiting;
        lock (_lock)
        {
            _appends -= appends;
            _bytes -= bytes;
            waiting = _waiting;
            _waiting = null;
        }

        waiting?.SetResult();
    }

    /// <summary>Waits until all room was given back.</summary>
    internal async ValueTask IdleAsync(CancellationToken ended)
    {
        while (WaitUnlessIdle() is { } waiting) await waiting.WaitAsync(ended).ConfigureAwait(false);
    }

    private Task? TryTake(long bytes)
    {
        lock (_lock)
        {
            if (_appends > 0 && (_appends >= appendsMax || _bytes + bytes > bytesMax)) return WaitLocked();
            _appends++;
            _bytes += bytes;
            return null;
        }
    }

    private Task? WaitUnlessIdle()
    {
        lock (_lock) return _appends == 0 ? null : WaitLocked();
    }

    private Task WaitLocked() =>
        (_waiting ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
}
