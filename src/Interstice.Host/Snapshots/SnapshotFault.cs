namespace Interstice.Host.Snapshots;

/// <summary>Why a snapshot is not used.</summary>
public enum SnapshotFault
{
    /// <summary>The file cannot be read.</summary>
    Unreadable,

    /// <summary>The file is no snapshot, or of a newer version.</summary>
    UnknownFormat,

    /// <summary>A checksum is wrong, or bytes are missing or too many.</summary>
    Damaged,

    /// <summary>It was taken from another store.</summary>
    OtherStore,

    /// <summary>It is not of the module and revision that its name says.</summary>
    Renamed,

    /// <summary>The log does not hold what it was taken from: it was cut, restored or replaced since.</summary>
    NotInLog,

    /// <summary>Its rows do not fit its schema, or give another hash than the log recorded.</summary>
    State,
}
