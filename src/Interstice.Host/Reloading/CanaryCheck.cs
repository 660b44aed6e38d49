using System.Text;
using Interstice.Host.Modules;
using Interstice.Host.Projections;
using Interstice.Host.Reducers;
using Interstice.Host.Reexecution;
using Interstice.Kernel.Events;
using Interstice.Kernel.Migrations;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;

namespace Interstice.Host.Reloading;

/// <summary>Runs each recorded call in a candidate, over the recorded state, and notes what it does otherwise. Fuel is no effect here: another
/// build uses another amount.</summary>
/// <param name="candidate">The candidate.</param>
/// <param name="engine">Name of the engine.</param>
/// <param name="limits">What a call may use: what it may use from now on.</param>
/// <param name="differencesMax">How many differences are kept.</param>
/// <param name="steps">The migration steps that the publication would take: only calls on tables from which these lead on are looked at.</param>
internal sealed class CanaryCheck(
    PublicationCandidate candidate, string engine, ModuleLimits limits, int differencesMax, IReadOnlyList<MigrationStep> steps)
    : IHistoryCheck, IDisposable
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

    /// <summary>Whether the steps that were planned lead from the tables that are in force where the walk stands to those of the candidate.</summary>
    /// <remarks>Also where a recorded row had no place in them on the way: that is a difference, and those that are there now may fit.</remarks>
    public bool Fits { get; private set; }

    /// <summary>Whether guests name tables and indexes of both by the same numbers.</summary>
    private static bool AreNumberedAlike(ModuleSchema current, ModuleSchema schema) => NumberedNames(current).SequenceEqual(NumberedNames(schema));

    /// <inheritdoc/>
    public void TakeUp(RecordedMember main, CancellationToken cancellationToken)
    {
        ModuleProjection projection = main.Projection;
        bool leads = Fits = LeadsOn(projection);
        bool isMapped = leads && (steps.Count > 0 || !AreNumberedAlike(projection.Schema!, candidate.Schema));
        if (leads && !isMapped && main.Mapped is null && _build is not null && ReferenceEquals(_state, projection.State)) return;
        Dispose();
        if (!leads) return;
        if (isMapped)
        {
            if (TryMap(projection) is not { } mapped) return;
            main.Mapped = mapped;
        }

        (_main, _state) = (main, projection.State);
        _build = main.Create(candidate, limits);
        main.Build = _build;
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

        bool isEqual;
        try
        {
            isEqual = _comparison.Run(transaction, comparesFuel: false, limits.FuelPerCall);
        }
        catch (MigrationException)
        {
            // Told when it is applied: what is recorded has no place in the candidate's tables.
            return concerns;
        }

        if (!_comparison.ConcernsMain) return false;
        if (_comparison.IsJoint) JointCalls++;
        if (isEqual) return true;
        DifferentCalls++;
        foreach (EffectDifference difference in _comparison.Differences) Differences.Add(difference);
        return true;
    }

    /// <inheritdoc/>
    public void Applied(in RecordedCall call, ReadOnlySpan<RecordedEvent> events, ModuleProjection projection)
    {
        if (_main?.Mapped is not { } mapped) return;
        try
        {
            mapped.Apply(mapped.Map(events));
        }
        catch (Exception fault) when (fault is MigrationException or ProjectionDivergedException or TableFullException)
        {
            DifferentCalls++;
            AddUnplaced(events[0].Revision, Encoding.UTF8.GetString(call.Reducer), "the recorded effects", fault);
            Dispose();
        }
    }

    // Other tables than those of now were migrated since: what that changes was looked at when it was published.
    private bool LeadsOn(ModuleProjection projection)
    {
        try
        {
            return PublicationRules.PlanSteps(projection, candidate.Schema).SequenceEqual(steps);
        }
        catch (ModuleRefusedException)
        {
            return false;
        }
    }

    private MappedTables? TryMap(ModuleProjection projection)
    {
        try
        {
            return projection.Map(candidate.Schema, steps);
        }
        catch (MigrationException fault)
        {
            AddUnplaced(projection.Revision, "", "the recorded state", fault);
            return null;
        }
    }

    private void AddUnplaced(Revision at, string reducer, string what, Exception fault) => Differences.Add(new(
        at, reducer, what, EffectKind.Event, "rows that have a place in the tables of the new code", fault.Message));

    private static IEnumerable<(string Table, string Index)> NumberedNames(ModuleSchema schema) =>
        schema.Tables.SelectMany(table => table.Indexes.Select(index => (table.Name, index.Name)).Prepend((table.Name, "")));

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_main is not null) (_main.Build, _main.Mapped) = (null, null);
        _build?.Dispose();
        (_build, _state, _main) = (null, null, null);
    }
}
