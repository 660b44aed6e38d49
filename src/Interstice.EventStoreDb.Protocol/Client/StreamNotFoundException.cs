namespace EventStore.Client;

/// <summary>The stream is not there.</summary>
public class StreamNotFoundException : Exception
{
    /// <summary>Makes one.</summary>
    public StreamNotFoundException(string stream, Exception? exception = null)
        : base($"Event stream '{stream}' was not found.", exception) => Stream = stream;

    /// <summary>The stream.</summary>
    public string Stream { get; }
}
