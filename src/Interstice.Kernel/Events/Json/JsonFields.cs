using System.Globalization;
using System.Text.Json;
using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Events.Json;

/// <summary>Fields of the objects that events are in JSON; what is missing or wrong is an <see cref="EventFormatException"/>.</summary>
internal static class JsonFields
{
    internal static JsonElement Of(JsonElement json, string name) => Find(json, name) ?? throw Wrong(name, "is missing");

    internal static JsonElement? Find(JsonElement json, string name)
    {
        if (json.ValueKind != JsonValueKind.Object) throw new EventFormatException("expected an object", 0);
        return json.TryGetProperty(name, out JsonElement value) ? value : null;
    }

    internal static string String(JsonElement json, string name) =>
        JsonText.TextOf(Of(json, name)) ?? throw Wrong(name, "is no text");

    internal static int Int32(JsonElement json, string name) =>
        Of(json, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out int number) ? number : throw Wrong(name, "is no i32");

    internal static ulong UInt64(JsonElement json, string name) =>
        ulong.TryParse(String(json, name), NumberStyles.None, CultureInfo.InvariantCulture, out ulong number)
            ? number
            : throw Wrong(name, "is no u64");

    internal static long Int64(JsonElement json, string name) =>
        long.TryParse(String(json, name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw Wrong(name, "is no i64");

    internal static UInt128 UInt128(JsonElement json, string name) =>
        System.UInt128.TryParse(String(json, name), NumberStyles.None, CultureInfo.InvariantCulture, out UInt128 number)
            ? number
            : throw Wrong(name, "is no u128");

    internal static UInt128 Hex128(JsonElement json, string name) =>
        String(json, name) is { Length: 32 } text
        && System.UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out UInt128 number)
            ? number
            : throw Wrong(name, "is not 32 hexadecimal digits");

    internal static Guid Guid(JsonElement json, string name) =>
        Of(json, name).TryGetGuid(out Guid value) ? value : throw Wrong(name, "is no uuid");

    internal static long Timestamp(JsonElement json, string name)
    {
        string text = String(json, name);
        return Values.TimestampText.TryParse(text, out long microseconds)
            || long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out microseconds)
                ? microseconds
                : throw Wrong(name, "is no timestamp");
    }

    /// <summary>The 32 bytes of 64 hexadecimal digits.</summary>
    internal static byte[] Hash(JsonElement json, string name)
    {
        string text = String(json, name);
        try
        {
            if (text.Length == 64) return Convert.FromHexString(text);
        }
        catch (FormatException)
        {
            // As any other text that is none.
        }

        throw Wrong(name, "is not 64 hexadecimal digits");
    }

    internal static byte[] Base64(JsonElement json, string name) =>
        Of(json, name) is { ValueKind: JsonValueKind.String } value && value.TryGetBytesFromBase64(out byte[]? bytes)
            ? bytes
            : throw Wrong(name, "is no base64");

    internal static void Write<T>(Utf8JsonWriter writer, ReadOnlySpan<byte> name, T number, ReadOnlySpan<char> format = default)
        where T : IUtf8SpanFormattable
    {
        Span<byte> text = stackalloc byte[80];
        number.TryFormat(text, out int written, format, CultureInfo.InvariantCulture);
        writer.WriteString(name, text[..written]);
    }

    private static EventFormatException Wrong(string name, string what) => new($"\"{name}\" {what}", 0);
}
