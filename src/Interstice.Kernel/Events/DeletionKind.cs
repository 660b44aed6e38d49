namespace Interstice.Kernel.Events;

/// <summary>Whether a stream that is deleted may be written again.</summary>
public enum DeletionKind
{
    /// <summary>Its events are no longer read; the next append continues the numbering.</summary>
    Soft,

    /// <summary>It is closed for ever: nothing reads it, nothing is appended, its name is used up.</summary>
    Tombstone,
}

/// <summary>Names that deletions use.</summary>
public static class DeletionKinds
{
    /// <summary>Type of the event that ends a stream for ever.</summary>
    public const string TombstoneType = "$streamDeleted";
}
