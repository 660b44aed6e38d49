using Interstice.Journal.Segments;

namespace Interstice.Journal.Archive;

/// <summary>Names of what archiving a segment leaves in the store and in the archive.</summary>
internal static class ArchiveName
{
    /// <summary>What follows the name of a file that is being written.</summary>
    public const string UnfinishedExtension = ".new";

    private const string RecordExtension = ".archived";
    private const string SegmentExtension = ".segment";

    /// <summary>Name of the record of a segment, from the segment's.</summary>
    public static string RecordOf(string segment) => segment[..^SegmentExtension.Length] + RecordExtension;

    /// <summary>Reads the name of a record.</summary>
    /// <param name="name">Name of a file.</param>
    /// <param name="segment">Name of the segment that it stands for.</param>
    /// <returns>False when it is no record's name.</returns>
    public static bool TryParseRecord(string name, out string segment)
    {
        segment = string.Empty;
        if (!name.EndsWith(RecordExtension, StringComparison.Ordinal)) return false;
        segment = name[..^RecordExtension.Length] + SegmentExtension;
        return SegmentName.TryParse(segment, out _, out _);
    }

    /// <summary>Whether a file is what an interrupted writer left of a record.</summary>
    public static bool IsUnfinishedRecord(string name) =>
        name.EndsWith(UnfinishedExtension, StringComparison.Ordinal)
        && TryParseRecord(name[..^UnfinishedExtension.Length], out _);
}
