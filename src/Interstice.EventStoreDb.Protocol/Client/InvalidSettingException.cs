namespace EventStore.Client;

/// <summary>A setting is unknown or has a wrong value.</summary>
public class InvalidSettingException : ConnectionStringParseException
{
    /// <summary>Makes one.</summary>
    public InvalidSettingException(string message)
        : base(message)
    {
    }
}
