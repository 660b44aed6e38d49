using Interstice.Kernel.Events;

namespace Interstice.Host.Reexecution;

/// <summary>What running recorded calls again gave.</summary>
/// <param name="Module">The module.</param>
/// <param name="From">First revision that was looked at.</param>
/// <param name="To">Last revision that was looked at; below <paramref name="From"/> when there was none.</param>
/// <param name="Calls">Calls that were run again.</param>
/// <param name="Events">Events of these calls.</param>
/// <param name="DifferentCalls">Calls among them that differ.</param>
/// <param name="DifferenceCount">Differences in all.</param>
/// <param name="Differences">The first of them, in the order of the log.</param>
public sealed record ReexecutionResult(
    string Module,
    Revision From,
    Revision To,
    long Calls,
    long Events,
    long DifferentCalls,
    long DifferenceCount,
    IReadOnlyList<EffectDifference> Differences)
{
    /// <summary>Calls whose fuel was compared: those of the same engine and schedule.</summary>
    public long FuelCompared { get; init; }

    /// <summary>Reducers of migrations that were run again and compared.</summary>
    public long Migrations { get; init; }

    /// <summary>Calls that could not be run again; each is a difference too.</summary>
    public long NotRun { get; init; }

    /// <summary>Calls that go over other modules as well and could not be run with them: what is recorded of them is applied.</summary>
    public long JointCalls { get; init; }

    /// <summary>Transactions that no reducer made: there is nothing to run.</summary>
    public long HostTransactions { get; init; }

    /// <summary>Transactions that changed nothing because another host had taken over.</summary>
    public long VoidTransactions { get; init; }

    /// <summary>How long it took, the way to the first call not counted.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>Whether every call gave what is recorded.</summary>
    public bool IsEqual => DifferenceCount == 0;
}
