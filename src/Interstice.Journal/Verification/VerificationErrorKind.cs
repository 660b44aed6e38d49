namespace Interstice.Journal.Verification;

/// <summary>What sort of thing is wrong in a journal.</summary>
public enum VerificationErrorKind
{
    /// <summary>The store file is damaged.</summary>
    StoreFile,

    /// <summary>A file belongs to another program or to another format version.</summary>
    UnknownFormat,

    /// <summary>A segment is missing between others, or the first one is.</summary>
    MissingSegment,

    /// <summary>The header of a segment is damaged, or does not continue the segment before it.</summary>
    Header,

    /// <summary>Bytes that must be a frame are none: length, checksum, kind or version is wrong.</summary>
    Frame,

    /// <summary>A frame whose checksum is right holds what no writer writes.</summary>
    Content,

    /// <summary>The events of a stream do not follow each other.</summary>
    Revision,

    /// <summary>The seal does not agree with its segment, or a segment that another follows has none.</summary>
    Seal,

    /// <summary>The index of a sealed segment is not what its frames say; opening rebuilds it in memory.</summary>
    Footer,

    /// <summary>Bytes after a seal are not zero.</summary>
    Padding,

    /// <summary>A segment is recorded to lie in an archive and cannot be read there now.</summary>
    Archive,

    /// <summary>The record of an archived segment is damaged; the segment may be put back from the archive.</summary>
    ArchiveRecord,

    /// <summary>The rest of a write that never became durable stands at the end of the log; opening the store for writing removes
    /// it.</summary>
    TornTail,
}
