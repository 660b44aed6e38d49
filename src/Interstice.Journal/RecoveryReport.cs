using Interstice.Journal.Repair;

namespace Interstice.Journal;

/// <summary>What opening a journal found.</summary>
/// <param name="IsNew">The store was made by this opening.</param>
/// <param name="WasClosedInOrder">The last thing in the log says that it was closed, so nothing can have been cut off.</param>
/// <param name="Segments">Number of segments.</param>
/// <param name="Frames">Number of frames, of which each append has one.</param>
/// <param name="Events">Number of events.</param>
/// <param name="Streams">Number of streams with events.</param>
/// <param name="Bytes">Length of the log.</param>
/// <param name="TornTail">What stood after the last whole frame and was dropped; null when there was nothing.</param>
public sealed record RecoveryReport(
    bool IsNew,
    bool WasClosedInOrder,
    int Segments,
    long Frames,
    long Events,
    long Streams,
    long Bytes,
    TornTail? TornTail)
{
    /// <summary>Sealed segments whose index was damaged or wrong, so that their frames were read instead.</summary>
    public IReadOnlyList<FooterProblem> FooterProblems { get; init; } = [];

    /// <summary>The repair that <see cref="JournalOptions.Recovery"/> asked for and that was done or finished before the store was opened; null
    /// where none was needed. Whoever opens the store tells people of it.</summary>
    public RepairReport? Repair { get; init; }
}
