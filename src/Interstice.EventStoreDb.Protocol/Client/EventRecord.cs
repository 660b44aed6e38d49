using System.Globalization;

namespace EventStore.Client;

/// <summary>An event as the store keeps it.</summary>
public sealed class EventRecord
{
    /// <summary>Makes one.</summary>
    public EventRecord(
        string eventStreamId,
        Uuid eventId,
        StreamPosition eventNumber,
        Position position,
        IDictionary<string, string> metadata,
        ReadOnlyMemory<byte> data,
        ReadOnlyMemory<byte> customMetadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        EventStreamId = eventStreamId;
        EventId = eventId;
        EventNumber = eventNumber;
        Position = position;
        Data = data;
        Metadata = customMetadata;
        EventType = metadata["type"];
        Created = DateTime.UnixEpoch.AddTicks(Convert.ToInt64(metadata["created"], CultureInfo.InvariantCulture));
        ContentType = metadata["content-type"];
    }

    /// <summary>Name of its stream.</summary>
    public string EventStreamId { get; }

    /// <summary>Its identity.</summary>
    public Uuid EventId { get; }

    /// <summary>Its index in the stream.</summary>
    public StreamPosition EventNumber { get; }

    /// <summary>Name of its type.</summary>
    public string EventType { get; }

    /// <summary>The payload.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>What is said about it.</summary>
    public ReadOnlyMemory<byte> Metadata { get; }

    /// <summary>When the store recorded it, in UTC.</summary>
    public DateTime Created { get; }

    /// <summary>Its place in the whole store.</summary>
    public Position Position { get; }

    /// <summary>Kind of the payload.</summary>
    public string ContentType { get; }
}
