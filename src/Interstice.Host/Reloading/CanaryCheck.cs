using Interstice.Host.Modules;
using Interstice.Host.Projections;
using Interstice.Host.Reducers;
using Interstice.Host.Reexecution;
using Interstice.Kernel.Events;
using Interstice.Kernel.Tables;

namespace Interstice.Host.Reloading;

/// <summary>Runs each recorded call in a candidate, over the recorded state, and notes what it does otherwise. Fuel is no effect here: another
/// build uses another amount.</summary>
/// <param name="candidate">The candidate.</param>
/// <param name="engine">Name of the engine.</param>
/// <param name="limits">What a call may use: what it may use from now on.</param>
/// <param name="watch">Watches the calls by the clock.</param>
/// <param name="differencesMax">How many differences are kept.</param>
internal sealed class CanaryCheck(
    PublicationCandidate candidate, string engine, ModuleLimits limits, CallWatch watch, int differencesMax) : IHistoryCheck, IDisposable
{
    private readonly CallComparison _comparison = new(engine);
    private RecordedBuild? _build;
    private ModuleState? _state;

    /// <summary>What differs.</summary>
    public DifferenceList Differences { get; } = new(differencesMax);

    /// <summary>Calls that differ.</summary>
    public long DifferentCalls { get; private set; }

    /// <summary>Calls that were made on other tables than the candidate has: they are passed over.</summary>
    public long NotRun { get; private set; }

    /// <inheritdoc/>
    public void TakeUp(ModuleProjection projection, CancellationToken cancellationToken)
    {
        bool fits = HasTablesOf(projection);
        if (fits && ReferenceEquals(_state, projection.State)) return;
        Dispose();
        if (!fits) return;
        _state = projection.State;
        _build = RecordedBuild.Create(candidate, projection.State!, limits, watch);
    }

    /// <inheritdoc/>
    public void Check(in RecordedCall call, ReadOnlySpan<RecordedEvent> events, ModuleProjection projection)
    {
        if (_build is null)
        {
            NotRun++;
            return;
        }

        if (_comparison.Run(_build, projection.Schema!, call, events, comparesFuel: false, limits.FuelPerCall)) return;
        DifferentCalls++;
        foreach (EffectDifference difference in _comparison.Differences) Differences.Add(difference);
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
            return PublicationRules.PlanSteps(projection, candidate.Schema).Count == 0;
        }
        catch (ModuleRefusedException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _build?.Dispose();
        (_build, _state) = (null, null);
    }
}
