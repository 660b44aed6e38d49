using System.Globalization;
using System.Text;
using Interstice.Host.Following;
using Interstice.Host.Modules;
using Interstice.Host.Projections;
using Interstice.Kernel.Events;
using Interstice.Kernel.Tables;

namespace Interstice.Host.Reexecution;

/// <summary>Runs each call again in the build that made it, and compares everything that is recorded of its effects.</summary>
/// <param name="builds">Gets builds out of the store.</param>
/// <param name="engine">The engine.</param>
/// <param name="options">What is told.</param>
internal sealed class ReexecutionCheck(BuildLoader builds, IModuleEngine engine, ReexecutionOptions options) : IHistoryCheck, IDisposable
{
    private readonly CallComparison _comparison = new(engine.Name);
    private RecordedBuild? _build;
    private PublicationCandidate? _candidate;
    private ModuleState? _state;
    private string? _refusal;
    private bool _isScheduleKnown;
    private bool _hasLostHash;

    /// <summary>Limits that no recorded call can have passed: what a call may use is what it used then.</summary>
    /// <param name="today">Limits of this host.</param>
    public static ModuleLimits LimitsOf(ModuleLimits today) => today with
    {
        FuelPerCall = 1_000_000_000_000,
        CallDepthMax = 100_000,
        MemoryPagesMax = 65_536,
        TableEntriesMax = 10_000_000,
        MutationsMax = 1_000_000,
        TransactionBytesMax = 512 * 1024,
        ResultBytesMax = 64 * 1024 * 1024,
        IteratorsMax = 10_000,
        TimersMax = 10_000_000,
    };

    /// <summary>What differs.</summary>
    public DifferenceList Differences { get; } = new(options.DifferencesMax);

    /// <summary>Calls that differ.</summary>
    public long DifferentCalls { get; private set; }

    /// <summary>Calls that could not be run.</summary>
    public long NotRun { get; private set; }

    /// <summary>Calls that go over other modules.</summary>
    public long JointCalls { get; private set; }

    /// <summary>Calls whose fuel was compared.</summary>
    public long FuelCompared { get; private set; }

    /// <inheritdoc/>
    public void TakeUp(ModuleProjection projection, CancellationToken cancellationToken)
    {
        ModulePublished published = projection.Published!;
        _isScheduleKnown = published.FuelSchedule == engine.FuelSchedule;
        if (_candidate?.Hash == published.Code && ReferenceEquals(_state, projection.State) && _build is not null) return;
        End();
        _state = projection.State;
        switch (builds.FindAsync(published, cancellationToken).GetAwaiter().GetResult())
        {
            case BuildSearch.Found found:
                _candidate = found.Build;
                Create(found.Build, projection.State!);
                break;
            case BuildSearch.Refused refused:
                _refusal = refused.Reason;
                break;
        }
    }

    /// <inheritdoc/>
    public void Check(in RecordedCall call, ReadOnlySpan<RecordedEvent> events, ModuleProjection projection)
    {
        string? refusal = _refusal;
        if (_build is not null && call.Code != _build.Loaded.Hash) refusal = $"the build in force is {_build.Loaded.Hash}";
        if (refusal is not null)
        {
            NotRun++;
            DifferentCalls++;
            string reducer = Encoding.UTF8.GetString(call.Reducer);
            string text = EffectText.OfCall(reducer, projection.Schema!.FindReducer(reducer)?.Arguments, call.Arguments.Span);
            Differences.Add(new(events[0].Revision, reducer, text, EffectKind.Build, $"build {call.Code}", refusal));
            return;
        }

        bool isEqual = _comparison.Run(_build!, projection.Schema!, call, events, _isScheduleKnown, fuelMax: null);
        if (_comparison.IsJoint) JointCalls++;
        if (_comparison.HasComparedFuel) FuelCompared++;
        if (isEqual) return;
        DifferentCalls++;
        foreach (EffectDifference difference in _comparison.Differences) Differences.Add(difference);
    }

    /// <inheritdoc/>
    public void Applied(in RecordedCall call, in RecordedEvent first, ModuleProjection projection)
    {
        // The hash is a sum: once it is wrong, it stays wrong by as much, and only the first place says something.
        if (_hasLostHash || call.StateHash == projection.StateHash.Value) return;
        _hasLostHash = true;
        Differences.Add(new(
            first.Revision,
            Encoding.UTF8.GetString(call.Reducer),
            "the recorded effects",
            EffectKind.StateHash,
            call.StateHash.ToString("x32", CultureInfo.InvariantCulture),
            projection.StateHash.ToString()));
    }

    /// <inheritdoc/>
    public void Dispose() => End();

    private void Create(PublicationCandidate build, ModuleState state)
    {
        try
        {
            _build = RecordedBuild.Create(build, state, LimitsOf(options.Limits));
        }
        catch (ModuleRefusedException refusal)
        {
            _refusal = refusal.Message;
        }
    }

    private void End()
    {
        _build?.Dispose();
        _candidate?.Code.Dispose();
        (_build, _candidate, _refusal) = (null, null, null);
    }
}
