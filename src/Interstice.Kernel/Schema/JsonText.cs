using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Interstice.Kernel.Schema;

/// <summary>Text taken out of JSON for values and messages. Strings of JSON may hold escaped unpaired surrogates, which
/// are no text; the library reports them by exception.</summary>
internal static class JsonText
{
    private const int ShownCharsMax = 40;

    /// <summary>How canonical JSON is written: without white space, and with nothing escaped that need not be, so
    /// that the bytes depend on no table of characters.</summary>
    internal static readonly JsonWriterOptions Canonical =
        new() { Encoder = MinimalJsonEncoder.Instance, MaxDepth = 256 };

    /// <summary>The text of a JSON string; null if it is no string or no text.</summary>
    internal static string? TextOf(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.String) return null;
        try
        {
            return json.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The name of a property; null if it is no text.</summary>
    internal static string? NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Whether a property has a name, without making text of it.</summary>
    internal static bool IsNamed(JsonProperty property, string name)
    {
        try
        {
            return property.NameEquals(name);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>What was found, for a message: a scalar as it stands, the kind of anything larger.</summary>
    internal static string Describe(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Undefined => "nothing",
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => $"an array of {json.GetArrayLength()}",
        JsonValueKind.String when TextOf(json) is null => "text with an unpaired surrogate",
        _ => Shorten(json.GetRawText()),
    };

    /// <summary>JSON without white space.</summary>
    internal static string Compact(JsonElement json)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Canonical)) json.WriteTo(writer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string Shorten(string text)
    {
        if (text.Length <= ShownCharsMax) return text;
        int end = char.IsHighSurrogate(text[ShownCharsMax - 1]) ? ShownCharsMax - 1 : ShownCharsMax;
        return $"{text[..end]}... ({text.Length} characters)";
    }
}
