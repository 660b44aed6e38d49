using System.Buffers;
using System.Text.Json;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Segments;

/// <summary>Settings of a stream as JSON, in events of the stream whose name is <c>$$</c> and the stream's name: the shape that
/// EventStoreDB gives them.</summary>
internal static class MetadataJson
{
    private const string Prefix = "$$";

    private static ReadOnlySpan<byte> TruncateBefore => "$tb"u8;

    private static ReadOnlySpan<byte> MaxCount => "$maxCount"u8;

    private static ReadOnlySpan<byte> MaxAge => "$maxAge"u8;

    public static bool IsMetadataStream(StreamName name) => name.Value.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The stream that holds the settings of one.</summary>
    /// <exception cref="ArgumentException">The name becomes too long.</exception>
    public static StreamName StreamOf(StreamName name) => new(Prefix + name.Value);

    /// <summary>The stream whose settings one holds.</summary>
    public static StreamName TargetOf(StreamName metadataStream) => new(metadataStream.Value[Prefix.Length..]);

    public static byte[] Write(StreamMetadata metadata)
    {
        ArrayBufferWriter<byte> bytes = new(64);
        using (Utf8JsonWriter json = new(bytes))
        {
            json.WriteStartObject();
            if (metadata.TruncateBefore is { } first) json.WriteNumber(TruncateBefore, first.Value);
            if (metadata.MaxCount is { } count) json.WriteNumber(MaxCount, count);
            if (metadata.MaxAge is { } age) json.WriteNumber(MaxAge, age.Ticks / TimeSpan.TicksPerSecond);
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }

    public static bool TryParse(ReadOnlySpan<byte> json, out StreamMetadata metadata)
    {
        metadata = StreamMetadata.Empty;
        try
        {
            Utf8JsonReader reader = new(json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals(TruncateBefore) && reader.Read())
                    metadata = metadata with { TruncateBefore = new Revision(reader.GetInt64()) };
                else if (reader.ValueTextEquals(MaxCount) && reader.Read())
                    metadata = metadata with { MaxCount = reader.GetInt64() };
                else if (reader.ValueTextEquals(MaxAge) && reader.Read())
                    metadata = metadata with { MaxAge = TimeSpan.FromSeconds(reader.GetInt64()) };
                else return false;
            }

            metadata.Validate();
            return reader.TokenType == JsonTokenType.EndObject;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException
            or ArgumentOutOfRangeException or OverflowException)
        {
            return false;
        }
    }
}
