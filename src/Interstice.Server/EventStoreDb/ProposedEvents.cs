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

    private readonly List<EventData> _events = [];

    /// <summary>Data and metadata so far.</summary>
    internal long Bytes { get; private set; }

    /// <summary>How many there are.</summary>
    internal int Count => _events.Count;

    /// <summary>Adds an event.</summary>
    /// <exception cref="CallFailureException">It is not one, or there are too many bytes.</exception>
    internal void Add(UUID? id, MapField<string, string> metadata, ByteString customMetadata, ByteString data)
    {
        string type = metadata.TryGetValue("type", out string? name) ? name : throw CallFailureException.MissingMetadata("type");
        if (!metadata.TryGetValue("content-type", out string? contentType)) throw CallFailureException.MissingMetadata("content-type");
        if (type.Length == 0 || type.Length > TypeBytesMax || Encoding.UTF8.GetByteCount(type) > TypeBytesMax)
            throw CallFailureException.Invalid($"an event's type must have 1 to {TypeBytesMax} bytes of UTF-8");
        Bytes += (long)data.Length + customMetadata.Length;
        if (Bytes > bytesMax) throw CallFailureException.TooLarge(bytesMax);
        _events.Add(new EventData(RequestFields.Id(id), type, contentType == "application/json", data.Memory, customMetadata.Memory));
    }

    /// <summary>The events; none may be added any more.</summary>
    internal EventData[] ToArray() => [.. _events];
}
