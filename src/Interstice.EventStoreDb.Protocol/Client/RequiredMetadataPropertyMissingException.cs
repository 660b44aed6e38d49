namespace EventStore.Client;

/// <summary>An event lacks what every one must have.</summary>
public class RequiredMetadataPropertyMissingException : Exception
{
    /// <summary>Makes one.</summary>
    public RequiredMetadataPropertyMissingException(string missingMetadataProperty, Exception? innerException = null)
        : base($"Required metadata property {missingMetadataProperty} is missing", innerException)
    {
    }
}
