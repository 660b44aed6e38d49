using Interstice.Journal.Archive;

namespace Interstice.Journal.Verification;

/// <summary>What verifying a journal found.</summary>
/// <param name="Segments">Number of segments read.</param>
/// <param name="Frames">Number of frames whose checksum is right.</param>
/// <param name="Appends">Number of them that hold events; each is one append.</param>
/// <param name="Events">Number of events in them.</param>
/// <param name="Bytes">Number of bytes read.</param>
/// <param name="Errors">Everything that is wrong, in log order; at most <see cref="JournalVerifier.ErrorsMax"/>.</param>
public sealed record VerificationReport(
    int Segments, long Frames, long Appends, long Events, long Bytes, IReadOnlyList<VerificationError> Errors)
{
    /// <summary>Whether nothing is wrong.</summary>
    public bool IsOk => Errors.Count == 0;

    /// <summary>What was found in each segment, in log order.</summary>
    public IReadOnlyList<SegmentResult> SegmentResults { get; init; } = [];

    /// <summary>What stands behind the last frame of the log, if anything does; it is one of the errors.</summary>
    public TornTail? TornTail { get; init; }

    /// <summary>Files in the directory that hold nothing of the log: leftovers, and what is not a journal's. No errors.</summary>
    public IReadOnlyList<OtherFile> OtherFiles { get; init; } = [];

    /// <summary>Places where a repair left out what was damaged; no errors, but streams can lack revisions there.</summary>
    public IReadOnlyList<JournalHole> Holes { get; init; } = [];

    /// <summary>Segments that lie in an archive; no errors, unless they cannot be read there.</summary>
    public IReadOnlyList<ArchivedSegment> Archived { get; init; } = [];
}
