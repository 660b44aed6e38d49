using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Interstice.Kernel.Events;

/// <summary>Settings of a stream as JSON, in the shape that EventStoreDB gives them: an object with <c>$tb</c>, <c>$maxCount</c>,
/// <c>$maxAge</c> in seconds, then whatever else there is.</summary>
/// <remarks>What is written from what was read is written the same again, so that an index made of settings can be compared byte by byte.
/// </remarks>
public static class StreamMetadataJson
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static ReadOnlySpan<byte> TruncateBefore => "$tb"u8;

    private static ReadOnlySpan<byte> MaxCount => "$maxCount"u8;

    private static ReadOnlySpan<byte> MaxAge => "$maxAge"u8;

    /// <summary>Writes settings.</summary>
    /// <param name="metadata">The settings.</param>
    /// <exception cref="ArgumentException">Their properties are no JSON object, hold a name that is a setting, or all of it together has more
    /// than <see cref="StreamMetadata.JsonBytesMax"/> bytes.</exception>
    public static byte[] Write(StreamMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        ArrayBufferWriter<byte> bytes = new(64);
        using (Utf8JsonWriter json = new(bytes, Compact))
        {
            json.WriteStartObject();
            if (metadata.TruncateBefore is { } first) json.WriteNumber(TruncateBefore, first.Value);
            if (metadata.MaxCount is { } count) json.WriteNumber(MaxCount, count);
            if (metadata.MaxAge is { } age) json.WriteNumber(MaxAge, age.Ticks / TimeSpan.TicksPerSecond);
            if (metadata.Properties is { } properties) WriteProperties(json, properties);
            json.WriteEndObject();
        }

        return bytes.WrittenCount <= StreamMetadata.JsonBytesMax
            ? bytes.WrittenSpan.ToArray()
            : throw new ArgumentException(
                $"the settings of a stream have {bytes.WrittenCount} bytes as JSON, at most {StreamMetadata.JsonBytesMax} are allowed",
                nameof(metadata));
    }

    /// <summary>Reads settings.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="metadata">The settings, <see cref="StreamMetadata.Empty"/> when these are none.</param>
    /// <returns>False when these are no settings, or ones that are out of range.</returns>
    public static bool TryParse(ReadOnlySpan<byte> json, out StreamMetadata metadata)
    {
        metadata = StreamMetadata.Empty;
        if (json.Length > StreamMetadata.JsonBytesMax) return false;
        try
        {
            Utf8JsonReader reader = new(json);
            using var document = JsonDocument.ParseValue(ref reader);
            if (reader.Read() || document.RootElement.ValueKind != JsonValueKind.Object) return false;
            StreamMetadata found = StreamMetadata.Empty;
            List<JsonProperty> others = [];
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                if (!IsSetting(property)) others.Add(property);
                else if (property.Value.ValueKind != JsonValueKind.Null) found = With(found, property);
            }

            if (others.Count > 0) found = found with { Properties = TextOf(others) };
            found.Validate();
            metadata = found;
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or ArgumentException
            or OverflowException)
        {
            return false;
        }
    }

    private static StreamMetadata With(StreamMetadata metadata, in JsonProperty property)
    {
        long value = property.Value.GetInt64();
        if (property.NameEquals(TruncateBefore)) return metadata with { TruncateBefore = new Revision(value) };
        return property.NameEquals(MaxCount)
            ? metadata with { MaxCount = value }
            : metadata with { MaxAge = TimeSpan.FromSeconds(value) };
    }

    private static bool IsSetting(in JsonProperty property) =>
        property.NameEquals(TruncateBefore) || property.NameEquals(MaxCount) || property.NameEquals(MaxAge);

    private static string TextOf(List<JsonProperty> properties)
    {
        ArrayBufferWriter<byte> bytes = new(256);
        using (Utf8JsonWriter json = new(bytes, Compact))
        {
            json.WriteStartObject();
            foreach (JsonProperty property in properties) property.WriteTo(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static void WriteProperties(Utf8JsonWriter json, string properties)
    {
        try
        {
            using var document = JsonDocument.Parse(properties);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new ArgumentException("the properties of a stream's settings are no JSON object");
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                if (IsSetting(property))
                    throw new ArgumentException($"\"{property.Name}\" is a setting of its own, not one of the properties");
                property.WriteTo(json);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new ArgumentException($"the properties of a stream's settings are no JSON object: {e.Message}", e);
        }
    }
}
