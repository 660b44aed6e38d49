namespace EventStore.Client;

/// <summary>There is no scheme.</summary>
public class NoSchemeException : ConnectionStringParseException
{
    /// <summary>Makes one.</summary>
    public NoSchemeException()
        : base("Could not parse scheme from connection string")
    {
    }
}
