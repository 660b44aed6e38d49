namespace EventStore.Client;

/// <summary>A connection string is none.</summary>
public class ConnectionStringParseException : Exception
{
    /// <summary>Makes one.</summary>
    public ConnectionStringParseException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
