using System.Text.Json;
using Interstice.Kernel.Events;

namespace Interstice.Server.EventStoreDb;

/// <summary>Settings of a stream as clients write them: the JSON of a <c>$metadata</c> event.</summary>
internal static class StreamSettings
{
    private const string Prefix = "$$";

    /// <summary>Whether a stream holds the settings of another.</summary>
    internal static bool IsMetadataStream(StreamName stream) => stream.Value.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The stream that holds the settings of one.</summary>
    /// <exception cref="CallFailureException">Its name would be too long.</exception>
    internal static StreamName StreamOf(StreamName stream)
    {
        try
        {
            return new StreamName(Prefix + stream.Value);
        }
        catch (ArgumentException fault)
        {
            throw CallFailureException.Invalid($"stream \"{stream}\" can have no settings: {fault.Message}");
        }
    }

    /// <summary>The stream whose settings one holds.</summary>
    internal static StreamName TargetOf(StreamName metadataStream) => new(metadataStream.Value[Prefix.Length..]);

    /// <summary>Reads settings.</summary>
    /// <exception cref="CallFailureException">They are none, or this store cannot hold them; what it cannot hold is refused, not
    /// dropped.</exception>
    internal static StreamMetadata Read(EventData data)
    {
        if (data.Type != StreamMetadata.EventType)
            throw CallFailureException.Invalid($"an event of a metadata stream has the type {StreamMetadata.EventType}, not {data.Type}");
        try
        {
            using var json = JsonDocument.Parse(data.Data);
            StreamMetadata metadata = StreamMetadata.Empty;
            foreach (JsonProperty property in json.RootElement.EnumerateObject())
                if (property.Value.ValueKind != JsonValueKind.Null) metadata = With(metadata, property);
            metadata.Validate();
            return metadata;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or FormatException
            or ArgumentOutOfRangeException or OverflowException)
        {
            throw CallFailureException.Invalid($"these are no settings of a stream: {fault.Message}");
        }
    }

    private static StreamMetadata With(StreamMetadata metadata, JsonProperty property) => property.Name switch
    {
        "$tb" => metadata with { TruncateBefore = new Revision(property.Value.GetInt64()) },
        "$maxCount" => metadata with { MaxCount = property.Value.GetInt64() },
        "$maxAge" => metadata with { MaxAge = TimeSpan.FromSeconds(property.Value.GetInt64()) },
        _ => throw CallFailureException.Invalid(
            $"this store cannot hold the setting \"{property.Name}\" of a stream; it holds $tb, $maxCount and $maxAge"),
    };
}
