namespace Interstice.Kernel.Events;

/// <summary>Why a store could not do what was asked.</summary>
public enum EventStoreErrorKind
{
    /// <summary>It is certain that nothing was written: the request was refused before the write.</summary>
    Refused,

    /// <summary>The events may or may not be in the store: the write failed or its answer was lost.</summary>
    Unknown,

    /// <summary>The store cannot be reached or was closed; nothing was attempted.</summary>
    Unavailable,

    /// <summary>The store holds bytes that are damaged; the message says where.</summary>
    Damaged,

    /// <summary>The bytes belong to another program or to a newer format; nothing was written to them.</summary>
    UnknownFormat,

    /// <summary>The events of one append exceed the size that the store takes; nothing was written.</summary>
    TooLarge,

    /// <summary>The store is open for reading only, or the device is; nothing was written.</summary>
    ReadOnly,

    /// <summary>The device is full; nothing was written, and the append may be tried again when there is room.</summary>
    Full,

    /// <summary>Another process has the store open for writing.</summary>
    InUse,

    /// <summary>The stream was deleted: closed for ever, or softly where one that exists was expected. Nothing was written.</summary>
    StreamDeleted,
}

/// <summary>A failure of a store, with a kind to switch on and a sentence for people.</summary>
public class EventStoreException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="kind">What to do about it.</param>
    /// <param name="message">What was wrong, where, and what to do.</param>
    /// <param name="inner">The cause, if there is one.</param>
    public EventStoreException(EventStoreErrorKind kind, string message, Exception? inner = null)
        : base(message, inner) => Kind = kind;

    /// <summary>What to do about it.</summary>
    public EventStoreErrorKind Kind { get; }

    /// <summary>The stream that the failure is about, where it is about one.</summary>
    public StreamName? Stream { get; init; }
}
