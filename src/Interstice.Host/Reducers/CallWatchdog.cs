using System.Collections.Concurrent;

namespace Interstice.Host.Reducers;

/// <summary>Looks at the watches of all loops from time to time, on one timer.</summary>
internal sealed class CallWatchdog : IDisposable
{
    private static readonly TimeSpan IntervalMin = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan IntervalMax = TimeSpan.FromMilliseconds(250);

    private readonly TimeProvider _time;
    private readonly TimeSpan _limit;
    private readonly ConcurrentDictionary<CallWatch, bool> _watches = [];
    private readonly ITimer? _timer;

    /// <summary>Sets the timer going.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="limit">How long a call may take, or <see cref="Timeout.InfiniteTimeSpan"/>.</param>
    public CallWatchdog(TimeProvider time, TimeSpan limit)
    {
        _time = time;
        _limit = limit;
        if (limit == Timeout.InfiniteTimeSpan) return;
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(limit, TimeSpan.Zero);
        var interval = TimeSpan.FromTicks(Math.Clamp(limit.Ticks / 10, IntervalMin.Ticks, IntervalMax.Ticks));
        _timer = time.CreateTimer(_ => LookAtAll(), null, interval, interval);
    }

    /// <summary>Makes the watch of a loop.</summary>
    public CallWatch Add()
    {
        var watch = new CallWatch(_time, _limit);
        _watches[watch] = true;
        return watch;
    }

    /// <summary>Forgets the watch of a loop that has ended.</summary>
    public void Remove(CallWatch watch) => _watches.TryRemove(watch, out _);

    /// <inheritdoc/>
    public void Dispose() => _timer?.Dispose();

    private void LookAtAll()
    {
        foreach (CallWatch watch in _watches.Keys) watch.Look();
    }
}
