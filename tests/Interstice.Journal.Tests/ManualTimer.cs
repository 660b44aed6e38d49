namespace Interstice.Journal.Tests;

/// <summary>A clock whose timers go off when they are told to.</summary>
internal sealed class ManualTimer : TimeProvider
{
    private readonly List<(TimerCallback Callback, object? State)> _timers = [];

    /// <summary>Lets all timers go off, on this thread.</summary>
    public void Fire()
    {
        foreach ((TimerCallback callback, object? state) in _timers.ToArray()) callback(state);
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        _timers.Add((callback, state));
        return new Timer(() => _timers.Remove((callback, state)));
    }

    private sealed class Timer(Action remove) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose() => remove();

        public ValueTask DisposeAsync()
        {
            remove();
            return ValueTask.CompletedTask;
        }
    }
}
