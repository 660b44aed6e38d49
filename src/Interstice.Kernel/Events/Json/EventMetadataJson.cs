using System.Text.Json;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Events.Json;

/// <summary>Metadata of events as JSON (docs/formats/event-json.md): the call on the first event of a transaction, and on every event the
/// transaction and the publication that it was made under.</summary>
public static class EventMetadataJson
{
    private const string Publication = "publication";

    /// <summary>Writes metadata.</summary>
    /// <param name="writer">Takes one object.</param>
    /// <param name="id">The event's id.</param>
    /// <param name="type">Its type.</param>
    /// <param name="metadata">The canonical metadata; may be empty.</param>
    /// <param name="publication">Revision of the publication that it was made under; null where there is none.</param>
    /// <param name="schema">The declarations of that publication.</param>
    /// <returns>False, with nothing or a part written, if it is no such metadata.</returns>
    public static bool TryWrite(
        Utf8JsonWriter writer, Guid id, string type, ReadOnlySpan<byte> metadata, Revision? publication, ModuleSchema? schema)
    {
        ArgumentNullException.ThrowIfNull(writer);
        try
        {
            writer.WriteStartObject();
            if (publication is { } made) JsonFields.Write(writer, "publication"u8, made.Value);
            if (EventTypes.IsOfTransaction(type)) WriteOfTransaction(writer, id, metadata, schema);
            else if (ChainMetadata.Read(metadata) is { } chain) writer.WriteString("chain"u8, chain.ToString());
            writer.WriteEndObject();
            return true;
        }
        catch (EventFormatException)
        {
            return false;
        }
    }

    /// <summary>Revision of the publication that an event was made under; null where it says none.</summary>
    /// <param name="json">Its metadata.</param>
    /// <exception cref="EventFormatException">It is no such object.</exception>
    public static Revision? PublicationOf(JsonElement json) =>
        JsonFields.Find(json, Publication) is null ? null : new Revision(JsonFields.Int64(json, Publication));

    /// <summary>Whether metadata is that of an event that follows the first one of its transaction, which is empty in canonical form.</summary>
    /// <param name="json">The metadata; what is not JSON is not such.</param>
    /// <param name="publication">Revision of the publication that the event was made under.</param>
    public static bool IsOfFollowing(ReadOnlySpan<byte> json, out Revision publication)
    {
        publication = Revision.None;
        var reader = new Utf8JsonReader(json);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isPublication = reader.ValueTextEquals("publication"u8);
                if (!isPublication && !IsOfEveryEvent(reader)) return false;
                if (!reader.Read()) return false;
                if (!isPublication) continue;
                if (reader.TokenType != JsonTokenType.String || reader.ValueIsEscaped
                    || !System.Buffers.Text.Utf8Parser.TryParse(reader.ValueSpan, out long revision, out int read)
                    || read != reader.ValueSpan.Length) return false;
                publication = new Revision(revision);
            }

            return publication != Revision.None && reader.TokenType == JsonTokenType.EndObject && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool IsOfEveryEvent(in Utf8JsonReader reader) =>
        reader.ValueTextEquals("transaction"u8) || reader.ValueTextEquals("index"u8) || reader.ValueTextEquals("$correlationId"u8);

    /// <summary>Reads what <see cref="TryWrite"/> wrote.</summary>
    /// <param name="json">The object.</param>
    /// <param name="type">The event's type.</param>
    /// <param name="schema">The declarations that it was made under.</param>
    /// <param name="destination">Takes the canonical metadata.</param>
    /// <exception cref="EventFormatException">It is no such object.</exception>
    public static void Read(JsonElement json, string type, ModuleSchema? schema, PayloadWriter destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        ChainValue? chain = JsonFields.Find(json, "chain") is null ? null : ChainValue.Read(JsonFields.Hash(json, "chain"));
        if (!EventTypes.IsOfTransaction(type))
        {
            if (chain is { } value) destination.Raw(ChainMetadata.ToBytes(value));
        }
        else if (JsonFields.Find(json, "events") is not null)
        {
            CallOf(json, schema, chain).Write(destination);
        }
    }

    private static void WriteOfTransaction(Utf8JsonWriter writer, Guid id, ReadOnlySpan<byte> metadata, ModuleSchema? schema)
    {
        TransactionId transaction = TransactionId.OfEvent(id, out int index);
        TransactionRecord? call = metadata.IsEmpty ? null : TransactionRecord.Read(metadata);
        writer.WriteString("$correlationId"u8, call?.Origin?.Correlation ?? transaction.EventId(0));
        writer.WriteString("transaction"u8, transaction.ToString());
        writer.WriteNumber("index"u8, index);
        if (call is not null) WriteCall(writer, call, schema);
    }

    private static void WriteCall(Utf8JsonWriter writer, TransactionRecord call, ModuleSchema? schema)
    {
        if (call.Causation is { } causation) writer.WriteString("$causationId"u8, causation);
        if (call.Origin is { } origin) writer.WriteNumber("depth"u8, origin.Depth);
        writer.WriteNumber("events"u8, call.EventCount);
        writer.WriteString("reducer"u8, call.Reducer);
        ReducerSchema? reducer = schema?.FindReducer(call.Reducer);
        if (reducer is not null && reducer.Arguments.TryValidate(call.Arguments.Span, out _))
        {
            writer.WritePropertyName("arguments"u8);
            JsonValues.WriteRow(writer, reducer.Arguments, call.Arguments.Span);
        }
        else
        {
            writer.WriteBase64String("argumentBytes"u8, call.Arguments.Span);
        }

        writer.WriteString("caller"u8, call.Caller.ToString());
        writer.WriteString("time"u8, TimestampText.Format(call.TimeUs));
        JsonFields.Write(writer, "seed"u8, call.Seed);
        writer.WriteString("code"u8, call.Code.ToString());
        writer.WriteString("engine"u8, call.Engine);
        JsonFields.Write(writer, "fuel"u8, call.Fuel);
        writer.WriteString("host"u8, call.Host);
        JsonFields.Write(writer, "epoch"u8, call.Epoch);
        JsonFields.Write(writer, "stateHash"u8, call.StateHash, "x32");
        if (call.IdempotencyKey is { } key) writer.WriteString("idempotencyKey"u8, key);
        if (call.Result is { } result && reducer?.Result is { } type && CanonicalEncoding.TryValidate(type, result.Span, out _))
        {
            writer.WritePropertyName("result"u8);
            JsonValues.Write(writer, type, result.Span);
        }
        else if (call.Result is { } bytes)
        {
            writer.WriteBase64String("resultBytes"u8, bytes.Span);
        }

        if (call.Chain is { } chain) writer.WriteString("chain"u8, chain.ToString());
    }

    private static TransactionRecord CallOf(JsonElement json, ModuleSchema? schema, ChainValue? chain)
    {
        string name = JsonFields.String(json, "reducer");
        ReducerSchema? reducer = schema?.FindReducer(name);
        return new TransactionRecord
        {
            EventCount = JsonFields.Int32(json, "events"),
            Reducer = name,
            Arguments = ArgumentsOf(json, reducer),
            Caller = Identity.Read(JsonFields.Hash(json, "caller")),
            TimeUs = JsonFields.Timestamp(json, "time"),
            Seed = JsonFields.UInt128(json, "seed"),
            Code = CodeHash.Read(JsonFields.Hash(json, "code")),
            Engine = JsonFields.String(json, "engine"),
            Fuel = JsonFields.UInt64(json, "fuel"),
            Host = JsonFields.Guid(json, "host"),
            Epoch = JsonFields.UInt64(json, "epoch"),
            StateHash = JsonFields.Hex128(json, "stateHash"),
            IdempotencyKey = JsonFields.Find(json, "idempotencyKey") is null ? null : JsonFields.String(json, "idempotencyKey"),
            Result = ResultOf(json, reducer),
            Causation = JsonFields.Find(json, "$causationId") is null ? null : JsonFields.Guid(json, "$causationId"),
            Origin = JsonFields.Find(json, "depth") is null ? null : OriginOf(json),
            Chain = chain,
        };
    }

    private static TransactionOrigin OriginOf(JsonElement json)
    {
        int depth = JsonFields.Int32(json, "depth");
        if (depth is < 0 or > byte.MaxValue) throw new EventFormatException($"depth {depth}", 0);
        return new(JsonFields.Guid(json, "$correlationId"), (byte)depth);
    }

    private static byte[] ArgumentsOf(JsonElement json, ReducerSchema? reducer)
    {
        if (JsonFields.Find(json, "arguments") is not { } arguments) return JsonFields.Base64(json, "argumentBytes");
        if (reducer is null) throw new EventFormatException("arguments of a reducer that is not declared", 0);
        using var written = new PayloadWriter();
        if (!JsonValues.TryReadRow(arguments, reducer.Arguments, written, out ValueError error))
            throw new EventFormatException($"arguments: {error}", 0);
        return written.Written.ToArray();
    }

    private static ReadOnlyMemory<byte>? ResultOf(JsonElement json, ReducerSchema? reducer)
    {
        if (JsonFields.Find(json, "resultBytes") is not null) return JsonFields.Base64(json, "resultBytes");
        if (JsonFields.Find(json, "result") is not { } result) return null;
        if (reducer?.Result is not { } type) throw new EventFormatException("the result of a reducer that declares none", 0);
        using var written = new PayloadWriter();
        if (!JsonValues.TryRead(result, type, written, out ValueError error)) throw new EventFormatException($"result: {error}", 0);
        return written.Written.ToArray();
    }
}
