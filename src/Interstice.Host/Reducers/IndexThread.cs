using Interstice.Kernel.Events;
using Interstice.Kernel.Tables;

namespace Interstice.Host.Reducers;

/// <summary>Enters new rows into indexes on a thread of its own, while the loop runs the next calls.</summary>
/// <remarks>Invariant: batches are run in the order in which they came, one at a time. <see cref="Begin"/> and <see cref="Wait"/>
/// belong to the loop's thread. The thread is made by the first batch.</remarks>
/// <param name="stream">The module's stream, for the thread's name.</param>
internal sealed class IndexThread(StreamName stream) : IIndexEntering, IDisposable
{
    private readonly object _gate = new();
    private readonly Queue<IndexBatch> _waiting = new();
    private Thread? _thread;
    private bool _ends;

    /// <inheritdoc/>
    public void Begin(IndexBatch batch)
    {
        lock (_gate)
        {
            _waiting.Enqueue(batch);
            if (_thread is null) StartLocked();
            else Monitor.PulseAll(_gate);
        }
    }

    /// <inheritdoc/>
    public void Wait(IndexBatch batch)
    {
        lock (_gate)
        {
            while (!batch.IsDone) Monitor.Wait(_gate);
        }
    }

    /// <summary>Ends the thread when what waits has been run.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _ends = true;
            Monitor.PulseAll(_gate);
        }
    }

    private void StartLocked()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = $"indexes {stream}" };
        _thread.Start();
    }

    private void Run()
    {
        while (TryTake(out IndexBatch batch))
        {
            batch.Run();
            lock (_gate) Monitor.PulseAll(_gate);
        }
    }

    private bool TryTake(out IndexBatch batch)
    {
        lock (_gate)
        {
            while (_waiting.Count == 0)
            {
                batch = null!;
                if (_ends) return false;
                Monitor.Wait(_gate);
            }

            batch = _waiting.Dequeue();
            return true;
        }
    }
}
