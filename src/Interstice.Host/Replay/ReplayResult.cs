using Interstice.Host.Snapshots;
using Interstice.Kernel.Events;
using Interstice.Kernel.Hashing;

namespace Interstice.Host.Replay;

/// <summary>What a replay gave.</summary>
/// <param name="Module">The module.</param>
/// <param name="Revision">Last revision applied.</param>
/// <param name="From">Revision of the snapshot that it began with; <see cref="Revision.None"/> for position zero.</param>
/// <param name="Events">Events applied.</param>
/// <param name="Transactions">Transactions applied.</param>
/// <param name="StateHash">Hash of the state.</param>
/// <param name="Elapsed">How long it took.</param>
public sealed record ReplayResult(
    string Module,
    Revision Revision,
    Revision From,
    long Events,
    long Transactions,
    StateHash StateHash,
    TimeSpan Elapsed)
{
    /// <summary>Transactions of the state, those of the snapshot included.</summary>
    public required long TransactionCount { get; init; }

    /// <summary>Whether there is a commit point among the transactions applied (<see cref="CommitPointCheck"/>).</summary>
    public bool HasCommitPoint { get; init; }

    /// <summary>Snapshots that are not used, and why.</summary>
    public IReadOnlyList<SnapshotRefusal> Refused { get; init; } = [];
}
