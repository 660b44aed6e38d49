using System.Buffers.Binary;
using System.Text.Unicode;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Events.Json;

/// <summary>Writes events of transactions as JSON straight into bytes: what <see cref="EventJson"/> and <see cref="EventMetadataJson"/> write, byte
/// for byte, several times as fast.</summary>
/// <remarks>Says no to what does not fit its declarations, to numbers that are none, and to what is no event, with nothing written: those write
/// what can be written, and say what cannot.</remarks>
public static class EventJsonBytes
{
    /// <summary>Writes the payload of an event of a transaction.</summary>
    /// <param name="destination">Takes one object.</param>
    /// <param name="type">The event's type.</param>
    /// <param name="payload">The canonical payload.</param>
    /// <param name="schema">The declarations that it was made under.</param>
    public static bool TryWritePayload(PayloadWriter destination, string type, ReadOnlySpan<byte> payload, ModuleSchema schema)
    {
        ArgumentNullException.ThrowIfNull(destination);
        ArgumentNullException.ThrowIfNull(schema);
        int start = destination.Length;
        bool isWritten = type switch
        {
            EventTypes.RowUpdated => TryWriteUpdate(destination, payload, schema),
            EventTypes.RowInserted or EventTypes.RowDeleted or EventTypes.EventEmitted => TryWriteChange(destination, type, payload, schema),
            _ => false,
        };
        if (!isWritten) destination.Truncate(start);
        return isWritten;
    }

    /// <summary>Writes the metadata of an event of a transaction.</summary>
    /// <param name="destination">Takes one object.</param>
    /// <param name="id">The event's id.</param>
    /// <param name="metadata">The canonical metadata; empty behind the first event.</param>
    /// <param name="publication">Revision of the publication that it was made under.</param>
    /// <param name="schema">The declarations of that publication.</param>
    public static bool TryWriteMetadata(
        PayloadWriter destination, Guid id, ReadOnlySpan<byte> metadata, Revision publication, ModuleSchema schema)
    {
        ArgumentNullException.ThrowIfNull(destination);
        ArgumentNullException.ThrowIfNull(schema);
        TransactionId transaction = TransactionId.OfEvent(id, out int index);
        var call = default(TransactionSpans);
        if (index < 0 || (!metadata.IsEmpty && !TransactionSpans.TryRead(metadata, out call))) return false;
        int start = destination.Length;
        destination.Raw("{\"publication\":"u8);
        JsonBytes.WriteNumberText(destination, publication.Value);
        destination.Raw(",\"$correlationId\":"u8);
        JsonBytes.WriteUuid(destination, call.Correlation.IsEmpty ? transaction.EventId(0) : new Guid(call.Correlation, bigEndian: true));
        WritePlace(destination, transaction, index);
        bool isWritten = metadata.IsEmpty || TryWriteCall(destination, call, schema);
        if (isWritten) destination.Byte((byte)'}');
        else destination.Truncate(start);
        return isWritten;
    }

    private static void WritePlace(PayloadWriter destination, TransactionId transaction, int index)
    {
        destination.Raw(",\"transaction\":"u8);
        Span<byte> name = stackalloc byte[sizeof(ulong) + sizeof(uint)];
        BinaryPrimitives.WriteUInt64BigEndian(name, transaction.High);
        BinaryPrimitives.WriteUInt32BigEndian(name[sizeof(ulong)..], transaction.Low);
        JsonBytes.WriteHex(destination, name);
        destination.Raw(",\"index\":"u8);
        JsonBytes.WriteNumber(destination, index);
    }

    private static bool TryWriteUpdate(PayloadWriter destination, ReadOnlySpan<byte> payload, ModuleSchema schema)
    {
        if (!RowEvent.TryReadUpdate(payload, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> oldRow, out ReadOnlySpan<byte> newRow)) return false;
        if (schema.FindTable(name)?.Row is not { } row || !row.TryValidate(oldRow, out _) || !row.TryValidate(newRow, out _)) return false;
        WriteNamed(destination, "{\"table\":"u8, name, ",\"old\":"u8);
        if (!JsonBytes.TryWriteRow(destination, row, oldRow)) return false;
        destination.Raw(",\"new\":"u8);
        if (!JsonBytes.TryWriteRow(destination, row, newRow)) return false;
        destination.Byte((byte)'}');
        return true;
    }

    private static bool TryWriteChange(PayloadWriter destination, string type, ReadOnlySpan<byte> payload, ModuleSchema schema)
    {
        if (!RowEvent.TryRead(payload, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> content)) return false;
        if (type == EventTypes.EventEmitted && schema.FindEvent(name) is { } custom)
        {
            if (!CanonicalEncoding.TryValidate(custom.Payload, content, out _)) return false;
            WriteNamed(destination, "{\"event\":"u8, name, ",\"payload\":"u8);
            if (!JsonBytes.TryWrite(destination, custom.Payload, content)) return false;
        }
        else
        {
            if (schema.FindTable(name)?.Row is not { } row || !row.TryValidate(content, out _)) return false;
            WriteNamed(destination, "{\"table\":"u8, name, ",\"row\":"u8);
            if (!JsonBytes.TryWriteRow(destination, row, content)) return false;
        }

        destination.Byte((byte)'}');
        return true;
    }

    private static void WriteNamed(PayloadWriter destination, ReadOnlySpan<byte> before, ReadOnlySpan<byte> name, ReadOnlySpan<byte> behind)
    {
        destination.Raw(before);
        JsonBytes.WriteText(destination, name);
        destination.Raw(behind);
    }

    private static bool TryWriteCall(PayloadWriter destination, in TransactionSpans call, ModuleSchema schema)
    {
        if (schema.FindReducer(call.Reducer) is not { } reducer || !reducer.Arguments.TryValidate(call.Arguments, out _)) return false;
        if (!Utf8.IsValid(call.Engine) || !Utf8.IsValid(call.IdempotencyKey)) return false;
        if (!call.Causation.IsEmpty)
        {
            destination.Raw(",\"$causationId\":"u8);
            JsonBytes.WriteUuid(destination, new Guid(call.Causation, bigEndian: true));
        }

        if (!call.Correlation.IsEmpty)
        {
            destination.Raw(",\"depth\":"u8);
            JsonBytes.WriteNumber(destination, call.Depth);
        }

        destination.Raw(",\"events\":"u8);
        JsonBytes.WriteNumber(destination, call.EventCount);
        WriteNamed(destination, ",\"reducer\":"u8, call.Reducer, ",\"arguments\":"u8);
        if (!JsonBytes.TryWriteRow(destination, reducer.Arguments, call.Arguments)) return false;
        WriteRun(destination, call);
        if (call.HasIdempotencyKey) WriteNamed(destination, ",\"idempotencyKey\":"u8, call.IdempotencyKey, default);
        if (call.HasResult)
        {
            if (reducer.Result is not { } type || !CanonicalEncoding.TryValidate(type, call.Result, out _)) return false;
            destination.Raw(",\"result\":"u8);
            if (!JsonBytes.TryWrite(destination, type, call.Result)) return false;
        }

        if (!call.Chain.IsEmpty)
        {
            destination.Raw(",\"chain\":"u8);
            JsonBytes.WriteHex(destination, call.Chain);
        }

        return true;
    }

    private static void WriteRun(PayloadWriter destination, in TransactionSpans call)
    {
        destination.Raw(",\"caller\":"u8);
        JsonBytes.WriteHex(destination, call.Caller);
        destination.Raw(",\"time\":"u8);
        JsonBytes.WriteTime(destination, call.TimeUs);
        destination.Raw(",\"seed\":"u8);
        JsonBytes.WriteNumberText(destination, call.Seed);
        destination.Raw(",\"code\":"u8);
        JsonBytes.WriteHex(destination, call.Code);
        WriteNamed(destination, ",\"engine\":"u8, call.Engine, ",\"fuel\":"u8);
        JsonBytes.WriteNumberText(destination, call.Fuel);
        destination.Raw(",\"host\":"u8);
        JsonBytes.WriteUuid(destination, new Guid(call.Host, bigEndian: true));
        destination.Raw(",\"epoch\":"u8);
        JsonBytes.WriteNumberText(destination, call.Epoch);
        destination.Raw(",\"stateHash\":"u8);
        Span<byte> stateHash = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(stateHash, call.StateHash);
        JsonBytes.WriteHex(destination, stateHash);
    }
}
