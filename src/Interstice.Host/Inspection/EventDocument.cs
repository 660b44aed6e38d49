using System.Text.Json;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Host.Inspection;

/// <summary>Writes an event of the log as the stable object of docs/cli.md.</summary>
public static class EventDocument
{
    /// <summary>Writes an event.</summary>
    public static void Write(Utf8JsonWriter json, LoggedEvent logged)
    {
        json.WriteStartObject();
        json.WriteString("stream", logged.Recorded.Stream.Value);
        json.WriteNumber("revision", logged.Recorded.Revision.Value);
        json.WriteNumber("position", logged.Recorded.Position.Commit);
        json.WriteString("type", logged.Recorded.Type);
        if (logged.Transaction is { } transaction) WriteMutation(json, logged, transaction);
        else WriteOther(json, logged);
        if (logged.IsFirst && logged.Call is { } call) WriteCall(json, logged.Reducer, call);
        json.WriteEndObject();
    }

    private static void WriteMutation(Utf8JsonWriter json, LoggedEvent logged, TransactionId transaction)
    {
        bool isEmitted = logged.Recorded.Type == EventTypes.EventEmitted && logged.Table is null;
        if (logged.Subject is { } subject) json.WriteString(isEmitted ? "event" : "table", subject);
        if (isEmitted)
        {
            json.WritePropertyName("payload");
            if (logged.Emitted is { } declared) JsonValues.Write(json, declared.Payload, logged.Row.Span);
            else json.WriteBase64StringValue(logged.Row.Span);
        }
        else if (logged.Subject is not null)
        {
            json.WritePropertyName("key");
            WriteKey(json, logged);
            if (logged.Recorded.Type == EventTypes.RowUpdated) WriteRow(json, "oldRow", logged.Table, logged.OldRow);
            WriteRow(json, "row", logged.Table, logged.Row);
        }

        json.WriteString("transaction", transaction.ToString());
        json.WriteNumber("index", logged.Index);
        if (logged.Call is { } call) json.WriteNumber("count", call.EventCount);
        if (logged.IsVoid) json.WriteBoolean("void", true);
    }

    private static void WriteKey(Utf8JsonWriter json, LoggedEvent logged)
    {
        if (logged.Table?.PrimaryKey is not { } primary)
        {
            json.WriteNullValue();
            return;
        }

        byte[] key = new byte[primary.Key.LengthMax(logged.Row.Span)];
        int length = primary.Key.Write(logged.Row.Span, key);
        JsonValues.WriteKey(json, primary.Key, key.AsSpan(0, length));
    }

    private static void WriteRow(Utf8JsonWriter json, string name, TableSchema? table, ReadOnlyMemory<byte> row)
    {
        json.WritePropertyName(name);
        if (table is null) json.WriteBase64StringValue(row.Span);
        else JsonValues.WriteRow(json, table.Row, row.Span);
    }

    private static void WriteCall(Utf8JsonWriter json, ReducerSchema? reducer, TransactionRecord call)
    {
        json.WriteString("reducer", call.Reducer);
        json.WritePropertyName("arguments");
        if (reducer is null) json.WriteBase64StringValue(call.Arguments.Span);
        else JsonValues.WriteRow(json, reducer.Arguments, call.Arguments.Span);
        if (call.Result is { } result && reducer?.Result is { } type)
        {
            json.WritePropertyName("result");
            JsonValues.Write(json, type, result.Span);
        }

        if (call.IdempotencyKey is { } key) json.WriteString("idempotencyKey", key);
        json.WriteString("caller", call.Caller.ToString());
        json.WriteString("at", TimestampText.Format(call.TimeUs));
        json.WriteString("codeHash", call.Code.ToString());
        json.WriteString("engine", call.Engine);
        json.WriteNumber("fuel", call.Fuel);
        json.WriteNumber("epoch", call.Epoch);
        json.WriteString(
            "stateHash",
            call.StateHash.ToString("x32", System.Globalization.CultureInfo.InvariantCulture));
        if (call.Chain is { } chain) json.WriteString("chain", chain.ToString());
    }

    private static void WriteOther(Utf8JsonWriter json, LoggedEvent logged)
    {
        json.WriteString("at", TimestampText.Format(logged.Recorded.CreatedUs));
        switch (logged.Recorded.Type)
        {
            case EventTypes.ModulePublished when logged.Module is not null:
                ModulePublished published = ModulePublished.Read(logged.Recorded.Data.Span);
                json.WriteString("module", logged.Module);
                json.WriteNumber("version", published.Version);
                json.WriteString("codeHash", published.Code.ToString());
                json.WriteNumber("codeBytes", published.CodeBytes);
                json.WriteString("publisher", published.Publisher.ToString());
                MigrationDocument.WriteRows(json, published);
                WriteChain(json, logged);
                break;
            case EventTypes.OwnershipTaken when logged.Module is not null:
                OwnershipTaken taken = OwnershipTaken.Read(logged.Recorded.Data.Span);
                json.WriteString("host", taken.Host);
                json.WriteNumber("epoch", taken.Epoch);
                WriteChain(json, logged);
                break;
            case EventTypes.ModuleListed when logged.Recorded.Stream == StreamNames.Modules:
                json.WriteString("module", ModuleListed.Read(logged.Recorded.Data.Span).Name);
                break;
            default:
                json.WriteNumber("bytes", logged.Recorded.Data.Length);
                break;
        }
    }

    private static void WriteChain(Utf8JsonWriter json, LoggedEvent logged)
    {
        if (ChainMetadata.Read(logged.Recorded.Metadata.Span) is { } chain) json.WriteString("chain", chain.ToString());
    }
}
