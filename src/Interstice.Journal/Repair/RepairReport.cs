namespace Interstice.Journal.Repair;

/// <summary>What a repair would do, or has done.</summary>
/// <param name="Mode">What was asked for.</param>
/// <param name="Findings">What is wrong.</param>
/// <param name="Stretches">Places whose frames are lost.</param>
/// <param name="Lost">Events known to be lost: streams and revisions.</param>
/// <param name="IsLostComplete">Whether <paramref name="Lost"/> names every event that is lost. When false, a stretch held the index of
/// names and revisions too: further streams, and the latest events of any stream, may have been lost with it.</param>
/// <param name="Changes">Files that are changed.</param>
public sealed record RepairReport(
    RepairMode Mode,
    IReadOnlyList<RepairFinding> Findings,
    IReadOnlyList<LostStretch> Stretches,
    IReadOnlyList<LostRevisions> Lost,
    bool IsLostComplete,
    IReadOnlyList<FileChange> Changes)
{
    /// <summary>Whether files were changed; false for a dry run, and where nothing was wrong.</summary>
    public bool IsDone { get; init; }

    /// <summary>Whether a repair was finished that an earlier run had begun; its report lies in the backup.</summary>
    public bool IsResumed { get; init; }

    /// <summary>The directory that holds every changed file as it was; null for a dry run.</summary>
    public string? Backup { get; init; }

    /// <summary>Appends that are whole and are left out, because their names are lost. Their events are lost too: those whose streams can
    /// be named all the same are among <see cref="Lost"/>, the others in <see cref="Nameless"/>.</summary>
    public IReadOnlyList<LeftOutAppends> LeftOut { get; init; } = [];

    /// <summary>What is known of the streams of these that have lost their names.</summary>
    public IReadOnlyList<NamelessStream> Nameless { get; init; } = [];

    /// <summary>Number of events known to be lost: exact when <see cref="IsLostComplete"/>, else at least so many.</summary>
    public long EventsLost => Math.Max(Lost.Sum(lost => lost.To - lost.From + 1), LeftOut.Sum(leftOut => leftOut.Events));
}
