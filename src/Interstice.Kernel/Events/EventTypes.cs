namespace Interstice.Kernel.Events;

/// <summary>Names of the event types that Interstice writes (docs/formats/events.md).</summary>
public static class EventTypes
{
    /// <summary>A build of a module took over; holds its schema. Stream of the module.</summary>
    public const string ModulePublished = nameof(ModulePublished);

    /// <summary>A row came into being. Stream of the module.</summary>
    public const string RowInserted = nameof(RowInserted);

    /// <summary>A row was replaced by another with the same primary key. Stream of the module.</summary>
    public const string RowUpdated = nameof(RowUpdated);

    /// <summary>A row was removed. Stream of the module.</summary>
    public const string RowDeleted = nameof(RowDeleted);

    /// <summary>A reducer emitted a custom event. Stream of the module.</summary>
    public const string EventEmitted = nameof(EventEmitted);

    /// <summary>A call with an idempotency key changed and emitted nothing: its record is all that there is. Stream of the module.</summary>
    public const string CallRecorded = nameof(CallRecorded);

    /// <summary>A transaction over several modules is committed: holds the parts of the modules that were called. First event of the outer
    /// module's part, in stores that append to one stream at a time. Stream of the module.</summary>
    public const string GroupCommitted = nameof(GroupCommitted);

    /// <summary>A host became the writer of the stream. Stream of the module.</summary>
    public const string OwnershipTaken = nameof(OwnershipTaken);

    /// <summary>A chunk of the bytes of a build. Stream of the code.</summary>
    public const string CodeChunk = nameof(CodeChunk);

    /// <summary>The owner of an execution group is alive. Stream of the group's owner.</summary>
    public const string OwnerHeartbeat = nameof(OwnerHeartbeat);

    /// <summary>A module joined the list. Stream of the list.</summary>
    public const string ModuleListed = nameof(ModuleListed);

    /// <summary>Whether events of a type belong to transactions of reducers.</summary>
    /// <param name="type">The type.</param>
    public static bool IsOfTransaction(string type) =>
        type is RowInserted or RowUpdated or RowDeleted or EventEmitted || ChangesNothing(type);

    /// <summary>Whether events of a type stand in transactions only for what they and their records say: they have no row and no
    /// payload.</summary>
    /// <param name="type">The type.</param>
    public static bool ChangesNothing(string type) => type is CallRecorded or GroupCommitted;
}
