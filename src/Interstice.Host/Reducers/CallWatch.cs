using Interstice.Host.Modules;

namespace Interstice.Host.Reducers;

/// <summary>Watches the calls of one loop by the clock and stops the one that takes too long.</summary>
/// <remarks>
/// <see cref="Begin"/> and <see cref="End"/> belong to the loop's thread, <see cref="Look"/> to any. Fuel decides how far a call
/// may go; the clock only aborts, and what it aborts is undone and never recorded.
/// Invariants: the state holds the number of the call, so a look at one call never stops another. An abort is sent under the
/// gate while the state says that this call is being aborted; <see cref="End"/> takes that state away and then passes the gate,
/// so no abort arrives after it.
/// </remarks>
/// <param name="time">The clock.</param>
/// <param name="limit">How long a call may take, or <see cref="Timeout.InfiniteTimeSpan"/>.</param>
public sealed class CallWatch(TimeProvider time, TimeSpan limit)
{
    private const int PhaseBits = 2;
    private const long PhaseMask = (1 << PhaseBits) - 1;
    private const long Idle = 0;
    private const long Running = 1;
    private const long Aborting = 2;

    private readonly Lock _gate = new();
    private IModuleInstance? _instance;
    private long _number;
    private long _startedAt;
    private long _state;

    /// <summary>How long a call may take.</summary>
    public TimeSpan Limit { get; } = limit;

    /// <summary>A call begins; its fuel is set.</summary>
    /// <param name="instance">The instance that runs it.</param>
    public void Begin(IModuleInstance instance)
    {
        _number++;
        _instance = instance;
        Volatile.Write(ref _startedAt, time.GetTimestamp());
        Volatile.Write(ref _state, (_number << PhaseBits) | Running);
    }

    /// <summary>The call goes on in another instance, or comes back from it; no abort reaches the one before from here on.</summary>
    public void Switch(IModuleInstance instance)
    {
        lock (_gate) _instance = instance;
    }

    /// <summary>The call has ended; no abort reaches the instance from here on.</summary>
    /// <returns>Whether it was aborted. Then its result and its fuel say nothing, whatever it ended with.</returns>
    public bool End()
    {
        long before = Interlocked.Exchange(ref _state, (_number << PhaseBits) | Idle);
        if ((before & PhaseMask) != Aborting) return false;
        lock (_gate)
        {
            // Empty: an abort that was under way has been sent once this is reached.
        }

        return true;
    }

    /// <summary>Stops the running call if its time is over. To be repeated: an engine may miss a request.</summary>
    public void Look()
    {
        long state = Volatile.Read(ref _state);
        if ((state & PhaseMask) == Running && IsOver(Volatile.Read(ref _startedAt)))
            Interlocked.CompareExchange(ref _state, (state & ~PhaseMask) | Aborting, state);
        if ((Volatile.Read(ref _state) & PhaseMask) != Aborting) return;
        lock (_gate)
        {
            if ((Volatile.Read(ref _state) & PhaseMask) == Aborting) _instance!.Abort();
        }
    }

    private bool IsOver(long startedAt) =>
        Limit != Timeout.InfiniteTimeSpan && time.GetElapsedTime(startedAt) > Limit;
}
