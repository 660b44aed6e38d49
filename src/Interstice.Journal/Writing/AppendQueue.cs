using Interstice.Kernel.Events;

namespace Interstice.Journal.Writing;

/// <summary>Appends in the order of their calls, between the callers and the writer. Bounded by number and bytes: a call that
/// finds it full blocks its thread until the writer has taken some.</summary>
internal sealed class AppendQueue(int appendsMax, long bytesMax)
{
    // How long the writer looks for more before it sleeps: waking a thread costs more than a commit of a fast device.
    private const int SpinRounds = 400;

    private readonly object _gate = new();
    private List<AppendRequest> _incoming = [];
    private int _count;
    private long _bytes;
    private int _blocked;
    private bool _isWriterAsleep;
    private EventStoreException? _refusal;

    /// <summary>Adds a request.</summary>
    /// <exception cref="EventStoreException">The queue was closed; nothing was or will be written.</exception>
    /// <exception cref="OperationCanceledException">The token ended the wait for room.</exception>
    public void Enqueue(AppendRequest request, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (IsFullLocked(request)) WaitForRoomLocked(request, cancellationToken);
            if (_refusal is not null) throw new EventStoreException(_refusal.Kind, _refusal.Message, _refusal);
            _count++;
            _bytes += request.EventBytes;
            _incoming.Add(request);
            if (!_isWriterAsleep) return;
            _isWriterAsleep = false;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Lets a request pass that will be written on the calling thread: only when none is before it, queued or being
    /// written. It counts until <see cref="Release"/>.</summary>
    /// <exception cref="EventStoreException">The queue was closed; nothing was or will be written.</exception>
    public bool TryPass(AppendRequest request)
    {
        lock (_gate)
        {
            if (_refusal is not null) throw new EventStoreException(_refusal.Kind, _refusal.Message, _refusal);
            if (_count > 0) return false;
            _count++;
            _bytes += request.EventBytes;
            return true;
        }
    }

    /// <summary>Writer: takes all that came in, waiting for something if need be.</summary>
    /// <param name="empty">An empty list, which the queue keeps for what comes next.</param>
    /// <returns>At least one request, or null when the queue was closed and everything was written.</returns>
    public List<AppendRequest>? Take(List<AppendRequest> empty)
    {
        for (int round = 0; round < SpinRounds && Volatile.Read(ref _incoming).Count == 0; round++) Thread.SpinWait(1);
        lock (_gate)
        {
            while (_incoming.Count == 0)
            {
                if (_refusal is not null && _count == 0) return null;
                _isWriterAsleep = true;
                Monitor.Wait(_gate);
            }

            _isWriterAsleep = false;
            List<AppendRequest> taken = _incoming;
            _incoming = empty;
            return taken;
        }
    }

    /// <summary>Writer: makes the room of requests that left the queue available again.</summary>
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

    private bool IsFullLocked(AppendRequest request) =>
        _refusal is null && _count > 0 && (_count >= appendsMax || _bytes + request.EventBytes > bytesMax);

    private void WaitForRoomLocked(AppendRequest request, CancellationToken cancellationToken)
    {
        CancellationTokenRegistration wake = cancellationToken.UnsafeRegister(static state =>
        {
            lock (state!) Monitor.PulseAll(state);
        }, _gate);
        _blocked++;
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
