using System.Text.Json;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Events.Json;

/// <summary>Payloads of events as JSON (docs/formats/event-json.md). Exact both ways: writing and reading gives the same canonical
/// bytes.</summary>
public static class EventJson
{
    /// <summary>How events are written: nothing is escaped that need not be.</summary>
    public static JsonWriterOptions WriterOptions => JsonText.Canonical;

    /// <summary>Whether a type of event has a form in JSON.</summary>
    /// <param name="type">The type.</param>
    public static bool IsKnown(string type) =>
        EventTypes.IsOfTransaction(type) || type is EventTypes.ModulePublished or EventTypes.OwnershipTaken or EventTypes.ModuleListed;

    /// <summary>Writes a payload.</summary>
    /// <param name="writer">Takes one object.</param>
    /// <param name="type">The event's type.</param>
    /// <param name="payload">The canonical payload.</param>
    /// <param name="schema">The declarations that it was made under; null where there are none yet.</param>
    /// <returns>False, with nothing written, if it is no such payload: what cannot be written exactly stays canonical.</returns>
    public static bool TryWrite(Utf8JsonWriter writer, string type, ReadOnlySpan<byte> payload, ModuleSchema? schema)
    {
        ArgumentNullException.ThrowIfNull(writer);
        try
        {
            switch (type)
            {
                case EventTypes.RowInserted or EventTypes.RowDeleted or EventTypes.EventEmitted or EventTypes.RowUpdated:
                    return schema is not null && TryWriteChange(writer, type, payload, schema);
                case EventTypes.CallRecorded:
                    CallRecorded.Read(payload);
                    writer.WriteStartObject();
                    writer.WriteEndObject();
                    return true;
                case EventTypes.GroupCommitted:
                    GroupJson.Write(writer, payload);
                    return true;
                case EventTypes.ModulePublished:
                    return PublicationJson.TryWrite(writer, payload);
                case EventTypes.OwnershipTaken:
                    var taken = OwnershipTaken.Read(payload);
                    writer.WriteStartObject();
                    writer.WriteString("host"u8, taken.Host);
                    JsonFields.Write(writer, "epoch"u8, taken.Epoch);
                    writer.WriteEndObject();
                    return true;
                case EventTypes.ModuleListed:
                    writer.WriteStartObject();
                    writer.WriteString("name"u8, ModuleListed.Read(payload).Name);
                    writer.WriteEndObject();
                    return true;
                default:
                    return false;
            }
        }
        catch (EventFormatException)
        {
            return false;
        }
    }

    /// <summary>Reads what <see cref="TryWrite"/> wrote.</summary>
    /// <param name="type">The event's type.</param>
    /// <param name="json">The object; parse it with <see cref="ValueLimits.Json"/>.</param>
    /// <param name="schema">The declarations that it was made under.</param>
    /// <param name="destination">Takes the canonical payload.</param>
    /// <exception cref="EventFormatException">It is no such object.</exception>
    public static void Read(string type, JsonElement json, ModuleSchema? schema, PayloadWriter destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        switch (type)
        {
            case EventTypes.RowInserted or EventTypes.RowDeleted or EventTypes.EventEmitted or EventTypes.RowUpdated:
                ReadChange(type, json, schema, destination);
                break;
            case EventTypes.CallRecorded:
                if (json.ValueKind != JsonValueKind.Object) throw new EventFormatException("the payload is no object", 0);
                CallRecorded.Write(destination);
                break;
            case EventTypes.GroupCommitted:
                GroupJson.Read(json, destination);
                break;
            case EventTypes.ModulePublished:
                PublicationJson.Read(json, destination);
                break;
            case EventTypes.OwnershipTaken:
                destination.Raw(new OwnershipTaken(JsonFields.Guid(json, "host"), JsonFields.UInt64(json, "epoch")).ToBytes());
                break;
            case EventTypes.ModuleListed:
                destination.Raw(new ModuleListed(JsonFields.String(json, "name")).ToBytes());
                break;
            default:
                throw new EventFormatException($"events of type {type} have no form in JSON", 0);
        }
    }

    private static bool TryWriteChange(Utf8JsonWriter writer, string type, ReadOnlySpan<byte> payload, ModuleSchema schema)
    {
        ReadOnlySpan<byte> name, content, oldRow = default;
        bool isUpdate = type == EventTypes.RowUpdated;
        if (isUpdate) RowEvent.ReadUpdate(payload, out name, out oldRow, out content);
        else RowEvent.Read(payload, out name, out content);
        string text = System.Text.Encoding.UTF8.GetString(name);
        if (type == EventTypes.EventEmitted && schema.FindEvent(text) is { } custom)
        {
            if (!CanonicalEncoding.TryValidate(custom.Payload, content, out _)) return false;
            writer.WriteStartObject();
            writer.WriteString("event"u8, text);
            writer.WritePropertyName("payload"u8);
            JsonValues.Write(writer, custom.Payload, content);
            writer.WriteEndObject();
            return true;
        }

        if (schema.FindTable(text)?.Row is not { } row || !row.TryValidate(content, out _)) return false;
        if (isUpdate && !row.TryValidate(oldRow, out _)) return false;
        writer.WriteStartObject();
        writer.WriteString("table"u8, text);
        if (isUpdate)
        {
            writer.WritePropertyName("old"u8);
            JsonValues.WriteRow(writer, row, oldRow);
            writer.WritePropertyName("new"u8);
        }
        else
        {
            writer.WritePropertyName("row"u8);
        }

        JsonValues.WriteRow(writer, row, content);
        writer.WriteEndObject();
        return true;
    }

    private static void ReadChange(string type, JsonElement json, ModuleSchema? schema, PayloadWriter destination)
    {
        if (schema is null) throw new EventFormatException("the publication that the event was made under is not there", 0);
        destination.Byte(RowEvent.FormatVersion);
        using var scratch = new PayloadWriter();
        ValueError error;
        if (type == EventTypes.EventEmitted && json.ValueKind == JsonValueKind.Object && json.TryGetProperty("event", out _))
        {
            string name = JsonFields.String(json, "event");
            EventSchema custom = schema.FindEvent(name) ?? throw new EventFormatException($"unknown event \"{name}\"", 0);
            destination.String(name);
            if (!JsonValues.TryRead(JsonFields.Of(json, "payload"), custom.Payload, scratch, out error)) throw Wrong("payload", error);
            destination.Bytes(scratch.Written);
            return;
        }

        string table = JsonFields.String(json, "table");
        RowCodec row = schema.FindTable(table)?.Row ?? throw new EventFormatException($"unknown table \"{table}\"", 0);
        destination.String(table);
        foreach (string part in type == EventTypes.RowUpdated ? Update : Row)
        {
            scratch.Clear();
            if (!JsonValues.TryReadRow(JsonFields.Of(json, part), row, scratch, out error)) throw Wrong(part, error);
            destination.Bytes(scratch.Written);
        }
    }

    private static readonly string[] Row = ["row"];

    private static readonly string[] Update = ["old", "new"];

    private static EventFormatException Wrong(string part, ValueError error) => new($"{part}: {error}", 0);
}
