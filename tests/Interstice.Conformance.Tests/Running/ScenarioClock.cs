using System.Diagnostics;

namespace Interstice.Conformance.Tests.Running;

/// <summary>The time of day stands until a scenario moves it, so that what a module sees of it can be told beforehand. Elapsed time runs as it does, and jumps
/// with the time of day: pauses, heartbeats and retries of the host go on by themselves.</summary>
internal sealed class ScenarioClock : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly Lock _gate = new();
    private readonly HashSet<JumpingTimer> _timers = [];
    private long _movedTicks;

    public long NowUs => (GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => Start.AddTicks(Interlocked.Read(ref _movedTicks));

    public override long GetTimestamp() => Stopwatch.GetElapsedTime(0).Ticks + Interlocked.Read(ref _movedTicks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new JumpingTimer(this, callback, state);
        lock (_gate) _timers.Add(timer);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock, and fires what has become due.</summary>
    public void Advance(TimeSpan by)
    {
        Interlocked.Add(ref _movedTicks, by.Ticks);
        JumpingTimer[] timers;
        lock (_gate) timers = [.. _timers];
        foreach (JumpingTimer timer in timers) timer.Look();
    }

    private void Forget(JumpingTimer timer)
    {
        lock (_gate) _timers.Remove(timer);
    }

    private sealed class JumpingTimer : ITimer
    {
        private readonly ScenarioClock _clock;
        private readonly TimerCallback _callback;
        private readonly object? _state;
        private readonly Lock _gate = new();
        private readonly Timer _alarm;
        private long _due = long.MaxValue;
        private TimeSpan _period;

        public JumpingTimer(ScenarioClock clock, TimerCallback callback, object? state)
        {
            (_clock, _callback, _state) = (clock, callback, state);
            _alarm = new Timer(_ => Look(), null, Timeout.Infinite, Timeout.Infinite);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (_gate)
            {
                _period = period;
                _due = dueTime == Timeout.InfiniteTimeSpan ? long.MaxValue : _clock.GetTimestamp() + dueTime.Ticks;
                return SetLocked();
            }
        }

        /// <summary>Fires if it is due, or else is set anew: the alarm may ring a little early.</summary>
        public void Look()
        {
            lock (_gate)
            {
                if (_due > _clock.GetTimestamp())
                {
                    if (_due != long.MaxValue) SetLocked();
                    return;
                }

                _due = _period > TimeSpan.Zero ? _clock.GetTimestamp() + _period.Ticks : long.MaxValue;
                SetLocked();
            }

            _callback(_state);
        }

        public void Dispose()
        {
            lock (_gate) _due = long.MaxValue;
            _alarm.Dispose();
            _clock.Forget(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private bool SetLocked()
        {
            if (_due == long.MaxValue) return _alarm.Change(Timeout.Infinite, Timeout.Infinite);
            long milliseconds = (_due - _clock.GetTimestamp()) / TimeSpan.TicksPerMillisecond;
            return _alarm.Change(Math.Clamp(milliseconds + 1, 0, int.MaxValue), Timeout.Infinite);
        }
    }
}
