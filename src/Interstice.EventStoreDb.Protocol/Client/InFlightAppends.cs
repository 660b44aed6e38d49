using System.Collections.Concurrent;

namespace EventStore.Client;

/// <summary>Appends that were sent in one call and not answered yet.</summary>
internal sealed class InFlightAppends
{
    private readonly ConcurrentDictionary<Uuid, PendingAppend> _appends = new();

    internal void Add(PendingAppend append) => _appends[append.CorrelationId] = append;

    internal PendingAppend? Take(Uuid id) => _appends.TryRemove(id, out PendingAppend? append) ? append : null;

    /// <summary>Ends all that are left; to be called when nothing is added any more.</summary>
    internal void FailAll(Exception failure)
    {
        foreach (PendingAppend append in _appends.Values) append.Result.TrySetException(failure);
        _appends.Clear();
    }
}
