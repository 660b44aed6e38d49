using System.Text.Json;
using EventStore.Client;
using Interstice.Kernel.Events;
using Interstice.Kernel.Events.Json;
using Interstice.Kernel.Schema;
using EventData = Interstice.Kernel.Events.EventData;

namespace Interstice.EventStoreDb.Payloads;

/// <summary>One write of an append, with its bytes of data and metadata.</summary>
internal readonly record struct AppendPart(EventStore.Client.EventData[] Events, long Bytes);

/// <summary>Makes JSON of the events of one append. What cannot be written exactly stays as it is.</summary>
internal sealed class AppendEncoder(Revision? publication, ModuleSchema? schema) : IDisposable
{
    private readonly PayloadWriter _bytes = new(4096);
    private readonly List<Encoded> _events = [];
    private Utf8JsonWriter? _json;

    /// <summary>Adds the next event.</summary>
    internal void Add(in EventData data)
    {
        int start = _bytes.Length;
        if (!data.IsJson && TryWrite(data, out int middle))
        {
            _events.Add(new Encoded(data.Id, data.Type, true, start, middle, _bytes.Length));
            return;
        }

        _bytes.Truncate(start);
        _bytes.Raw(data.Data.Span);
        middle = _bytes.Length;
        _bytes.Raw(data.Metadata.Span);
        _events.Add(new Encoded(data.Id, data.Type, data.IsJson, start, middle, _bytes.Length));
    }

    /// <summary>The following events are made under another publication.</summary>
    internal void Publish(Revision? at, ModuleSchema? declarations) => (publication, schema) = (at, declarations);

    /// <summary>The events in as few writes as their bytes allow, cut where transactions end; a transaction that is larger stands
    /// alone.</summary>
    internal List<AppendPart> Seal(int bytesMax)
    {
        ReadOnlyMemory<byte> bytes = _bytes.Written.ToArray();
        List<AppendPart> parts = [];
        int first = 0;
        for (int next = 0; next < _events.Count;)
        {
            int end = EndOfTransaction(next);
            if (next > first && _events[end - 1].End - _events[first].Start > bytesMax)
            {
                parts.Add(PartOf(bytes, first, next));
                first = next;
            }

            next = end;
        }

        parts.Add(PartOf(bytes, first, _events.Count));
        return parts;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _json?.Dispose();
        _bytes.Dispose();
    }

    private bool TryWrite(in EventData data, out int middle)
    {
        if (TryWriteOfTransaction(data, out middle)) return true;
        if (!EventJson.IsKnown(data.Type)) return false;
        _json ??= new Utf8JsonWriter(_bytes, EventJson.WriterOptions);
        _json.Reset(_bytes);
        if (!EventJson.TryWrite(_json, data.Type, data.Data.Span, schema)) return Abandoned();
        _json.Flush();
        middle = _bytes.Length;
        _json.Reset(_bytes);
        if (!EventMetadataJson.TryWrite(_json, data.Id, data.Type, data.Metadata.Span, publication, schema)) return Abandoned();
        _json.Flush();
        return true;
    }

    // What nearly every event is. Everything else is written, or found to have no form in JSON, by those who know all of them.
    private bool TryWriteOfTransaction(in EventData data, out int middle)
    {
        middle = 0;
        if (publication is not { } at || schema is null) return false;
        int start = _bytes.Length;
        if (!EventJsonBytes.TryWritePayload(_bytes, data.Type, data.Data.Span, schema)) return false;
        middle = _bytes.Length;
        if (EventJsonBytes.TryWriteMetadata(_bytes, data.Id, data.Metadata.Span, at, schema)) return true;
        _bytes.Truncate(start);
        return false;
    }

    // What the writer holds back must not come with the next event.
    private bool Abandoned()
    {
        _json!.Reset(_bytes);
        return false;
    }

    private int EndOfTransaction(int start)
    {
        TransactionId id = TransactionId.OfEvent(_events[start].Id, out _);
        int end = start + 1;
        if (!EventTypes.IsOfTransaction(_events[start].Type)) return end;
        while (end < _events.Count && EventTypes.IsOfTransaction(_events[end].Type) && TransactionId.OfEvent(_events[end].Id, out _) == id) end++;
        return end;
    }

    private AppendPart PartOf(ReadOnlyMemory<byte> bytes, int first, int end)
    {
        var events = new EventStore.Client.EventData[end - first];
        for (int i = 0; i < events.Length; i++)
        {
            Encoded encoded = _events[first + i];
            events[i] = new(
                Uuid.FromGuid(encoded.Id),
                encoded.Type,
                bytes[encoded.Start..encoded.Middle],
                bytes[encoded.Middle..encoded.End],
                ContentTypes.Of(encoded.IsJson));
        }

        return new AppendPart(events, _events[end - 1].End - _events[first].Start);
    }

    private readonly record struct Encoded(Guid Id, string Type, bool IsJson, int Start, int Middle, int End);
}
