using Interstice.Host.Following;
using Interstice.Host.Modules;
using Interstice.Host.Projections;
using Interstice.Host.Reducers;
using Interstice.Kernel.Events;

namespace Interstice.Host.Reexecution;

/// <summary>Runs each call again in an instance that is never put back to its initial image, and where its effects are not the recorded
/// ones, in one that is. A reducer that then does two different things depends on what calls before it left behind.</summary>
/// <remarks>Guests that never free memory run out of it without the reset: an instance that has reached the host's limit begins anew
/// from its image, and that counts as no leak.</remarks>
/// <param name="builds">Gets builds out of the store.</param>
/// <param name="engine">The engine.</param>
/// <param name="options">What is told.</param>
internal sealed class LeakCheck(BuildLoader builds, IModuleEngine engine, ReexecutionOptions options) : IHistoryCheck, IDisposable
{
    private readonly CallComparison _kept = new(engine.Name);
    private readonly CallComparison _fresh = new(engine.Name);
    private readonly SortedDictionary<string, LeakingReducer> _leaks = new(StringComparer.Ordinal);
    private PublicationCandidate? _candidate;
    private RecordedMember? _main;
    private RecordedBuild? _keeping;
    private RecordedBuild? _resetting;

    /// <summary>Reducers whose effects depend on calls before, by name.</summary>
    public IReadOnlyCollection<LeakingReducer> Leaks => _leaks.Values;

    /// <summary>Calls that could not be run.</summary>
    public long NotRun { get; private set; }

    /// <summary>Calls that went to a module which cannot be run.</summary>
    public long JointCalls { get; private set; }

    /// <summary>Calls that differ from the record in both instances alike; <see cref="RecordedHistory.ReexecuteAsync"/> says how.</summary>
    public long DifferentAlike { get; private set; }

    /// <summary>How often an instance had to begin anew because its memory was used up.</summary>
    public long Restarts { get; private set; }

    /// <inheritdoc/>
    public void TakeUp(RecordedMember main, CancellationToken cancellationToken)
    {
        End();
        _main = main;
        if (builds.FindAsync(main.Projection.Published!, cancellationToken).GetAwaiter().GetResult() is not BuildSearch.Found found) return;
        _candidate = found.Build;
        ModuleLimits limits = ReexecutionCheck.LimitsOf(options.Limits);
        try
        {
            _keeping = main.Create(found.Build, limits with { MemoryPagesMax = options.Limits.MemoryPagesMax });
            _keeping.Runner.ResetsImage = false;
            main.Build = _keeping;
            _resetting = main.Create(found.Build, limits);
        }
        catch (ModuleRefusedException)
        {
            // Its calls are counted as not run.
            End();
        }
    }

    /// <inheritdoc/>
    public bool Check(in RecordedTransaction transaction)
    {
        if (transaction.Call.Code != transaction.Caller.Build?.Loaded.Hash)
        {
            if (transaction.IsOwn) NotRun++;
            else if (transaction.ConcernsMain) JointCalls++;
            return transaction.ConcernsMain;
        }

        bool isEqual = Run(_kept, _keeping, transaction);
        if (!_kept.ConcernsMain) return false;
        if (_kept.IsJoint) JointCalls++;
        if (isEqual) return true;
        if (_kept.End is CallEnd.Trapped { Trap.Kind: ModuleTrapKind.Memory })
        {
            Restarts++;
            _keeping!.Runner.ResetImage();
            if (Run(_kept, _keeping, transaction)) return true;
        }

        Run(_fresh, _resetting, transaction);
        if (_fresh.Differences.SequenceEqual(_kept.Differences)) DifferentAlike++;
        else Add(_kept.Differences.Except(_fresh.Differences).FirstOrDefault() ?? _fresh.Differences[0] with { Found = "what is recorded" });
        return true;
    }

    /// <inheritdoc/>
    public void Applied(in RecordedCall call, ReadOnlySpan<RecordedEvent> events, ModuleProjection projection)
    {
    }

    /// <inheritdoc/>
    public void Dispose() => End();

    // In the place of the module, whether it was called from outside or by another one.
    private bool Run(CallComparison comparison, RecordedBuild? build, in RecordedTransaction transaction)
    {
        _main!.Build = build;
        bool isEqual = comparison.Run(transaction, comparesFuel: false, fuelMax: null);
        _main.Build = _keeping;
        return isEqual;
    }

    private void Add(EffectDifference first) =>
        _leaks[first.Reducer] = _leaks.TryGetValue(first.Reducer, out LeakingReducer? known)
            ? known with { Calls = known.Calls + 1 }
            : new(first.Reducer, 1, first);

    private void End()
    {
        if (_main is not null) _main.Build = null;
        _keeping?.Dispose();
        _resetting?.Dispose();
        _candidate?.Code.Dispose();
        (_keeping, _resetting, _candidate) = (null, null, null);
    }
}
