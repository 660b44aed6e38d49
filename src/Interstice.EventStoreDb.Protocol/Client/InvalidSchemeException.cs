namespace EventStore.Client;

/// <summary>The scheme is another.</summary>
public class InvalidSchemeException : ConnectionStringParseException
{
    /// <summary>Makes one.</summary>
    public InvalidSchemeException(string scheme, string[] supportedSchemes)
        : base($"Invalid scheme: '{scheme}'. Supported values are: {string.Join(",", supportedSchemes)}")
    {
    }
}
