using Interstice.Kernel.Schema;

namespace Interstice.Host.Subscriptions;

/// <summary>The last deliveries of each subscription of a module: a busy one does not push out what a quiet one did. Thread-safe.</summary>
/// <param name="capacity">How many are kept of each; 0 for none.</param>
internal sealed class DeliveryRing(int capacity)
{
    private readonly Dictionary<(string Source, SubscriptionOperation Operation, string Handler), Queue<(long Number, DeliveryRecord Record)>> _records = [];
    private readonly Lock _gate = new();
    private long _added;

    /// <summary>Adds one, in the place of the oldest of its subscription where there is no room.</summary>
    /// <param name="operation">What its subscription hears of the source.</param>
    /// <param name="record">It.</param>
    public void Add(SubscriptionOperation operation, DeliveryRecord record)
    {
        if (capacity == 0) return;
        lock (_gate)
        {
            if (!_records.TryGetValue((record.Source, operation, record.Handler), out Queue<(long, DeliveryRecord)>? kept))
                _records[(record.Source, operation, record.Handler)] = kept = new();
            if (kept.Count == capacity) kept.Dequeue();
            kept.Enqueue((_added++, record));
        }
    }

    /// <summary>A copy, in the order in which they were added.</summary>
    public DeliveryRecord[] ToArray()
    {
        lock (_gate) return [.. _records.Values.SelectMany(kept => kept).OrderBy(kept => kept.Number).Select(kept => kept.Record)];
    }
}
