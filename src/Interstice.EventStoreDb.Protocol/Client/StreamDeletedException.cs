namespace EventStore.Client;

/// <summary>The stream is deleted for ever.</summary>
public class StreamDeletedException : Exception
{
    /// <summary>Makes one.</summary>
    public StreamDeletedException(string stream, Exception? exception = null)
        : base($"Event stream '{stream}' is deleted.", exception) => Stream = stream;

    /// <summary>The stream.</summary>
    public string Stream { get; }
}
