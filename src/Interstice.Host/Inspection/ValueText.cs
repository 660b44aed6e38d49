using System.Text;
using System.Text.Json;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Host.Inspection;

/// <summary>Values as people read them: their JSON, a string without its quotes, a variant without payload as its name.</summary>
public static class ValueText
{
    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = ValueLimits.Json.MaxDepth };

    /// <summary>One value.</summary>
    public static string Of(DataType type, ReadOnlySpan<byte> canonical)
    {
        JsonBuffer buffer = JsonBuffer.OfThread;
        JsonValues.Write(buffer.Begin(), type, canonical);
        var reader = new Utf8JsonReader(buffer.End().Span, ReaderOptions);
        reader.Read();
        return Next(ref reader, buffer.End().Span, type);
    }

    /// <summary>The values of a row, in the order of its fields.</summary>
    public static string[] OfRow(RowCodec row, ReadOnlySpan<byte> canonical)
    {
        JsonBuffer buffer = JsonBuffer.OfThread;
        JsonValues.WriteRow(buffer.Begin(), row, canonical);
        ReadOnlySpan<byte> json = buffer.End().Span;
        var texts = new string[row.Fields.Length];
        var reader = new Utf8JsonReader(json, ReaderOptions);
        reader.Read();
        for (int i = 0; i < texts.Length; i++)
        {
            reader.Read(); // the name
            reader.Read();
            texts[i] = Next(ref reader, json, row.Fields[i].Type);
        }

        return texts;
    }

    /// <summary>A value that is JSON already.</summary>
    public static string Text(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    // The value that the reader stands at the beginning of.
    private static string Next(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, DataType type)
    {
        if (reader.TokenType == JsonTokenType.String) return reader.GetString()!;
        if (type.Resolved is EnumType { IsUnit: true }) return VariantName(ref reader);
        int start = (int)reader.TokenStartIndex;
        reader.Skip();
        return Encoding.UTF8.GetString(json[start..(int)reader.BytesConsumed]);
    }

    // {"name":null}
    private static string VariantName(ref Utf8JsonReader reader)
    {
        reader.Read();
        string name = reader.GetString()!;
        reader.Skip();
        reader.Read();
        return name;
    }
}
