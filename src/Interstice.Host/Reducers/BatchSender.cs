using Interstice.Kernel.Events;

namespace Interstice.Host.Reducers;

/// <summary>Sends batches one after another: a small one at once on the loop's thread, a large one on a thread of its own, so that
/// the loop runs the next calls while a batch is hashed.</summary>
/// <remarks>Invariants: batches are sent in the order in which they came, one at a time; a batch is sent at once only when no
/// other waits or is being sent. <see cref="Send"/> and <see cref="Settle"/> belong to the loop's thread. The thread is made by the
/// first large batch.</remarks>
/// <typeparam name="TBatch">What is sent.</typeparam>
/// <param name="send">Hashes a batch and hands it to the store; returns when the store has it, not when it is durable.</param>
/// <param name="stream">The stream, for the thread's name.</param>
internal sealed class BatchSender<TBatch>(Action<TBatch> send, StreamName stream) : IDisposable
    where TBatch : class, ILinked
{
    /// <summary>Most links of the hash chain that are hashed on the loop's thread: about as long as it takes to wake a
    /// thread.</summary>
    public const int LinksAtOnceMax = 16;

    private readonly object _gate = new();
    private readonly Queue<TBatch> _waiting = new();
    private Thread? _thread;
    private bool _isSending;
    private bool _ends;

    /// <summary>Sends a batch, now or after those before it.</summary>
    public void Send(TBatch batch)
    {
        lock (_gate)
        {
            bool isLast = _isSending || _waiting.Count > 0;
            if (isLast || batch.UnlinkedCount > LinksAtOnceMax)
            {
                _waiting.Enqueue(batch);
                if (_thread is null) StartLocked();
                else if (!_isSending) Monitor.PulseAll(_gate);
                return;
            }
        }

        send(batch);
    }

    /// <summary>Waits until every batch has been sent.</summary>
    public void Settle()
    {
        lock (_gate)
        {
            while (_isSending || _waiting.Count > 0) Monitor.Wait(_gate);
        }
    }

    /// <summary>Ends the thread when what waits has been sent.</summary>
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
        _thread = new Thread(Run) { IsBackground = true, Name = $"sender {stream}" };
        _thread.Start();
    }

    private void Run()
    {
        while (TryTake(out TBatch batch)) send(batch);
    }

    private bool TryTake(out TBatch batch)
    {
        lock (_gate)
        {
            _isSending = false;
            if (_waiting.Count == 0) Monitor.PulseAll(_gate);
            while (_waiting.Count == 0)
            {
                batch = null!;
                if (_ends) return false;
                Monitor.Wait(_gate);
            }

            _isSending = true;
            batch = _waiting.Dequeue();
            return true;
        }
    }
}
