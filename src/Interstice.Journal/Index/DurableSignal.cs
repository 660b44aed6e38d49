namespace Interstice.Journal.Index;

/// <summary>Wakes those who wait for the log to grow. Costs the writer one atomic exchange when nobody waits.</summary>
internal sealed class DurableSignal
{
    private TaskCompletionSource _next = NewSource();
    private int _isAwaited;

    /// <summary>A task that ends at the next <see cref="Set"/>. Whoever takes it looks at the log again before awaiting it, so that
    /// growth in between is not missed.</summary>
    public Task Take()
    {
        Task task = Volatile.Read(ref _next).Task;
        Interlocked.Exchange(ref _isAwaited, 1);
        return task;
    }

    /// <summary>Wakes all who wait.</summary>
    public void Set()
    {
        if (Interlocked.Exchange(ref _isAwaited, 0) == 0) return;
        Interlocked.Exchange(ref _next, NewSource()).TrySetResult();
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
