namespace EventStore.Client;

/// <summary>How a subscription to the whole store is filtered.</summary>
public sealed class SubscriptionFilterOptions
{
    /// <summary>Makes them.</summary>
    /// <param name="filter">Which events.</param>
    /// <param name="checkpointInterval">After how many windows of the filter the server tells its place, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The interval is 0, or larger than a number of windows can be.</exception>
    public SubscriptionFilterOptions(IEventFilter filter, uint checkpointInterval = 1)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentOutOfRangeException.ThrowIfZero(checkpointInterval);
        if (filter.MaxSearchWindow is { } window && (ulong)window * checkpointInterval > uint.MaxValue)
            throw new ArgumentOutOfRangeException(nameof(checkpointInterval), checkpointInterval, "times the window is more than 32 bits");
        Filter = filter;
        CheckpointInterval = checkpointInterval;
    }

    /// <summary>Which events.</summary>
    public IEventFilter Filter { get; }

    /// <summary>After how many windows of the filter the server tells its place.</summary>
    public uint CheckpointInterval { get; }
}
