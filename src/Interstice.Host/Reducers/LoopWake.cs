using System.Diagnostics.CodeAnalysis;

namespace Interstice.Host.Reducers;

/// <summary>Lets a thread sleep until one of its inboxes gets something. Nobody is woken who is awake.</summary>
/// <remarks><see cref="BeginSleep"/>, <see cref="Sleep"/> and <see cref="EndSleep"/> belong to the thread that sleeps, the rest to
/// any. Whoever sleeps looks into its inboxes between <see cref="BeginSleep"/> and <see cref="Sleep"/>; whoever adds has added
/// before <see cref="WakeIfAsleep"/>.</remarks>
[SuppressMessage(
    "Design",
    "CA1001:Types that own disposable fields should be disposable",
    Justification = "Inboxes that outlive the thread may still wake it; the event has a finalizer and there is one a thread.")]
internal sealed class LoopWake
{
    private readonly AutoResetEvent _event = new(false);
    private int _asleep;

    /// <summary>From here on whoever adds wakes the thread.</summary>
    public void BeginSleep()
    {
        Volatile.Write(ref _asleep, 1);

        // A producer that did not see the flag has added before the look that follows; one that comes later sees the flag and wakes.
        Interlocked.MemoryBarrier();
    }

    /// <summary>Sleeps until somebody wakes the thread; not at all if somebody has since it slept last.</summary>
    public void Sleep() => _event.WaitOne();

    /// <summary>The thread is awake.</summary>
    public void EndSleep() => Volatile.Write(ref _asleep, 0);

    /// <summary>Wakes the thread if it sleeps or is about to.</summary>
    public void WakeIfAsleep()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _asleep) != 0) _event.Set();
    }

    /// <summary>Wakes the thread so that it looks at what else has changed.</summary>
    public void Wake() => _event.Set();
}
