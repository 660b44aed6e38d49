using System.Collections.Concurrent;
using System.Diagnostics;

namespace Interstice.Host.Reducers;

/// <summary>Where a loop takes its work from: many producers, one consumer, bounded, no wake-up while it is awake.</summary>
internal sealed class LoopInbox
{
    private const int SpinsBetweenLooks = 4;
    private const int ImpatienceMax = 64;
    private static readonly long PatienceTicks = Stopwatch.Frequency / 15_000;

    private readonly ConcurrentQueue<LoopWork> _work = new();
    private readonly ConcurrentQueue<TransactionBatch> _ended = new();
    private readonly ConcurrentQueue<LoopOrder> _orders = new();
    private readonly int _workMax;
    private SharedCount _workCount;
    private WorkAhead _ahead;
    private volatile LoopWake _wake = new();
    private int _impatience;
    private int _turnsImpatient;

    /// <summary>Makes one.</summary>
    /// <param name="workMax">Most works that may wait, 1 or more.</param>
    public LoopInbox(int workMax) => _workMax = workMax;

    /// <summary>Queues work.</summary>
    /// <returns>False when the queue is full.</returns>
    public bool TryAdd(LoopWork work)
    {
        if (Interlocked.Increment(ref _workCount.Value) > _workMax)
        {
            Interlocked.Decrement(ref _workCount.Value);
            return false;
        }

        _work.Enqueue(work);
        _wake.WakeIfAsleep();
        return true;
    }

    /// <summary>Queues a batch whose append has ended; never refused, since at most as many are queued as appends are in flight.</summary>
    public void Add(TransactionBatch ended)
    {
        _ended.Enqueue(ended);
        _wake.WakeIfAsleep();
    }

    /// <summary>Queues an order of the host; never refused.</summary>
    public void Post(LoopOrder order)
    {
        _orders.Enqueue(order);
        _wake.WakeIfAsleep();
    }

    /// <summary>Takes the next order, if there is one.</summary>
    public bool TryTakeOrder(out LoopOrder order)
    {
        bool taken = _orders.TryDequeue(out LoopOrder? posted);
        order = posted!;
        return taken;
    }

    /// <summary>Wakes the consumer so that it looks at what else has changed.</summary>
    public void Wake()
    {
        // Whoever says by another wake how it is woken sees what changed before, or is woken by that.
        Interlocked.MemoryBarrier();
        _wake.Wake();
    }

    /// <summary>Says what wakes the consumer from now on. It looks into the inbox before it sleeps next.</summary>
    public void WakeBy(LoopWake wake)
    {
        _wake = wake;
        Interlocked.MemoryBarrier();
    }

    /// <summary>Whether there is something to take.</summary>
    /// <param name="forAppendsOnly">Whether work is not what the consumer waits for.</param>
    public bool HasSomething(bool forAppendsOnly) =>
        !_ended.IsEmpty || !_orders.IsEmpty || (!forAppendsOnly && !(_ahead.IsEmpty && _work.IsEmpty));

    /// <summary>Number of works that wait.</summary>
    public int WorkCount => Volatile.Read(ref _workCount.Value);

    /// <summary>Takes the next work, if there is one.</summary>
    public bool TryTakeWork(out LoopWork work)
    {
        if (!_ahead.TryTake(_work, out work)) return false;
        Interlocked.Decrement(ref _workCount.Value);
        return true;
    }

    /// <summary>Takes work that was queued when the consumer had ended already; any thread may.</summary>
    public bool TryTakeLate(out LoopWork work)
    {
        bool taken = _work.TryDequeue(out LoopWork? late);
        if (taken) Interlocked.Decrement(ref _workCount.Value);
        work = late!;
        return taken;
    }

    /// <summary>Takes the next batch whose append has ended, if there is one.</summary>
    public bool TryTakeEnded(out TransactionBatch batch)
    {
        bool taken = _ended.TryDequeue(out TransactionBatch? ended);
        batch = ended!;
        return taken;
    }

    /// <summary>Sleeps until there may be something to take.</summary>
    /// <param name="forAppendsOnly">Whether work is not what the consumer waits for.</param>
    public void Wait(bool forAppendsOnly)
    {
        LoopWake wake = _wake;
        wake.BeginSleep();
        if (!HasSomething(forAppendsOnly)) wake.Sleep();
        wake.EndSleep();
    }

    /// <summary>Waits for work without sleeping, for about as long as a caller takes that was just answered; after a time in vain
    /// not in the next turns, ever more of them.</summary>
    /// <returns>Whether there is work.</returns>
    public bool WaitAwake()
    {
        if (_turnsImpatient > 0)
        {
            _turnsImpatient--;
            return false;
        }

        long started = Stopwatch.GetTimestamp();
        while (_ahead.IsEmpty && _work.IsEmpty)
        {
            if (Stopwatch.GetTimestamp() - started > PatienceTicks)
            {
                _turnsImpatient = _impatience = Math.Clamp(2 * _impatience, 1, ImpatienceMax);
                return false;
            }

            Thread.SpinWait(SpinsBetweenLooks);
        }

        _impatience = 0;
        return true;
    }
}
