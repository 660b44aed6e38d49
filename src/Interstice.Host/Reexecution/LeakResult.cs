using Interstice.Kernel.Events;

namespace Interstice.Host.Reexecution;

/// <summary>A reducer whose effects depend on what calls before it left in the memory, the globals or the tables of the instance.</summary>
/// <param name="Reducer">Its name.</param>
/// <param name="Calls">Calls whose effects were others without the reset.</param>
/// <param name="First">The first of them: expected is what is recorded, found what came out without the reset.</param>
public sealed record LeakingReducer(string Reducer, long Calls, EffectDifference First);

/// <summary>What looking for leaks found.</summary>
/// <param name="Module">The module.</param>
/// <param name="From">First revision that was looked at.</param>
/// <param name="To">Last revision that was looked at.</param>
/// <param name="Calls">Calls that were run.</param>
/// <param name="Leaks">Reducers that leak, by name.</param>
public sealed record LeakResult(
    string Module, Revision From, Revision To, long Calls, IReadOnlyList<LeakingReducer> Leaks)
{
    /// <summary>Calls that could not be run because their build cannot.</summary>
    public long NotRun { get; init; }

    /// <summary>Calls that go over other modules as well and could not be run with them.</summary>
    public long JointCalls { get; init; }

    /// <summary>Calls that give something else than is recorded with and without the reset alike: not a leak, but
    /// <see cref="RecordedHistory.ReexecuteAsync"/> says what it is.</summary>
    public long DifferentAlike { get; init; }

    /// <summary>How often the instance began anew because it had used up its memory.</summary>
    public long Restarts { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Elapsed { get; init; }
}
