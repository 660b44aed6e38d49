namespace EventStore.Client;

/// <summary>A setting stands twice.</summary>
public class DuplicateKeyException : ConnectionStringParseException
{
    /// <summary>Makes one.</summary>
    public DuplicateKeyException(string key)
        : base($"Duplicate key: '{key}'")
    {
    }
}
