using System.Diagnostics.CodeAnalysis;

namespace Interstice.Host.Reducers;

/// <summary>Appends that may be in the store, oldest first, and found by their first events. Belongs to the loop's thread.</summary>
internal sealed class UnresolvedBatches
{
    private readonly Queue<UnresolvedBatch> _batches = new();
    private readonly Dictionary<Guid, UnresolvedBatch> _byFirstEvent = [];

    /// <summary>Adds one behind the others.</summary>
    public void Add(UnresolvedBatch batch)
    {
        _batches.Enqueue(batch);
        _byFirstEvent.Add(batch.FirstEvent, batch);
    }

    /// <summary>An event was read back: if it is the first of an append, that is there.</summary>
    public void Find(Guid id)
    {
        if (_byFirstEvent.TryGetValue(id, out UnresolvedBatch? batch)) batch.IsFound = true;
    }

    /// <summary>The oldest.</summary>
    public bool TryPeek([NotNullWhen(true)] out UnresolvedBatch? batch) => _batches.TryPeek(out batch);

    /// <summary>Takes the oldest.</summary>
    public bool TryTake([NotNullWhen(true)] out UnresolvedBatch? batch)
    {
        if (!_batches.TryDequeue(out batch)) return false;
        _byFirstEvent.Remove(batch.FirstEvent);
        return true;
    }
}
