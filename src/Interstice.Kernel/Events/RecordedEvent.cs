namespace Interstice.Kernel.Events;

/// <summary>An event as it was read. The memory is borrowed: valid until the batch that handed it out is released.</summary>
/// <param name="Id">Identity of the event.</param>
/// <param name="Stream">The stream.</param>
/// <param name="Revision">Index in the stream.</param>
/// <param name="Position">Place in the store.</param>
/// <param name="CreatedUs">When the store recorded it, in microseconds since the Unix epoch.</param>
/// <param name="Type">Name of its type.</param>
/// <param name="IsJson">Whether <paramref name="Data"/> is JSON.</param>
/// <param name="Data">The payload.</param>
/// <param name="Metadata">What is said about it; may be empty.</param>
public readonly record struct RecordedEvent(
    Guid Id,
    StreamName Stream,
    Revision Revision,
    Position Position,
    long CreatedUs,
    string Type,
    bool IsJson,
    ReadOnlyMemory<byte> Data,
    ReadOnlyMemory<byte> Metadata);
