namespace EventStore.Client;

/// <summary>Whether the stream of a read is there.</summary>
public enum ReadState
{
    /// <summary>It is not.</summary>
    StreamNotFound,

    /// <summary>It is.</summary>
    Ok,
}
