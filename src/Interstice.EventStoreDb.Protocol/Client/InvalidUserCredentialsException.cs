namespace EventStore.Client;

/// <summary>The user's part is not a name and a password.</summary>
public class InvalidUserCredentialsException : ConnectionStringParseException
{
    /// <summary>Makes one.</summary>
    public InvalidUserCredentialsException(string userInfo)
        : base($"Invalid user credentials: '{userInfo.Split(':')[0]}'")
    {
    }
}
