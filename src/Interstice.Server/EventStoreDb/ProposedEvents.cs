using System.Text;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Interstice.EventStoreDb.Protocol.Messages;
using Interstice.Kernel.Events;

namespace Interstice.Server.EventStoreDb;

/// <summary>Events of one append as they arrive, within a bound.</summary>
/// <param name="bytesMax">Most bytes of data and metadata together.</param>
internal sealed class ProposedEvents(int bytesMax)
{
    private const int TypeBytesMax = 255;
    private const int EventsMax = 1 << 18;

    // What an event takes besides its data and metadata, about.
    private const int EventBytes = 128;

    private readonly List<EventData> _events = [];
    private long _bytes;

    /// <summary>Memory that they hold, about.</summary>
    internal long HeldBytes { get; private set; }

    /// <summary>Adds an event.</summary>
    /// <exception cref="CallFailureException">It is not one, or there are too many events or bytes.</exception>
    internal void Add(UUID? id, MapField<string, string> metadata, ByteString customMetadata, ByteString data)
    {
        if (_events.Count == EventsMax) throw CallFailureException.Invalid($"an append may have {EventsMax} events");
        string type = metadata.TryGetValue("type", out string? name) ? name : throw CallFailureException.MissingMetadata("type");
        if (!metadata.TryGetValue("content-type", out string? contentType)) throw CallFailureException.MissingMetadata("content-type");
        if (type.Length == 0 || type.Length > TypeBytesMax || Encoding.UTF8.GetByteCount(type) > TypeBytesMax)
            throw CallFailureException.Invalid($"an event's type must have 1 to {TypeBytesMax} bytes of UTF-8");
        _bytes += (long)data.Length + customMetadata.Length;
        if (_bytes > bytesMax) throw CallFailureException.TooLarge(bytesMax);
        _events.Add(new EventData(RequestFields.Id(id), type, contentType == "application/json", data.Memory, customMetadata.Memory));
        HeldBytes += EventBytes + (2L * type.Length) + data.Length + customMetadata.Length;
    }

    /// <summary>Lets the events go.</summary>
    internal void Clear()
    {
        _events.Clear();
        _events.TrimExcess();
        HeldBytes = 0;
    }

    /// <summary>The events; none may be added any more.</summary>
    internal EventData[] ToArray() => [.. _events];
}
