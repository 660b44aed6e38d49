namespace EventStore.Client;

/// <summary>Streams that belong to the server.</summary>
public static class SystemStreams
{
    /// <summary>All events.</summary>
    public const string AllStream = "$all";

    /// <summary>Whether a stream belongs to the server.</summary>
    public static bool IsSystemStream(string streamId) => streamId is { Length: > 0 } && streamId[0] == '$';

    /// <summary>The stream that holds the settings of one.</summary>
    public static string MetastreamOf(string streamId) => "$$" + streamId;

    /// <summary>Whether a stream holds the settings of another.</summary>
    public static bool IsMetastream(string streamId) => streamId?.StartsWith("$$", StringComparison.Ordinal) == true;

    /// <summary>The stream whose settings one holds.</summary>
    public static string OriginalStreamOf(string metastreamId) => metastreamId[2..];
}
