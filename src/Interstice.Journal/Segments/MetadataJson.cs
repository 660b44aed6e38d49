using Interstice.Kernel.Events;

namespace Interstice.Journal.Segments;

/// <summary>Settings of a stream as JSON, in events of the stream whose name is <c>$$</c> and the stream's name, and the mark of a stream
/// that is closed for ever, which stands in the place of settings.</summary>
internal static class MetadataJson
{
    private const string Prefix = "$$";
    private const string TombstoneName = "$tombstone";

    /// <summary>What a closed stream has for settings. Reading gives this very object.</summary>
    public static readonly StreamMetadata Tombstone = new(Revision.End, Properties: $$"""{"{{TombstoneName}}":true}""");

    public static bool IsMetadataStream(StreamName name) => name.Value.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The stream that holds the settings of one.</summary>
    /// <exception cref="ArgumentException">The name becomes too long.</exception>
    public static StreamName StreamOf(StreamName name) => new(Prefix + name.Value);

    /// <summary>The stream whose settings one holds.</summary>
    public static StreamName TargetOf(StreamName metadataStream) => new(metadataStream.Value[Prefix.Length..]);

    /// <summary>Whether a stream that has these for settings is closed for ever.</summary>
    public static bool IsTombstone(StreamMetadata metadata) => ReferenceEquals(metadata, Tombstone);

    /// <summary>Whether a segment that holds these must be of <see cref="SegmentHeader.VersionWithProperties"/> or later.</summary>
    public static bool HasProperties(StreamMetadata metadata) => metadata.Properties is not null;

    public static byte[] Write(StreamMetadata metadata) => StreamMetadataJson.Write(metadata);

    /// <summary>Settings as they are read again after they were written.</summary>
    /// <exception cref="ArgumentException">They are not in range, or are the mark of a closed stream.</exception>
    public static StreamMetadata Normalize(StreamMetadata metadata)
    {
        metadata.Validate();
        if (metadata.Properties is null) return metadata;
        return TryParse(Write(metadata), out StreamMetadata normal) && !IsTombstone(normal)
            ? normal
            : throw new ArgumentException($"\"{TombstoneName}\" is no property that can be set; delete the stream", nameof(metadata));
    }

    public static bool TryParse(ReadOnlySpan<byte> json, out StreamMetadata metadata)
    {
        if (!StreamMetadataJson.TryParse(json, out metadata)) return false;
        if (metadata.Properties is not { } properties || !properties.Contains(TombstoneName, StringComparison.Ordinal)) return true;
        if (metadata == Tombstone) metadata = Tombstone;
        return IsTombstone(metadata) || !NamesTombstone(properties);
    }

    private static bool NamesTombstone(string properties)
    {
        using var document = System.Text.Json.JsonDocument.Parse(properties);
        return document.RootElement.TryGetProperty(TombstoneName, out _);
    }
}
