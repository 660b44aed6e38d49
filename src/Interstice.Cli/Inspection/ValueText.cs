using System.Text;
using System.Text.Json;
using Interstice.Cli.Output;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Cli.Inspection;

/// <summary>Values as people read them: their JSON, a string without its quotes.</summary>
internal static class ValueText
{
    /// <summary>One value.</summary>
    public static string Of(DataType type, ReadOnlySpan<byte> canonical)
    {
        byte[] copy = canonical.ToArray();
        using var buffer = new JsonBuffer(isIndented: false);
        return Unquote(buffer.Build(json => JsonValues.Write(json, type, copy)).Span);
    }

    /// <summary>The values of a row, in the order of its fields.</summary>
    public static string[] OfRow(RowCodec row, ReadOnlySpan<byte> canonical)
    {
        byte[] copy = canonical.ToArray();
        using var buffer = new JsonBuffer(isIndented: false);
        using JsonDocument document = JsonDocument.Parse(
            buffer.Build(json => JsonValues.WriteRow(json, row, copy)),
            ValueLimits.Json);
        return [.. document.RootElement.EnumerateObject().Select(field => Text(field.Value))];
    }

    /// <summary>A value that is JSON already.</summary>
    public static string Text(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private static string Unquote(ReadOnlySpan<byte> json)
    {
        if (json is not [(byte)'"', ..]) return Encoding.UTF8.GetString(json);
        var reader = new Utf8JsonReader(json);
        reader.Read();
        return reader.GetString()!;
    }
}
