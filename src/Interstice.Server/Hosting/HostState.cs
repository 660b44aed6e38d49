using Interstice.Host.Replay;

namespace Interstice.Server.Hosting;

/// <summary>What a host does now. Thread-safe.</summary>
public sealed class HostState
{
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Snapshot _now = new(HostPhase.Starting, null, null, []);

    /// <summary>Where it is.</summary>
    public HostPhase Phase => _now.Phase;

    /// <summary>How far the replay of the module that is rebuilt is; null when none is.</summary>
    public ReplayProgress? Progress => _now.Phase == HostPhase.Replaying ? _now.Progress : null;

    /// <summary>Why it could not start; null unless <see cref="Phase"/> is <see cref="HostPhase.Failed"/>.</summary>
    public Exception? Failure => _now.Failure;

    /// <summary>What was replayed at start; empty before that.</summary>
    public IReadOnlyList<ReplayResult> Replays => _now.Replays;

    /// <summary>Ends when the host takes calls, or cannot start.</summary>
    public Task Settled => _settled.Task;

    internal void Enter(HostPhase phase)
    {
        // A host that failed or stops does not come back.
        if (_now.Phase is HostPhase.Failed || (_now.Phase == HostPhase.Stopping && phase != HostPhase.Failed)) return;
        _now = _now with { Phase = phase };
        if (phase is HostPhase.Running or HostPhase.Stopping) _settled.TrySetResult();
    }

    internal void Report(ReplayProgress progress) => _now = _now with { Progress = progress };

    internal void Replayed(IReadOnlyList<ReplayResult> replays) => _now = _now with { Replays = replays };

    internal void Fail(Exception failure)
    {
        _now = _now with { Phase = HostPhase.Failed, Failure = failure };
        _settled.TrySetResult();
    }

    private sealed record Snapshot(
        HostPhase Phase, ReplayProgress? Progress, Exception? Failure, IReadOnlyList<ReplayResult> Replays);
}
