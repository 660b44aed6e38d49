namespace Interstice.Journal.Repair;

/// <summary>Events that are lost and whose stream has lost its name: the frame that defined it for its segment is damaged, and no index knows
/// it.</summary>
/// <param name="Segment">Number of the segment.</param>
/// <param name="File">Name of its file.</param>
/// <param name="Offset">Where the first append with such events begins in the file.</param>
/// <param name="Position">The same place in the log.</param>
/// <param name="LastPosition">Where the last one begins in the log.</param>
/// <param name="From">First revision that was found.</param>
/// <param name="To">Last revision that was found.</param>
/// <param name="Events">How many events were found.</param>
/// <param name="Candidates">Streams that may be it, since they ended at or little before the first revision and are not otherwise
/// known in the segment; the nearest first, at most <see cref="CandidatesMax"/>.</param>
/// <param name="CandidateCount">How many there are.</param>
/// <param name="MayBeNew">Whether it may be a stream that had no events before the damage.</param>
public sealed record NamelessStream(
    long Segment,
    string File,
    long Offset,
    ulong Position,
    ulong LastPosition,
    long From,
    long To,
    long Events,
    IReadOnlyList<string> Candidates,
    long CandidateCount,
    bool MayBeNew)
{
    /// <summary>How many candidates are listed.</summary>
    public const int CandidatesMax = 10;
}
