namespace EventStore.Client;

/// <summary>The caller did not prove who it is.</summary>
public class NotAuthenticatedException : Exception
{
    /// <summary>Makes one.</summary>
    public NotAuthenticatedException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
