using Interstice.Host.Modules;
using Interstice.Host.Projections;
using Interstice.Host.Reducers;
using Interstice.Host.Reexecution;
using Interstice.Host.Replay;
using Interstice.Kernel.Events;
using Interstice.Kernel.Migrations;

namespace Interstice.Host.Reloading;

/// <summary>A candidate on its way over the log: beside the module that runs, and for the last stretch while its calls wait.</summary>
/// <remarks>Used by one thread at a time. Only reads the store.</remarks>
internal sealed class CanaryRun : IDisposable
{
    private readonly ReloadOptions _options;
    private readonly CanaryCheck _check;
    private readonly RecordedGroup _group;
    private readonly HistoryWalk _walk;
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly Revision _from;

    /// <summary>Makes one that stands before its first call.</summary>
    /// <param name="history">The store, and what runs calls.</param>
    /// <param name="projection">The state to begin with.</param>
    /// <param name="candidate">The candidate.</param>
    /// <param name="steps">The migration steps that its publication would take.</param>
    /// <param name="callers">The modules that may call it.</param>
    /// <param name="limits">What a call may use.</param>
    /// <param name="watch">Watches the calls by the clock.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="time">The clock.</param>
    /// <param name="progress">Told after each batch; null for nobody.</param>
    public CanaryRun(
        RecordedHistory history,
        ModuleProjection projection,
        PublicationCandidate candidate,
        IReadOnlyList<MigrationStep> steps,
        IReadOnlyList<string> callers,
        ModuleLimits limits,
        CallWatch watch,
        ReloadOptions options,
        TimeProvider time,
        IProgress<ReplayProgress>? progress)
    {
        _options = options;
        _time = time;
        _started = time.GetTimestamp();
        _from = projection.Revision.Next;
        _check = new CanaryCheck(candidate, history.Engine.Name, limits, options.DifferencesMax, steps);
        _group = new RecordedGroup(history, projection, limits, watch) { RunsCandidate = true };
        _walk = new HistoryWalk(_group, _check, progress) { Callers = callers };
    }

    /// <summary>Where it stands.</summary>
    public Revision Revision => _walk.Projection.Revision;

    /// <summary>Whether nothing came out otherwise, or that does not matter.</summary>
    public bool IsAccepted => _options.AcceptsChanges || _check.Differences.Count == 0;

    /// <summary>What it found so far.</summary>
    public ReexecutionResult Result => new(
        _walk.Projection.Module,
        _from,
        Revision,
        _walk.Calls - _check.NotRun - _check.JointCalls,
        _walk.Events,
        _check.DifferentCalls,
        _check.Differences.Count,
        _check.Differences.Kept)
    {
        NotRun = _check.NotRun,
        JointCalls = _walk.JointParts + _check.JointCalls,
        HostTransactions = _walk.HostTransactions,
        VoidTransactions = _walk.VoidTransactions,
        Elapsed = _time.GetElapsedTime(_started),
    };

    /// <summary>Goes on to a revision, beside the module that runs. On a thread with the stack of guests.</summary>
    public Revision GoTo(Revision to, CancellationToken cancellationToken)
    {
        if (Revision < _from) _walk.Begin(cancellationToken);
        _walk.GoTo(to, cancellationToken);
        return Revision;
    }

    /// <summary>Goes over the last stretch while calls wait: on the module's loop.</summary>
    /// <param name="last">Last revision before the publication.</param>
    /// <exception cref="ModuleRefusedException">It is longer, or takes longer, than it may, or the tables are not those of the candidate any more.</exception>
    /// <exception cref="ChangedEffectsException">Something came out otherwise, and that was not accepted.</exception>
    public void Finish(Revision last)
    {
        long left = last.Value - Revision.Value;
        if (left > _options.PauseEventsMax)
            throw TooLong($"{left} events were written while the canary ran, at most {_options.PauseEventsMax} may be left for the pause");
        using var pause = new CancellationTokenSource(_options.PauseTimeMax, _time);
        try
        {
            _walk.GoTo(last, pause.Token);
        }
        catch (OperationCanceledException) when (pause.IsCancellationRequested)
        {
            // Told below, as when only the last call took too long.
        }

        if (pause.IsCancellationRequested)
            throw TooLong($"the last {left} events took longer than the {_options.PauseTimeMax.TotalMilliseconds:0} ms that the pause may take");
        if (!_check.Fits)
            throw Refused("a publication meanwhile left other tables than the new code has; reload it again");
        if (!IsAccepted) throw new ChangedEffectsException();
    }

    /// <summary>Ends the instances of the candidate and of the other modules.</summary>
    public void Dispose()
    {
        _check.Dispose();
        _group.Dispose();
    }

    private ModuleRefusedException TooLong(string what) =>
        Refused($"{what}; try again when less is written, allow a longer pause, or do without the canary");

    private ModuleRefusedException Refused(string what) =>
        new(ModuleRefusalKind.Canary, $"module {_walk.Projection.Module} was not reloaded: {what}");
}
