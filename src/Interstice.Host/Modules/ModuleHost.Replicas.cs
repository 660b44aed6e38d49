using Interstice.Host.Commands;
using Interstice.Host.Ownership;
using Interstice.Host.Reducers;

namespace Interstice.Host.Modules;

/// <content>Sharing modules with other hosts of the same store. Nothing of it runs on a store that one process has for itself.</content>
public sealed partial class ModuleHost
{
    private readonly Dictionary<string, GroupWatch> _watches = new(StringComparer.Ordinal);

    /// <summary>Id of this host, new at each start: what ownership and heartbeats are recorded with.</summary>
    public Guid Id => _identity.Host;

    private async Task ShareAsync(CancellationToken cancellationToken)
    {
        if (!_store.CanBeShared) return;
        GroupWatch[] watches = [.. _modules.Values.Select(Watch)];
        foreach (GroupWatch watch in watches) await watch.Decided.WaitAsync(cancellationToken).ConfigureAwait(false);
        _listing = Task.Run(FollowListAsync, CancellationToken.None);
    }

    private GroupWatch Watch(ModuleLoop loop)
    {
        var watch = new GroupWatch(new ExecutionGroup(loop), _store, _identity.Host, _options.Replicas, _time, _logger);
        lock (_watches) _watches[loop.Projection.Module] = watch;
        watch.Start();
        return watch;
    }

    // Owned before it is listed: other hosts, which see it in the list, find an owner.
    private async Task OwnNewAsync(ModuleLoop loop, CancellationToken cancellationToken)
    {
        if (!_store.CanBeShared) return;
        if (!_options.Replicas.FollowsOnly) await Watch(loop).Decided.WaitAsync(cancellationToken).ConfigureAwait(false);
        ModuleStanding standing = loop.Standing;
        if (standing.Role == ModuleRole.Owner) return;
        throw new ModuleUnavailableException(
            CallRefusal.NotOwner, $"module {standing.Module} was not published: {standing.Reason}");
    }

    private async Task StopLoopAsync(ModuleLoop loop)
    {
        await loop.DisposeAsync().ConfigureAwait(false);
        GroupWatch? watch;
        lock (_watches) _watches.Remove(loop.Projection.Module, out watch);
        if (watch is not null) await watch.DisposeAsync().ConfigureAwait(false);
    }
}
