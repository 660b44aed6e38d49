using Interstice.Kernel.Events;

namespace Interstice.Server.EventStoreDb;

/// <summary>Settings of a stream as clients write them: the JSON of a <c>$metadata</c> event.</summary>
internal static class StreamSettings
{
    private const string Prefix = "$$";

    /// <summary>Whether a stream holds the settings of another.</summary>
    internal static bool IsMetadataStream(StreamName stream) => stream.Value.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The stream whose settings one holds.</summary>
    internal static StreamName TargetOf(StreamName metadataStream) => new(metadataStream.Value[Prefix.Length..]);

    /// <summary>Reads settings.</summary>
    /// <exception cref="CallFailureException">They are none.</exception>
    internal static StreamMetadata Read(EventData data)
    {
        if (data.Type != StreamMetadata.EventType)
            throw CallFailureException.Invalid($"an event of a metadata stream has the type {StreamMetadata.EventType}, not {data.Type}");
        if (data.Data.Length > StreamMetadata.JsonBytesMax)
            throw CallFailureException.Invalid(
                $"these settings have {data.Data.Length} bytes; a stream may have {StreamMetadata.JsonBytesMax}");
        return StreamMetadataJson.TryParse(data.Data.Span, out StreamMetadata metadata)
            ? metadata
            : throw CallFailureException.Invalid(
                "these are no settings of a stream: a JSON object, with $tb of 0 or more, $maxCount and $maxAge of 1 or more, if it has them");
    }
}
