using Interstice.Kernel.Events;

namespace Interstice.Host.Replay;

/// <summary>What was found of the transactions over several modules that have a commit point.</summary>
/// <param name="Checked">How many commit points were looked at, void ones apart.</param>
/// <param name="Open">Those whose parts are not all there yet, which is no error; at most one of a module.</param>
/// <param name="Faults">Parts that are lost, or are not what was committed; at most <see cref="CommitPointCheck.FaultsMax"/>.</param>
public sealed record CommitPointReport(long Checked, IReadOnlyList<OpenCommitPoint> Open, IReadOnlyList<CommitPointFault> Faults)
{
    /// <summary>How many faults there are, with those that are not listed.</summary>
    public long FaultCount { get; init; }
}

/// <summary>A transaction that is committed, and of which parts are not in their streams yet: the host that owns the modules next appends them, before
/// anything else of the group runs.</summary>
/// <param name="Module">The outer module.</param>
/// <param name="Revision">The commit point in its stream.</param>
/// <param name="Transaction">The transaction.</param>
/// <param name="Missing">Modules whose streams have no part of it yet.</param>
public sealed record OpenCommitPoint(string Module, Revision Revision, TransactionId Transaction, IReadOnlyList<string> Missing);

/// <summary>A part of a committed transaction that is not where it must be.</summary>
/// <param name="Module">The outer module.</param>
/// <param name="Revision">The commit point in its stream.</param>
/// <param name="Position">Place of the commit point in the store.</param>
/// <param name="PartModule">The module of the part.</param>
/// <param name="PartRevision">Where the part, or the event of it that differs, should stand.</param>
/// <param name="IsLost">Whether the stream ends before it; else something else stands there.</param>
/// <param name="Expected">What should be there.</param>
/// <param name="Found">What is there.</param>
public sealed record CommitPointFault(
    string Module,
    Revision Revision,
    Position Position,
    string PartModule,
    Revision PartRevision,
    bool IsLost,
    string Expected,
    string Found)
{
    /// <summary>Place of what stands there instead of the whole part; null when the stream ends before it, and when an event of the part, or one that
    /// cannot be read, stands there.</summary>
    public Position? ReplacedAt { get; init; }

    /// <summary>Whether a repair may have left the part out: it was appended behind the commit point and before what its stream goes on with.</summary>
    /// <param name="holes">Positions of what repairs left out.</param>
    public bool MayBeLeftOut(IEnumerable<ulong> holes)
    {
        if (!IsLost && ReplacedAt is null) return false;
        ulong from = Position.Commit;
        ulong to = ReplacedAt?.Commit ?? ulong.MaxValue;
        return holes.Any(hole => hole > from && hole < to);
    }
}
