using System.Globalization;
using System.Text;
using Interstice.Host.Following;
using Interstice.Host.Modules;
using Interstice.Host.Projections;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;
using Interstice.Kernel.Values;

namespace Interstice.Host.Reexecution;

/// <summary>Runs each call again in the build that made it, and compares everything that is recorded of its effects.</summary>
/// <param name="builds">Gets builds out of the store.</param>
/// <param name="engine">The engine.</param>
/// <param name="options">What is told.</param>
internal sealed partial class ReexecutionCheck(BuildLoader builds, IModuleEngine engine, ReexecutionOptions options) : IHistoryCheck, IDisposable
{
    private readonly CallComparison _comparison = new(engine.Name);
    private RecordedBuild? _build;
    private PublicationCandidate? _candidate;
    private RecordedMember? _main;
    private ModuleState? _state;
    private string? _refusal;
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

    /// <summary>Calls that went to a module which cannot be run.</summary>
    public long JointCalls { get; private set; }

    /// <summary>Calls whose fuel was compared.</summary>
    public long FuelCompared { get; private set; }

    /// <inheritdoc/>
    public void TakeUp(RecordedMember main, CancellationToken cancellationToken)
    {
        _main = main;
        ModuleProjection projection = main.Projection;
        ModulePublished published = projection.Published!;
        if (_candidate?.Hash == published.Code && ReferenceEquals(_state, projection.State) && _build is not null) return;
        End();
        _state = projection.State;
        switch (builds.FindAsync(published, cancellationToken).GetAwaiter().GetResult())
        {
            case BuildSearch.Found found:
                _candidate = found.Build;
                Create(main, found.Build);
                break;
            case BuildSearch.Refused refused:
                _refusal = refused.Reason;
                break;
        }
    }

    /// <inheritdoc/>
    public bool Check(in RecordedTransaction transaction)
    {
        RecordedBuild? build = transaction.Caller.Build;
        if (transaction.Call.Code != build?.Loaded.Hash)
        {
            if (transaction.IsOwn) AddNotRun(transaction, build is null ? _refusal! : $"the build in force is {build.Loaded.Hash}");
            else if (transaction.ConcernsMain) JointCalls++;
            return transaction.ConcernsMain;
        }

        bool isScheduleKnown = transaction.Caller.Projection.Published!.FuelSchedule == engine.FuelSchedule;
        bool isEqual = _comparison.Run(transaction, isScheduleKnown, fuelMax: null);
        if (!_comparison.ConcernsMain) return false;
        if (_comparison.IsJoint) JointCalls++;
        if (_comparison.HasComparedFuel) FuelCompared++;
        if (isEqual) return true;
        DifferentCalls++;
        foreach (EffectDifference difference in _comparison.Differences) Differences.Add(difference);
        return true;
    }

    /// <inheritdoc/>
    public void Applied(in RecordedCall call, ReadOnlySpan<RecordedEvent> events, ModuleProjection projection)
    {
        // The hash is a sum: once it is wrong, it stays wrong by as much, and only the first place says something.
        if (_hasLostHash || call.StateHash == projection.StateHash.Value) return;
        _hasLostHash = true;
        Differences.Add(new(
            events[0].Revision,
            Encoding.UTF8.GetString(call.Reducer),
            "the recorded effects",
            EffectKind.StateHash,
            call.StateHash.ToString("x32", CultureInfo.InvariantCulture),
            projection.StateHash.ToString()));
    }

    /// <inheritdoc/>
    public void Dispose() => End();

    private void AddNotRun(in RecordedTransaction transaction, string refusal)
    {
        NotRun++;
        DifferentCalls++;
        RecordedCall call = transaction.Call;
        string reducer = Encoding.UTF8.GetString(call.Reducer);
        RowCodec? arguments = transaction.Caller.Projection.Schema!.FindReducer(reducer)?.Arguments;
        string text = EffectText.OfCall(reducer, arguments, call.Arguments.Span);
        Differences.Add(new(transaction.Events[0].Revision, reducer, text, EffectKind.Build, $"build {call.Code}", refusal));
    }

    private void Create(RecordedMember main, PublicationCandidate build)
    {
        try
        {
            _build = main.Create(build, LimitsOf(options.Limits));
            main.Build = _build;
        }
        catch (ModuleRefusedException refusal)
        {
            _refusal = refusal.Message;
        }
    }

    private void End()
    {
        if (_main is not null) _main.Build = null;
        _build?.Dispose();
        _candidate?.Code.Dispose();
        (_build, _candidate, _refusal) = (null, null, null);
    }
}
