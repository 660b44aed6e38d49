namespace EventStore.Client;

/// <summary>An event to append.</summary>
public sealed class EventData
{
    /// <summary>Makes one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is empty.</exception>
    public EventData(
        Uuid eventId, string type, ReadOnlyMemory<byte> data, ReadOnlyMemory<byte>? metadata = null, string contentType = "application/json")
    {
        ArgumentOutOfRangeException.ThrowIfEqual(eventId, Uuid.Empty);
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(contentType);
        EventId = eventId;
        Type = type;
        Data = data;
        Metadata = metadata ?? ReadOnlyMemory<byte>.Empty;
        ContentType = contentType;
    }

    /// <summary>The payload.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>Its identity.</summary>
    public Uuid EventId { get; }

    /// <summary>What is said about it.</summary>
    public ReadOnlyMemory<byte> Metadata { get; }

    /// <summary>Name of its type.</summary>
    public string Type { get; }

    /// <summary>Kind of the payload.</summary>
    public string ContentType { get; }
}
