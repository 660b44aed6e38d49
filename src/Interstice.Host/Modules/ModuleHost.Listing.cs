using Interstice.Host.Ownership;
using Interstice.Host.Projections;
using Interstice.Host.Reducers;
using Interstice.Host.Replay;
using Interstice.Kernel.Events;
using Microsoft.Extensions.Logging;

namespace Interstice.Host.Modules;

/// <content>Modules that other hosts publish anew.</content>
public sealed partial class ModuleHost
{
    // A stream that cannot be replayed seldom mends itself, and reading it is work.
    private static readonly TimeSpan ListedPauseMax = TimeSpan.FromMinutes(5);

    private readonly CancellationTokenSource _listEnds = new();
    private readonly List<Task> _addingLater = [];
    private Task _listing = Task.CompletedTask;

    private async Task StopListingAsync()
    {
        await _listEnds.CancelAsync().ConfigureAwait(false);

        // Whatever became of them, the loops are to be ended.
        await _listing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_addingLater).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _regrouping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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
                            await AddOrRetryAsync(module, stop).ConfigureAwait(false);
                            after = at;
                            pause = OwnershipClaim.PauseMin;
                        }
                    }
                }
                catch (Exception fault) when (!stop.IsCancellationRequested)
                {
                    LogListBroken(fault.Message);
                }

                await Task.Delay(pause, _time, stop).ConfigureAwait(false);
                pause = pause * 2 < OwnershipClaim.PauseMax ? pause * 2 : OwnershipClaim.PauseMax;
            }
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    // One module that cannot be followed keeps nobody from following those behind it.
    private async Task AddOrRetryAsync(string module, CancellationToken stop)
    {
        try
        {
            await AddListedAsync(module, stop).ConfigureAwait(false);
        }
        catch (Exception fault) when (!stop.IsCancellationRequested)
        {
            LogNotFollowed(fault, module);
            _addingLater.RemoveAll(task => task.IsCompleted);
            _addingLater.Add(AddLaterAsync(module, stop));
        }
    }

    private async Task AddLaterAsync(string module, CancellationToken stop)
    {
        TimeSpan pause = OwnershipClaim.PauseMin;
        while (true)
        {
            await Task.Delay(pause, _time, stop).ConfigureAwait(false);
            TimeSpan pauseMax = ListedPauseMax;
            try
            {
                await AddListedAsync(module, stop).ConfigureAwait(false);
                return;
            }
            catch (EventStoreException fault)
            {
                LogNotFollowed(fault, module);
                pauseMax = OwnershipClaim.PauseMax;
            }
            catch (Exception fault) when (!stop.IsCancellationRequested)
            {
                LogNotFollowed(fault, module);
            }

            pause = pause * 2 < pauseMax ? pause * 2 : pauseMax;
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
                .RunAsync(_snapshots, _store, module, null, ReplayOptions.Start with { Keys = _options.Keys }, _time, null, cancellationToken)
                .ConfigureAwait(false);
            Report(result);
            await LoadListedAsync(projection, cancellationToken).ConfigureAwait(false);
            await RegroupAsync(cancellationToken).ConfigureAwait(false);
            LogListed(module);
        }
        finally
        {
            _publishing.Release();
        }
    }

    // A module is there when it can be followed: one whose code could not be read is tried again as a whole.
    private async Task LoadListedAsync(ModuleProjection projection, CancellationToken cancellationToken)
    {
        ModuleLoop loop = StartLoop(projection);
        try
        {
            if (projection.Published is { } published) await loop.LoadAsync(published, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await StopLoopAsync(loop).ConfigureAwait(false);
            throw;
        }

        _modules[projection.Module] = loop;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "module {Module} was published by another host and is followed")]
    private partial void LogListed(string module);

    [LoggerMessage(Level = LogLevel.Error, Message = "module {Module}, published by another host, cannot be followed; it is tried again")]
    private partial void LogNotFollowed(Exception fault, string module);

    [LoggerMessage(Level = LogLevel.Warning, Message = "modules that other hosts publish anew are not seen now: {Reason}")]
    private partial void LogListBroken(string reason);
}
