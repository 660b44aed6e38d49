namespace EventStore.Client;

/// <summary>A host is none.</summary>
public class InvalidHostException : ConnectionStringParseException
{
    /// <summary>Makes one.</summary>
    public InvalidHostException(string host)
        : base($"Invalid host: '{host}'")
    {
    }
}
