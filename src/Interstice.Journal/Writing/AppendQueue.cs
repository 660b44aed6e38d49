using System.Diagnostics;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Writing;

/// <summary>Appends in the order of their calls, and whose turn it is to write them. Bounded by number and bytes: a call that finds
/// it full blocks its thread until there is room.</summary>
/// <remarks>
/// <para>One at a time has the turn: the writer's thread, a pool thread that took what was queued, or a caller that writes its own
/// append. Who has it writes everything that was taken before anyone takes more, so that the order of calls holds.</para>
/// <para>Nothing is left lying: who queues something wakes the writer or another, unless the writer is awake or somebody has the
/// turn; who ends a turn wakes the writer if something came meanwhile.</para>
/// </remarks>
internal sealed class AppendQueue(int appendsMax, long bytesMax)
{
    private readonly object _gate = new();
    private List<AppendRequest> _incoming = [];
    private List<AppendRequest> _spare = [];
    private int _count;
    private long _bytes;
    private int _blocked;
    private bool _hasTurn;
    private bool _isWriterAsleep;
    private EventStoreException? _refusal;

    /// <summary>Adds a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Ends the wait for room.</param>
    /// <returns>Whether the caller must see to it that somebody takes the turn, because the writer is asleep and nothing else is queued:
    /// <see cref="WakeWriter"/>, or another thread that calls <see cref="TryTake"/>.</returns>
    /// <exception cref="EventStoreException">The queue was closed; nothing was or will be written.</exception>
    /// <exception cref="OperationCanceledException">The token ended the wait for room.</exception>
    public bool Enqueue(AppendRequest request, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (IsFullLocked(request)) WaitForRoomLocked(request, cancellationToken);
            if (_refusal is not null) throw new EventStoreException(_refusal.Kind, _refusal.Message, _refusal);
            bool isAlone = _count == 0;
            _count++;
            _bytes += request.EventBytes;
            _incoming.Add(request);
            if (_hasTurn || !_isWriterAsleep) return false;
            if (isAlone) return true;
            WakeWriterLocked();
            return false;
        }
    }

    /// <summary>Wakes the writer if it sleeps.</summary>
    public void WakeWriter()
    {
        lock (_gate) WakeWriterLocked();
    }

    /// <summary>Gives the turn to a request that will be written on the calling thread: only when none is before it, queued or
    /// being written. It counts until <see cref="Release"/>; the turn ends with <see cref="EndTurn"/>.</summary>
    /// <exception cref="EventStoreException">The queue was closed; nothing was or will be written.</exception>
    public bool TryPass(AppendRequest request)
    {
        lock (_gate)
        {
            if (_refusal is not null) throw new EventStoreException(_refusal.Kind, _refusal.Message, _refusal);
            if (_count > 0 || _hasTurn) return false;
            _count++;
            _bytes += request.EventBytes;
            _hasTurn = true;
            return true;
        }
    }

    /// <summary>Pool thread: takes the turn and all that came in, if the turn is free and there is something.</summary>
    public List<AppendRequest>? TryTake()
    {
        lock (_gate) return _hasTurn || _incoming.Count == 0 ? null : TakeLocked();
    }

    /// <summary>Writer: takes the turn and all that came in, waiting for them if need be.</summary>
    /// <returns>At least one request, or null when the queue was closed and everything was written.</returns>
    public List<AppendRequest>? Take()
    {
        lock (_gate)
        {
            while (_hasTurn || _incoming.Count == 0)
            {
                if (_refusal is not null && _count == 0 && !_hasTurn) return null;
                _isWriterAsleep = true;
                Monitor.Wait(_gate);
            }

            _isWriterAsleep = false;
            return TakeLocked();
        }
    }

    /// <summary>Ends a turn. What was taken has been written and released.</summary>
    /// <param name="taken">What <see cref="Take"/> or <see cref="TryTake"/> gave; null after <see cref="TryPass"/>.</param>
    /// <returns>How many requests are queued.</returns>
    public int EndTurn(List<AppendRequest>? taken)
    {
        taken?.Clear();
        lock (_gate)
        {
            if (taken is not null) _spare = taken;
            _hasTurn = false;
            if (_incoming.Count > 0 || _refusal is not null) WakeWriterLocked();
            return _incoming.Count;
        }
    }

    /// <summary>Writer, between two turns: waits without sleeping until so many requests are queued.</summary>
    /// <param name="requests">How many.</param>
    /// <param name="ticksMax">How long at most, in ticks of <see cref="Stopwatch"/>.</param>
    /// <returns>False when the time was over first.</returns>
    public bool WaitFor(int requests, long ticksMax)
    {
        long started = Stopwatch.GetTimestamp();
        while (Volatile.Read(ref _incoming).Count < requests)
        {
            if (Stopwatch.GetTimestamp() - started > ticksMax) return false;
            Thread.SpinWait(4);
        }

        return true;
    }

    /// <summary>Makes the room of requests that left the queue available again.</summary>
    public void Release(int count, long bytes)
    {
        lock (_gate)
        {
            _count -= count;
            _bytes -= bytes;
            if (_blocked > 0 || _refusal is not null) Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Refuses what is added from now on. The first refusal stays.</summary>
    public void Close(EventStoreException refusal)
    {
        lock (_gate)
        {
            _refusal ??= refusal;
            Monitor.PulseAll(_gate);
        }
    }

    private List<AppendRequest> TakeLocked()
    {
        _hasTurn = true;
        List<AppendRequest> taken = _incoming;
        Volatile.Write(ref _incoming, _spare);
        return taken;
    }

    private void WakeWriterLocked()
    {
        if (!_isWriterAsleep) return;
        _isWriterAsleep = false;
        Monitor.PulseAll(_gate);
    }

    private bool IsFullLocked(AppendRequest request) =>
        _refusal is null && _count > 0 && (_count >= appendsMax || _bytes + request.EventBytes > bytesMax);

    private void WaitForRoomLocked(AppendRequest request, CancellationToken cancellationToken)
    {
        CancellationTokenRegistration wake = cancellationToken.UnsafeRegister(static state =>
        {
            lock (state!) Monitor.PulseAll(state);
        }, _gate);
        _blocked++;
        if (!_hasTurn) WakeWriterLocked(); // a pool that is full of callers that wait here gives nobody the turn
        try
        {
            while (IsFullLocked(request))
            {
                cancellationToken.ThrowIfCancellationRequested();
                Monitor.Wait(_gate);
            }
        }
        finally
        {
            _blocked--;
            wake.Unregister(); // not Dispose, which would wait for a callback that waits for the gate
        }
    }
}
