using Interstice.Host.Modules;
using Interstice.Host.Replay;

namespace Interstice.Server.Hosting;

/// <summary>Whether a host should be given work, and if not, why.</summary>
/// <param name="state">What the host does.</param>
/// <param name="host">The modules.</param>
/// <param name="store">Whether the store answers.</param>
internal sealed class Readiness(HostState state, ModuleHost host, StoreWatch store)
{
    /// <summary>The reason in one stable word and in a sentence; null when the host is ready.</summary>
    public async Task<(string Word, string Sentence)?> FindObstacleAsync(CancellationToken cancellationToken)
    {
        if (NotRunning() is { } obstacle) return obstacle;
        if (host.Status.FirstOrDefault(module => module.StoppedBecause is not null) is { } stopped)
            return ("module-stopped", stopped.StoppedBecause!);
        return await store.AskAsync(cancellationToken).ConfigureAwait(false) is { } problem
            ? ("store-unreachable", problem)
            : null;
    }

    /// <summary>Why the host takes no calls at all, or null.</summary>
    public (string Word, string Sentence)? NotRunning() => state.Phase switch
    {
        HostPhase.Running => null,
        HostPhase.Starting => ("starting", "the host waits for its store"),
        HostPhase.Replaying => ("replaying", Describe(state.Progress)),
        HostPhase.Publishing => ("publishing", "the host publishes the modules that it was started with"),
        HostPhase.Stopping => ("stopping", "the host is stopping"),
        _ => ("failed", $"the host could not start: {state.Failure?.Message}"),
    };

    private static string Describe(ReplayProgress? progress) => progress is { } now
        ? $"the host rebuilds module {now.Module}: {now.Revision.Value + 1} of {now.Last.Value + 1} events"
        : "the host rebuilds its tables";
}
