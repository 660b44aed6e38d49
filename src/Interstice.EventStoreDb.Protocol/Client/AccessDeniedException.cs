namespace EventStore.Client;

/// <summary>The caller may not do this.</summary>
public class AccessDeniedException : Exception
{
    /// <summary>Makes one.</summary>
    public AccessDeniedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes one.</summary>
    public AccessDeniedException()
        : base("Access denied.")
    {
    }
}
