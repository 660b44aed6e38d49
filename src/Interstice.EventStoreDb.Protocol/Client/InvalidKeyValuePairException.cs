namespace EventStore.Client;

/// <summary>A setting is no key and value.</summary>
public class InvalidKeyValuePairException : ConnectionStringParseException
{
    /// <summary>Makes one.</summary>
    public InvalidKeyValuePairException(string keyValuePair)
        : base($"Invalid key/value pair: '{keyValuePair}'")
    {
    }
}
