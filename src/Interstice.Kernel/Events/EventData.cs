namespace Interstice.Kernel.Events;

/// <summary>An event to append. The memory is borrowed until the append has ended.</summary>
/// <param name="Id">Identity of the event; the same id appended again under the same expectation is not written twice.</param>
/// <param name="Type">Name of its type, 1 to 255 bytes of UTF-8. Types are few: a store may keep a dictionary of them.</param>
/// <param name="IsJson">Whether <paramref name="Data"/> is JSON (<c>application/json</c>), else
/// <c>application/octet-stream</c>.</param>
/// <param name="Data">The payload.</param>
/// <param name="Metadata">What is said about it; may be empty.</param>
public readonly record struct EventData(
    Guid Id,
    string Type,
    bool IsJson,
    ReadOnlyMemory<byte> Data,
    ReadOnlyMemory<byte> Metadata);
