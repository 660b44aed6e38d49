using System.Text;
using Interstice.Host.Inspection;
using Interstice.Host.Modules;
using Interstice.Kernel.Events;
using Interstice.Kernel.Mutations;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Host.Reexecution;

/// <summary>Effects of calls as people read them. Only made where something differs.</summary>
internal static class EffectText
{
    private const int LengthMax = 2_000;

    /// <summary>A call: reducer and arguments.</summary>
    public static string OfCall(string reducer, RowCodec? arguments, ReadOnlySpan<byte> canonical)
    {
        if (arguments is null || !arguments.TryValidate(canonical, out _)) return $"{reducer}({Hex(canonical)})";
        byte[] copy = canonical.ToArray();
        return Cut($"{reducer}({Json(writer => JsonValues.WriteRow(writer, arguments, copy))})");
    }

    /// <summary>An event that is recorded.</summary>
    /// <param name="schema">Declarations that it was written under.</param>
    /// <param name="recorded">The event.</param>
    public static string OfEvent(ModuleSchema schema, in RecordedEvent recorded)
    {
        ReadOnlySpan<byte> payload = recorded.Data.Span;
        ReadOnlySpan<byte> name;
        ReadOnlySpan<byte> oldRow = default;
        ReadOnlySpan<byte> newRow;
        bool isRead = recorded.Type == EventTypes.RowUpdated
            ? RowEvent.TryReadUpdate(payload, out name, out oldRow, out newRow)
            : RowEvent.TryRead(payload, out name, out newRow);
        if (!isRead) return $"{recorded.Type} {Hex(payload)}";
        string text = Encoding.UTF8.GetString(name);
        return recorded.Type switch
        {
            EventTypes.RowInserted => Cut($"insert {text} {Row(schema, text, newRow)}"),
            EventTypes.RowUpdated => Cut($"update {text} {Row(schema, text, oldRow)} to {Row(schema, text, newRow)}"),
            EventTypes.RowDeleted => Cut($"delete {text} {Row(schema, text, newRow)}"),
            _ => Cut($"emit {text} {Payload(schema, text, newRow)}"),
        };
    }

    /// <summary>An effect that came out now.</summary>
    /// <param name="loaded">The build that ran.</param>
    /// <param name="mutation">The effect.</param>
    public static string OfMutation(LoadedModule loaded, in Mutation mutation)
    {
        ModuleSchema schema = loaded.Schema;
        string name = Encoding.UTF8.GetString(
            mutation.Kind == MutationKind.Emit ? loaded.EventName(mutation.Number) : loaded.TableName(mutation.Number));
        return mutation.Kind switch
        {
            MutationKind.Insert => Cut($"insert {name} {Row(schema, name, mutation.NewRow)}"),
            MutationKind.Update => Cut($"update {name} {Row(schema, name, mutation.OldRow)} to {Row(schema, name, mutation.NewRow)}"),
            MutationKind.Delete => Cut($"delete {name} {Row(schema, name, mutation.OldRow)}"),
            _ => Cut($"emit {name} {Payload(schema, name, mutation.NewRow)}"),
        };
    }

    /// <summary>A return value.</summary>
    public static string OfResult(DataType? type, bool hasResult, ReadOnlySpan<byte> canonical)
    {
        if (!hasResult) return "no value";
        if (type is null || !CanonicalEncoding.TryValidate(type, canonical, out _)) return Hex(canonical);
        return Cut(ValueText.Of(type, canonical));
    }

    private static string Row(ModuleSchema schema, string table, ReadOnlySpan<byte> row)
    {
        if (schema.FindTable(table) is not { } declared || !declared.Row.TryValidate(row, out _)) return Hex(row);
        byte[] copy = row.ToArray();
        return Json(writer => JsonValues.WriteRow(writer, declared.Row, copy));
    }

    private static string Payload(ModuleSchema schema, string name, ReadOnlySpan<byte> payload)
    {
        if (schema.FindEvent(name) is not { } declared) return Row(schema, name, payload);
        return CanonicalEncoding.TryValidate(declared.Payload, payload, out _) ? ValueText.Of(declared.Payload, payload) : Hex(payload);
    }

    private static string Json(Action<System.Text.Json.Utf8JsonWriter> write)
    {
        using var json = new JsonBuffer(isIndented: false);
        return Encoding.UTF8.GetString(json.Build(write).Span);
    }

    private static string Hex(ReadOnlySpan<byte> bytes) => Cut("0x" + Convert.ToHexStringLower(bytes[..Math.Min(bytes.Length, LengthMax / 2)]));

    private static string Cut(string text) => text.Length <= LengthMax ? text : text[..LengthMax] + "...";
}
