using Interstice.Host.Modules;
using Interstice.Host.Projections;
using Interstice.Host.Reducers;
using Interstice.Host.Reexecution;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;

namespace Interstice.Host.Reloading;

/// <summary>Runs each recorded call in a candidate, over the recorded state, and notes what it does otherwise. Fuel is no effect here: another
/// build uses another amount.</summary>
/// <param name="candidate">The candidate.</param>
/// <param name="engine">Name of the engine.</param>
/// <param name="limits">What a call may use: what it may use from now on.</param>
/// <param name="differencesMax">How many differences are kept.</param>
internal sealed class CanaryCheck(
    PublicationCandidate candidate, string engine, ModuleLimits limits, int differencesMax) : IHistoryCheck, IDisposable
{
    private readonly CallComparison _comparison = new(engine);
    private RecordedBuild? _build;
    private RecordedMember? _main;
    private ModuleState? _state;

    /// <summary>What differs.</summary>
    public DifferenceList Differences { get; } = new(differencesMax);

    /// <summary>Calls that differ.</summary>
    public long DifferentCalls { get; private set; }

    /// <summary>Calls that were made on other tables than the candidate has: they are passed over.</summary>
    public long NotRun { get; private set; }

    /// <summary>Calls that went to a module which cannot be run.</summary>
    public long JointCalls { get; private set; }

    /// <summary>Whether the candidate has the tables that are in force where the walk stands.</summary>
    public bool Fits => _build is not null;

    /// <summary>Whether a build's calls can be compared with those on the tables that are there: guests name tables and indexes by their
    /// numbers, so that not even their order may differ.</summary>
    /// <param name="projection">The module.</param>
    /// <param name="schema">Declarations of the build.</param>
    /// <exception cref="ModuleRefusedException">There is no way from the tables that are there to those of the build.</exception>
    public static bool CanCompare(ModuleProjection projection, ModuleSchema schema) =>
        PublicationRules.PlanSteps(projection, schema).Count == 0
        && (projection.Schema is not { } current || NumberedNames(current).SequenceEqual(NumberedNames(schema)));

    /// <inheritdoc/>
    public void TakeUp(RecordedMember main, CancellationToken cancellationToken)
    {
        ModuleProjection projection = main.Projection;
        bool fits = HasTablesOf(projection);
        if (fits && ReferenceEquals(_state, projection.State)) return;
        Dispose();
        if (!fits) return;
        _state = projection.State;
        _build = main.Create(candidate, limits);
        (_main, main.Build) = (main, _build);
    }

    /// <inheritdoc/>
    public bool Check(in RecordedTransaction transaction)
    {
        bool concerns = transaction.ConcernsMain;
        if (_build is null)
        {
            if (concerns) NotRun++;
            return concerns;
        }

        if (transaction.Caller.Build is null || (!transaction.IsOwn && transaction.Call.Code != transaction.Caller.Build.Loaded.Hash))
        {
            if (concerns) JointCalls++;
            return concerns;
        }

        bool isEqual = _comparison.Run(transaction, comparesFuel: false, limits.FuelPerCall);
        if (!_comparison.ConcernsMain) return false;
        if (_comparison.IsJoint) JointCalls++;
        if (isEqual) return true;
        DifferentCalls++;
        foreach (EffectDifference difference in _comparison.Differences) Differences.Add(difference);
        return true;
    }

    /// <inheritdoc/>
    public void Applied(in RecordedCall call, in RecordedEvent first, ModuleProjection projection)
    {
    }

    // Tables that were changed since, or that the candidate would change, hold other rows than its calls expect.
    private bool HasTablesOf(ModuleProjection projection)
    {
        try
        {
            return CanCompare(projection, candidate.Schema);
        }
        catch (ModuleRefusedException)
        {
            return false;
        }
    }

    private static IEnumerable<(string Table, string Index)> NumberedNames(ModuleSchema schema) =>
        schema.Tables.SelectMany(table => table.Indexes.Select(index => (table.Name, index.Name)).Prepend((table.Name, "")));

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_main is not null) _main.Build = null;
        _build?.Dispose();
        (_build, _state) = (null, null);
    }
}
