namespace Interstice.Journal.Tests.Archive;

/// <summary>Planted bugs.</summary>
public enum ArchiveBug
{
    /// <summary>None.</summary>
    None,

    /// <summary>The archive is not synced before the segment is removed.</summary>
    CopyIsNotSynced,

    /// <summary>The segment is removed before it is copied.</summary>
    RemovedBeforeCopy,

    /// <summary>The segment is removed before it is recorded.</summary>
    RemovedBeforeRecord,

    /// <summary>The record is not synced before the segment is removed.</summary>
    RecordIsNotSynced,
}
