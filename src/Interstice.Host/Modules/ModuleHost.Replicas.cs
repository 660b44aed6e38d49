using Interstice.Host.Commands;
using Interstice.Host.Ownership;
using Interstice.Host.Projections;
using Interstice.Host.Reducers;
using Interstice.Host.Replay;
using Interstice.Kernel.Events;
using Microsoft.Extensions.Logging;

namespace Interstice.Host.Modules;

/// <content>Sharing modules with other hosts of the same store. Nothing of it runs on a store that one process has for itself.</content>
public sealed partial class ModuleHost
{
    private readonly Dictionary<string, GroupWatch> _watches = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _listEnds = new();
    private Task _listing = Task.CompletedTask;

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

    private async Task StopListingAsync()
    {
        await _listEnds.CancelAsync().ConfigureAwait(false);
        await _listing.ConfigureAwait(false);
    }

    private async Task FollowListAsync()
    {
        CancellationToken stop = _listEnds.Token;
        Revision after = Revision.None;
        TimeSpan pause = OwnershipClaim.PauseMin;
        try
        {
            while (true)
            {
                try
                {
                    await foreach (SubscriptionMessage message in _store
                        .SubscribeToStreamAsync(StreamNames.Modules, after, stop).ConfigureAwait(false))
                    {
                        if (message is not SubscriptionMessage.Events events) continue;
                        for (int i = 0; i < events.Batch.Length; i++)
                        {
                            string module = ModuleList.Decode(events.Batch.Span[i]);
                            Revision at = events.Batch.Span[i].Revision;
                            await AddListedAsync(module, stop).ConfigureAwait(false);
                            after = at;
                            pause = OwnershipClaim.PauseMin;
                        }
                    }
                }
                catch (Exception fault) when (fault is EventStoreException or ReplayException)
                {
                    LogListBroken(fault.Message);
                }

                await Task.Delay(pause, _time, stop).ConfigureAwait(false);
                pause = pause * 2 < OwnershipClaim.PauseMax ? pause * 2 : OwnershipClaim.PauseMax;
            }
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    private async Task AddListedAsync(string module, CancellationToken cancellationToken)
    {
        if (Has(module)) return;
        await _publishing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (Has(module)) return;
            (ModuleProjection projection, ReplayResult result) = await ModuleStart
                .RunAsync(_snapshots, _store, module, null, _time, null, cancellationToken)
                .ConfigureAwait(false);
            Report(result);
            Watch(await LoadAsync(projection, cancellationToken).ConfigureAwait(false));
            LogListed(module);
        }
        finally
        {
            _publishing.Release();
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "module {Module} was published by another host and is followed")]
    private partial void LogListed(string module);

    [LoggerMessage(Level = LogLevel.Warning, Message = "modules that other hosts publish anew are not seen now: {Reason}")]
    private partial void LogListBroken(string reason);
}
