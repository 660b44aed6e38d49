using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Events.Json;

/// <summary>Reads events of transactions from JSON straight from its bytes, if they stand as <see cref="EventJson"/> and
/// <see cref="EventMetadataJson"/> write them: that is several times as fast as to make a document of each.</summary>
/// <remarks>Says no to anything else, be it right or wrong, with nothing written: those read what is right and have the words for what is
/// wrong. What is read has the bytes that those give.</remarks>
public static class WrittenEventJson
{
    private const byte WithoutChain = 1;
    private const byte WithChain = 2;
    private const byte HasIdempotencyKey = 1;
    private const byte HasResult = 2;
    private const byte HasCausation = 4;
    private const byte HasOrigin = 8;
    private const int HashBytes = 32;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = ValueLimits.Json.MaxDepth };

    /// <summary>Reads the payload of an event of a transaction.</summary>
    /// <param name="type">The event's type.</param>
    /// <param name="json">The JSON.</param>
    /// <param name="schema">The declarations that it was made under.</param>
    /// <param name="destination">Takes the canonical payload.</param>
    public static bool TryReadPayload(string type, ReadOnlySpan<byte> json, ModuleSchema schema, PayloadWriter destination)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(destination);
        int start = destination.Length;
        try
        {
            var reader = new Utf8JsonReader(json, Options);
            if (TryReadChange(ref reader, type, schema, destination) && !reader.Read()) return true;
        }
        catch (JsonException)
        {
            // It is reported by whoever reads it next.
        }

        destination.Truncate(start);
        return false;
    }

    /// <summary>Reads the metadata of the first event of a transaction.</summary>
    /// <param name="json">The JSON.</param>
    /// <param name="schema">The declarations that it was made under.</param>
    /// <param name="destination">Takes the canonical metadata.</param>
    public static bool TryReadCall(ReadOnlySpan<byte> json, ModuleSchema schema, PayloadWriter destination)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(destination);
        int start = destination.Length;
        try
        {
            var reader = new Utf8JsonReader(json, Options);
            if (TryReadCall(ref reader, schema, destination) && !reader.Read()) return true;
        }
        catch (JsonException)
        {
            // It is reported by whoever reads it next.
        }

        destination.Truncate(start);
        return false;
    }

    /// <summary>Finds the publication that an event was made under where it is written, at the beginning of its metadata.</summary>
    /// <param name="json">The metadata; what is no JSON has none.</param>
    /// <param name="publication">Its revision.</param>
    public static bool TryFindPublication(ReadOnlySpan<byte> json, out Revision publication)
    {
        publication = Revision.None;
        try
        {
            var reader = new Utf8JsonReader(json, Options);
            if (!TryBegin(ref reader) || !IsAt(ref reader, "publication"u8) || !TryReadUInt64(ref reader, out ulong revision)
                || revision > long.MaxValue) return false;
            publication = new Revision((long)revision);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool TryReadChange(ref Utf8JsonReader json, string type, ModuleSchema schema, PayloadWriter destination)
    {
        if (type == EventTypes.CallRecorded)
        {
            CallRecorded.Write(destination);
            return TryBegin(ref json) && json.TokenType == JsonTokenType.EndObject;
        }

        destination.Byte(RowEvent.FormatVersion);
        if (!TryBegin(ref json)) return false;
        if (type == EventTypes.EventEmitted && IsAt(ref json, "event"u8))
        {
            if (!WrittenJson.IsPlainText(json) || schema.FindEvent(json.ValueSpan) is not { } custom) return false;
            destination.Bytes(json.ValueSpan);
            if (!json.Read() || !IsAt(ref json, "payload"u8)) return false;
            int start = Reserve(destination);
            if (!WrittenJson.TryRead(ref json, custom.Payload, destination)) return false;
            SetLength(destination, start);
            return TryEnd(ref json);
        }

        if (!IsAt(ref json, "table"u8) || !WrittenJson.IsPlainText(json) || schema.FindTable(json.ValueSpan) is not { } table) return false;
        destination.Bytes(json.ValueSpan);
        bool isRead = json.Read() && (type == EventTypes.RowUpdated
            ? TryReadRow(ref json, "old"u8, table.Row, destination) && json.Read() && TryReadRow(ref json, "new"u8, table.Row, destination)
            : TryReadRow(ref json, "row"u8, table.Row, destination));
        return isRead && TryEnd(ref json);
    }

    private static bool TryReadRow(ref Utf8JsonReader json, ReadOnlySpan<byte> name, RowCodec row, PayloadWriter destination)
    {
        if (!IsAt(ref json, name)) return false;
        int start = Reserve(destination);
        if (!WrittenJson.TryReadRow(ref json, row, destination)) return false;
        SetLength(destination, start);
        return true;
    }

    // In the order in which it is written, which is nearly that of the canonical form.
    private static bool TryReadCall(ref Utf8JsonReader json, ModuleSchema schema, PayloadWriter destination)
    {
        int start = destination.Length;
        destination.Byte(WithoutChain);
        destination.Byte(0);
        if (!TryBegin(ref json) || !TryReadIdentity(ref json, out Guid correlation)) return false;
        Guid? causation = null;
        if (IsAt(ref json, "$causationId"u8))
        {
            if (!WrittenJson.IsPlainText(json) || !json.TryGetGuid(out Guid found) || !json.Read()) return false;
            causation = found;
        }

        byte? depth = null;
        if (IsAt(ref json, "depth"u8))
        {
            if (json.TokenType != JsonTokenType.Number || !json.TryGetByte(out byte found) || !json.Read()) return false;
            depth = found;
        }

        if (!IsAt(ref json, "events"u8) || json.TokenType != JsonTokenType.Number || !json.TryGetInt32(out int events)) return false;
        destination.Int32(events);
        if (!TryReadInputs(ref json, schema, destination, out ReducerSchema? reducer)) return false;
        if (!TryReadOutputs(ref json, destination) || !json.Read()) return false;
        byte flags = (byte)((causation is null ? 0 : HasCausation) | (depth is null ? 0 : HasOrigin));
        if (IsAt(ref json, "idempotencyKey"u8))
        {
            if (!WrittenJson.TryReadText(json, destination) || !json.Read()) return false;
            flags |= HasIdempotencyKey;
        }

        if (reducer!.Result is { } result && IsAt(ref json, "result"u8))
        {
            int length = Reserve(destination);
            if (!WrittenJson.TryRead(ref json, result, destination) || !json.Read()) return false;
            SetLength(destination, length);
            flags |= HasResult;
        }

        if (causation is { } cause) destination.Guid(cause);
        if (depth is { } levels)
        {
            destination.Guid(correlation);
            destination.Byte(levels);
        }

        byte version = WithoutChain;
        if (IsAt(ref json, "chain"u8))
        {
            if (!TryReadHash(ref json, destination) || !json.Read()) return false;
            version = WithChain;
        }

        Span<byte> head = destination.Part(start, 2);
        (head[0], head[1]) = (version, flags);
        return json.TokenType == JsonTokenType.EndObject;
    }

    private static bool TryReadIdentity(ref Utf8JsonReader json, out Guid correlation)
    {
        correlation = default;
        return IsAt(ref json, "publication"u8) && json.TokenType == JsonTokenType.String && json.Read()
            && IsAt(ref json, "$correlationId"u8) && WrittenJson.IsPlainText(json) && json.TryGetGuid(out correlation) && json.Read()
            && TrySkipPlace(ref json);
    }

    private static bool TrySkipPlace(ref Utf8JsonReader json) =>
        IsAt(ref json, "transaction"u8) && json.TokenType == JsonTokenType.String && json.Read()
        && IsAt(ref json, "index"u8) && json.TokenType == JsonTokenType.Number && json.Read();

    private static bool TryReadInputs(ref Utf8JsonReader json, ModuleSchema schema, PayloadWriter destination, out ReducerSchema? reducer)
    {
        reducer = null;
        if (!IsNext(ref json, "reducer"u8) || !WrittenJson.IsPlainText(json) || (reducer = schema.FindReducer(json.ValueSpan)) is null) return false;
        destination.Bytes(json.ValueSpan);
        if (!json.Read() || !TryReadRow(ref json, "arguments"u8, reducer.Arguments, destination)) return false;
        if (!IsNext(ref json, "caller"u8) || !TryReadHash(ref json, destination)) return false;
        if (!IsNext(ref json, "time"u8) || !WrittenJson.IsPlainText(json)
            || !TimestampText.TryParseFormatted(json.ValueSpan, out long timeUs)) return false;
        destination.Int64(timeUs);
        if (!IsNext(ref json, "seed"u8) || !WrittenJson.IsPlainText(json)
            || !UInt128.TryParse(json.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out UInt128 seed)) return false;
        destination.UInt128(seed);
        return true;
    }

    private static bool TryReadOutputs(ref Utf8JsonReader json, PayloadWriter destination)
    {
        if (!IsNext(ref json, "code"u8) || !TryReadHash(ref json, destination)) return false;
        if (!IsNext(ref json, "engine"u8) || !WrittenJson.TryReadText(json, destination)) return false;
        if (!IsNext(ref json, "fuel"u8) || !TryReadUInt64(ref json, out ulong fuel)) return false;
        destination.UInt64(fuel);
        if (!IsNext(ref json, "host"u8) || !WrittenJson.IsPlainText(json) || !json.TryGetGuid(out Guid host)) return false;
        destination.Guid(host);
        if (!IsNext(ref json, "epoch"u8) || !TryReadUInt64(ref json, out ulong epoch)) return false;
        destination.UInt64(epoch);
        Span<byte> stateHash = stackalloc byte[16];
        if (!IsNext(ref json, "stateHash"u8) || !WrittenJson.TryReadHex(json, stateHash)) return false;
        destination.UInt128(BinaryPrimitives.ReadUInt128BigEndian(stateHash));
        return true;
    }

    private static bool TryReadHash(ref Utf8JsonReader json, PayloadWriter destination)
    {
        Span<byte> hash = stackalloc byte[HashBytes];
        if (!WrittenJson.TryReadHex(json, hash)) return false;
        destination.Raw(hash);
        return true;
    }

    private static bool TryReadUInt64(ref Utf8JsonReader json, out ulong number)
    {
        number = 0;
        return WrittenJson.IsPlainText(json)
            && ulong.TryParse(json.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    private static bool TryBegin(ref Utf8JsonReader json) => json.Read() && json.TokenType == JsonTokenType.StartObject && json.Read();

    private static bool TryEnd(ref Utf8JsonReader json) => json.Read() && json.TokenType == JsonTokenType.EndObject;

    private static bool IsNext(ref Utf8JsonReader json, ReadOnlySpan<byte> name) => json.Read() && IsAt(ref json, name);

    // If the reader stands on a property of that name it moves to its value; else it stays.
    private static bool IsAt(ref Utf8JsonReader json, ReadOnlySpan<byte> name) =>
        json.TokenType == JsonTokenType.PropertyName && !json.ValueIsEscaped && json.ValueSpan.SequenceEqual(name) && json.Read();

    private static int Reserve(PayloadWriter destination)
    {
        destination.UInt32(0);
        return destination.Length;
    }

    private static void SetLength(PayloadWriter destination, int start) =>
        BinaryPrimitives.WriteInt32LittleEndian(destination.Part(start - sizeof(int), sizeof(int)), destination.Length - start);
}
