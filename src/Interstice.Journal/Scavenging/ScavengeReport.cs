using System.Globalization;

namespace Interstice.Journal.Scavenging;

/// <summary>What a scavenge would reclaim, or has reclaimed.</summary>
/// <param name="Segments">Segments that hold something that is gone, oldest first.</param>
public sealed record ScavengeReport(IReadOnlyList<SegmentScavenge> Segments)
{
    /// <summary>Whether files were changed; false for a dry run, and where nothing was to be done.</summary>
    public bool IsDone { get; init; }

    /// <summary>The directory that holds every changed file as it was; null where none was changed.</summary>
    public string? Backup { get; init; }

    /// <summary>Segments that are written anew.</summary>
    public IEnumerable<SegmentScavenge> Chosen => Segments.Where(segment => segment.Stay == ScavengeStay.None);

    /// <summary>Bytes that the file system gets back by it.</summary>
    public long ReclaimableBytes => Chosen.Sum(segment => segment.ReclaimableBytes);

    /// <summary>Events that go.</summary>
    public long Events => Chosen.Sum(segment => segment.Events);

    /// <summary>The segments as lines for people.</summary>
    public IEnumerable<string> Lines() => Segments.Select(segment => string.Create(
        CultureInfo.InvariantCulture,
        $"{segment.File}: {segment.Appends} appends with {segment.Events} events gone, {segment.ReclaimableBytes} of {segment.Bytes} bytes{Why(segment.Stay)}"));

    private static string Why(ScavengeStay stay) => stay switch
    {
        ScavengeStay.None => "",
        ScavengeStay.TooLittle => "; stays, too little",
        ScavengeStay.Newest => "; stays, one of the newest",
        _ => "; stays, in an archive or before one that is",
    };
}
