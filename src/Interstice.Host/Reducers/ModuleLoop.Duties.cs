using Interstice.Host.Modules;
using Interstice.Host.Timers;
using Interstice.Kernel.Hashing;
using Interstice.Kernel.Schema;

namespace Interstice.Host.Reducers;

/// <summary>When the host looks at what it owes the module by itself: at once when it may begin to, and when the clock says so. One alarm for
/// all timers of a module, and none where there are no timers.</summary>
internal sealed partial class ModuleLoop
{
    // So many in a row before a waiting call gets its turn.
    private const int DutiesInARow = 64;
    private static readonly TimeSpan QueueFullPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan FirstAppendPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan AppendPauseMax = TimeSpan.FromSeconds(5);

    // Clocks are set, and timers of the system have an end.
    private static readonly TimeSpan AlarmMax = TimeSpan.FromHours(1);

    private DutyWork? _duty;
    private int _isDutyQueued;
    private int _dutiesInARow;
    private ITimer? _alarm;
    private StateHash _timersSeen;
    private int _appendsFailed;

    // Whether there may be more to do than timers.
    private bool _owesMore;
    private long _pausedUntilUs = long.MinValue;

    // While the host starts: what a duty calls may not be there yet.
    private bool _holdsDuties;

    /// <summary>Begins what the host owes the module, of a loop that was made to hold it. An order.</summary>
    public bool ReleaseDuties()
    {
        _holdsDuties = false;
        BeginDuties();
        return true;
    }

    /// <summary>Does the next thing that the host owes the module, if this host may.</summary>
    public void DoDuties()
    {
        Volatile.Write(ref _isDutyQueued, 0);
        if (_holdsDuties || _stopping || _loaded is not { } loaded || (_unavailable is not null && !_awaitsLifecycle)) return;
        if (NowUs() < _pausedUntilUs)
        {
            SetAlarm();
            return;
        }

        if (_owesMore) _owesMore = TryRunLifecycle(loaded) || TryDisconnectStale(loaded);
        if (_unavailable is not null) return;
        if (_owesMore || TryFire(loaded)) QueueDutyAgain();
        else SetAlarm();
    }

    // Where this host may begin: a build was loaded, or the module became its own. Before any call that waits.
    private void BeginDuties()
    {
        if (!_isOwner || _stopping || _loaded is null) return;
        _owesMore = true;
        if (!TryClaimDuty()) return;
        _again.Enqueue(_duty!);
    }

    // Called with each batch: whatever changes timers ends in one.
    private void WatchTimers()
    {
        if (Projection.State is null || SystemRows.TableOf(Projection, SystemTables.Timers).Hash == _timersSeen) return;
        SetAlarm();
    }

    private void SetAlarm()
    {
        if (Projection.State is null) return;
        _timersSeen = SystemRows.TableOf(Projection, SystemTables.Timers).Hash;
        if (!_isOwner || _stopping) return;
        bool hasTimer = SystemRows.TryFindFirstTimer(Projection, out ReadOnlySpan<byte> first);
        if (!hasTimer && !_owesMore) return;
        long wait = Math.Max(_owesMore ? long.MinValue : TimerRow.NextOf(first), _pausedUntilUs);
        Int128 us = (Int128)wait - NowUs();
        if (us <= 0)
        {
            QueueDuty();
            return;
        }

        // Rounded up, so that the alarm does not come a little early and finds nothing due.
        long ms = (long)Int128.Min((us + 999) / 1000, (long)AlarmMax.TotalMilliseconds);
        Alarm(TimeSpan.FromMilliseconds(ms));
    }

    private void Alarm(TimeSpan after)
    {
        _alarm ??= _time.CreateTimer(_ => QueueDuty(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _alarm.Change(after, Timeout.InfiniteTimeSpan);
    }

    private void EndAlarm()
    {
        _alarm?.Dispose();
        _promiseAlarm?.Dispose();
    }

    // Any thread. A queue that is full is asked again.
    private void QueueDuty()
    {
        if (_stopping || !TryClaimDuty() || _inbox.TryAdd(_duty!)) return;
        Volatile.Write(ref _isDutyQueued, 0);
        Alarm(QueueFullPause);
    }

    private void QueueDutyAgain()
    {
        if (++_dutiesInARow >= DutiesInARow)
        {
            _dutiesInARow = 0;
            QueueDuty();
        }
        else if (TryClaimDuty())
        {
            _again.Enqueue(_duty!);
        }
    }

    private bool TryClaimDuty()
    {
        if (_duty is null) Interlocked.CompareExchange(ref _duty, new DutyWork(() => Volatile.Write(ref _isDutyQueued, 0)), null);
        return Interlocked.Exchange(ref _isDutyQueued, 1) == 0;
    }

    // The store does not take what is written: what was undone is due again, but not at once.
    private void PauseDuties()
    {
        TimeSpan pause = FirstAppendPause * (1 << Math.Min(_appendsFailed++, 10));
        _owesMore = true;
        HoldForLifecycle();
        _pausedUntilUs = NowUs() + (long)TimeSpan.FromTicks(Math.Min(pause.Ticks, AppendPauseMax.Ticks)).TotalMicroseconds;
        SetAlarm();
    }

    private void EndPause()
    {
        if (_appendsFailed == 0) return;
        _appendsFailed = 0;
        _pausedUntilUs = long.MinValue;
        SetAlarm();
    }
}
