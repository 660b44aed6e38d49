namespace EventStore.Client;

/// <summary>No node of the cluster could be found.</summary>
public class DiscoveryException : Exception
{
    /// <summary>Makes one.</summary>
    public DiscoveryException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>Makes one.</summary>
    public DiscoveryException(int maxDiscoverAttempts)
        : base($"Failed to discover candidate in {maxDiscoverAttempts} attempts.") => MaxDiscoverAttempts = maxDiscoverAttempts;

    /// <summary>How often it was tried.</summary>
    public int MaxDiscoverAttempts { get; }
}
