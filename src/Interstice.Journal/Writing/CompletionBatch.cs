using System.Collections.Concurrent;

namespace Interstice.Journal.Writing;

/// <summary>Tells the callers of one group how their appends ended, on a pool thread, while the writer goes on, or on the thread that
/// wrote, when its turn is over.</summary>
internal sealed class CompletionBatch : IThreadPoolWorkItem
{
    private const int PoolMax = 16;

    private static readonly ConcurrentQueue<CompletionBatch> Pool = new();

    private readonly List<AppendRequest> _requests = [];

    public int Count => _requests.Count;

    public static CompletionBatch Rent() => Pool.TryDequeue(out CompletionBatch? batch) ? batch : new CompletionBatch();

    public void Add(AppendRequest request) => _requests.Add(request);

    /// <summary>The requests, for the writer, which has not yet handed the batch over.</summary>
    public List<AppendRequest> Requests => _requests;

    /// <summary>Hands the batch over.</summary>
    public void Send() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    /// <inheritdoc/>
    public void Execute()
    {
        // The last caller goes on right here, which saves a lone writer one change of threads. The others get work items of
        // their own, so that one that blocks cannot hold up the rest.
        for (int i = 0; i < _requests.Count - 1; i++) _requests[i].Complete(isInline: false);
        AppendRequest? last = _requests.Count > 0 ? _requests[^1] : null;
        _requests.Clear();
        if (Pool.Count < PoolMax) Pool.Enqueue(this);
        last?.Complete(isInline: true);
    }
}
