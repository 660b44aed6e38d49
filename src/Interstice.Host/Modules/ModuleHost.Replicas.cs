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
        await RegroupAsync(cancellationToken).ConfigureAwait(false);
        await BeginDutiesAsync(cancellationToken).ConfigureAwait(false);
        if (!_store.CanBeShared) return;
        GroupWatch[] watches;
        lock (_watches) watches = [.. _watches.Values.Distinct()];
        foreach (GroupWatch watch in watches) await watch.Decided.WaitAsync(cancellationToken).ConfigureAwait(false);
        _listing = Task.Run(FollowListAsync, CancellationToken.None);
    }

    // One watch for a group. The one before, of other members, ends without giving anything up.
    private async Task<GroupWatch> WatchAsync(params ModuleLoop[] loops)
    {
        List<GroupWatch> outdated = [];
        GroupWatch watch;
        lock (_watches)
        {
            GroupWatch?[] present = [.. loops.Select(loop => _watches.GetValueOrDefault(loop.Projection.Module))];
            if (present[0] is { } known && present.All(other => other == known) && known.Members.Count == loops.Length) return known;
            foreach (GroupWatch other in present.OfType<GroupWatch>().Distinct())
            {
                outdated.Add(other);
                foreach (ModuleLoop member in other.Members) _watches.Remove(member.Projection.Module);
            }

            watch = new GroupWatch(new ExecutionGroup(loops), _store, _identity.Host, _options.Replicas, _time, _logger);
            foreach (ModuleLoop loop in loops) _watches[loop.Projection.Module] = watch;
        }

        foreach (GroupWatch other in outdated) await other.DisposeAsync().ConfigureAwait(false);
        watch.Start();
        return watch;
    }

    // Owned before it is listed: other hosts, which see it in the list, find an owner.
    private async Task OwnNewAsync(ModuleLoop loop, CancellationToken cancellationToken)
    {
        if (!_store.CanBeShared) return;
        if (!_options.Replicas.FollowsOnly)
        {
            GroupWatch watch = await WatchAsync(loop).ConfigureAwait(false);
            await watch.Decided.WaitAsync(cancellationToken).ConfigureAwait(false);
        }


        ModuleStanding standing = loop.Standing;
        if (standing.Role == ModuleRole.Owner) return;
        throw new ModuleUnavailableException(
            CallRefusal.NotOwner, $"module {standing.Module} was not published: {standing.Reason}");
    }

    private async Task StopLoopAsync(ModuleLoop loop)
    {
        await UnsubscribeAsync(loop).ConfigureAwait(false);
        await loop.DisposeAsync().ConfigureAwait(false);
        GroupWatch? watch;
        lock (_watches)
        {
            _watches.Remove(loop.Projection.Module, out watch);
            if (watch is not null && _watches.ContainsValue(watch)) return;
        }

        if (watch is not null) await watch.DisposeAsync().ConfigureAwait(false);
    }
}
