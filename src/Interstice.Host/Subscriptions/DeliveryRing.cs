namespace Interstice.Host.Subscriptions;

/// <summary>The last deliveries to a module. Thread-safe.</summary>
/// <param name="capacity">How many are kept; 0 for none.</param>
internal sealed class DeliveryRing(int capacity)
{
    private readonly Queue<DeliveryRecord> _records = new();
    private readonly Lock _gate = new();

    /// <summary>Adds one, in the place of the oldest where there is no room.</summary>
    public void Add(DeliveryRecord record)
    {
        if (capacity == 0) return;
        lock (_gate)
        {
            if (_records.Count == capacity) _records.Dequeue();
            _records.Enqueue(record);
        }
    }

    /// <summary>A copy, oldest first.</summary>
    public DeliveryRecord[] ToArray()
    {
        lock (_gate) return [.. _records];
    }
}
