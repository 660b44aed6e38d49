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
    private RecordedBuild? _keeping;
    private RecordedBuild? _resetting;

    /// <summary>Reducers whose effects depend on calls before, by name.</summary>
    public IReadOnlyCollection<LeakingReducer> Leaks => _leaks.Values;

    /// <summary>Calls that could not be run.</summary>
    public long NotRun { get; private set; }

    /// <summary>Calls that go over other modules.</summary>
    public long JointCalls { get; private set; }

    /// <summary>Calls that differ from the record in both instances alike; <see cref="RecordedHistory.ReexecuteAsync"/> says how.</summary>
    public long DifferentAlike { get; private set; }

    /// <summary>How often an instance had to begin anew because its memory was used up.</summary>
    public long Restarts { get; private set; }

    /// <inheritdoc/>
    public void TakeUp(ModuleProjection projection, CancellationToken cancellationToken)
    {
        End();
        if (builds.FindAsync(projection.Published!, cancellationToken).GetAwaiter().GetResult() is not BuildSearch.Found found) return;
        _candidate = found.Build;
        ModuleLimits limits = ReexecutionCheck.LimitsOf(options.Limits);
        try
        {
            _keeping = RecordedBuild.Create(found.Build, projection.State!, limits with { MemoryPagesMax = options.Limits.MemoryPagesMax });
            _keeping.Runner.ResetsImage = false;
            _resetting = RecordedBuild.Create(found.Build, projection.State!, limits);
        }
        catch (ModuleRefusedException)
        {
            // Its calls are counted as not run.
            End();
        }
    }

    /// <inheritdoc/>
    public void Check(in RecordedCall call, ReadOnlySpan<RecordedEvent> events, ModuleProjection projection)
    {
        if (_resetting is null || call.Code != _resetting.Loaded.Hash)
        {
            NotRun++;
            return;
        }

        if (_kept.Run(_keeping!, projection.Schema!, call, events, comparesFuel: false, fuelMax: null))
        {
            if (_kept.IsJoint) JointCalls++;
            return;
        }

        if (_kept.End is CallEnd.Trapped { Trap.Kind: ModuleTrapKind.Memory })
        {
            Restarts++;
            _keeping!.Runner.ResetImage();
            if (_kept.Run(_keeping, projection.Schema!, call, events, comparesFuel: false, fuelMax: null)) return;
        }

        _fresh.Run(_resetting, projection.Schema!, call, events, comparesFuel: false, fuelMax: null);
        if (_fresh.Differences.SequenceEqual(_kept.Differences)) DifferentAlike++;
        else Add(_kept.Differences.Except(_fresh.Differences).FirstOrDefault() ?? _fresh.Differences[0] with { Found = "what is recorded" });
    }

    /// <inheritdoc/>
    public void Applied(in RecordedCall call, in RecordedEvent first, ModuleProjection projection)
    {
    }

    /// <inheritdoc/>
    public void Dispose() => End();

    private void Add(EffectDifference first) =>
        _leaks[first.Reducer] = _leaks.TryGetValue(first.Reducer, out LeakingReducer? known)
            ? known with { Calls = known.Calls + 1 }
            : new(first.Reducer, 1, first);

    private void End()
    {
        _keeping?.Dispose();
        _resetting?.Dispose();
        _candidate?.Code.Dispose();
        (_keeping, _resetting, _candidate) = (null, null, null);
    }
}
