namespace EventStore.Client;

/// <summary>Settings of a stream that were read.</summary>
public readonly struct StreamMetadataResult
{
    private StreamMetadataResult(string streamName, StreamPosition? revision, StreamMetadata metadata, bool isDeleted)
    {
        StreamName = streamName;
        MetastreamRevision = revision;
        Metadata = metadata;
        StreamDeleted = isDeleted;
    }

    /// <summary>The stream.</summary>
    public string StreamName { get; }

    /// <summary>Whether the stream is deleted for ever.</summary>
    public bool StreamDeleted { get; }

    /// <summary>Its settings.</summary>
    public StreamMetadata Metadata { get; }

    /// <summary>Where the stream of its settings is; null if it has none.</summary>
    public StreamPosition? MetastreamRevision { get; }

    /// <summary>No settings.</summary>
    public static StreamMetadataResult None(string streamName) => new(streamName, null, default, false);

    /// <summary>Some settings.</summary>
    public static StreamMetadataResult Create(string streamName, StreamPosition revision, StreamMetadata metadata) =>
        new(streamName, revision, metadata, false);

    internal static StreamMetadataResult Deleted(string streamName) => new(streamName, null, default, true);
}
