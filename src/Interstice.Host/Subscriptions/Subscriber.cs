using Interstice.Host.Modules;
using Interstice.Host.Ownership;
using Interstice.Host.Reducers;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;
using Microsoft.Extensions.Logging;

namespace Interstice.Host.Subscriptions;

/// <summary>Runs the subscriptions of one module while this host owns it and its code runs: one feed for each source.</summary>
/// <remarks>A module has no code while its tables are rebuilt, and none is its owner while it follows, so that no handler runs then.</remarks>
/// <param name="loop">The module.</param>
/// <param name="find">Finds the loop of a module.</param>
/// <param name="store">The store.</param>
/// <param name="options">Settings.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where it logs.</param>
internal sealed partial class Subscriber(
    ModuleLoop loop, Func<string, ModuleLoop?> find, IEventStore store, SubscriptionOptions options, TimeProvider time, ILogger logger)
    : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly DeliveryRing _ring = new(options.RecordedMax);
    private readonly Dictionary<(string, SubscriptionOperation, string), SubscriptionTally> _known = [];
    private SubscriptionTally[] _tallies = [];
    private Task _running = Task.CompletedTask;

    /// <summary>Every subscription of the build in force.</summary>
    public IEnumerable<SubscriptionStatus> Status => Volatile.Read(ref _tallies).Select(tally => tally.Status);

    /// <summary>The last deliveries, oldest first.</summary>
    public DeliveryRecord[] Recorded => _ring.ToArray();

    /// <summary>Sets it going.</summary>
    public void Start() => _running = Task.Run(RunAsync);

    /// <summary>Ends it, before the loop ends.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        CancellationToken stop = _stopping.Token;
        try
        {
            while (true)
            {
                Task role = loop.RoleChange;
                Task build = loop.LoadedChange;
                LoadedModule? loaded = loop.Loaded;
                Declare(loaded?.Schema);
                if (loaded is null || _tallies.Length == 0 || loop.Standing.Role != ModuleRole.Owner)
                {
                    await Task.WhenAny(role, build).WaitAsync(stop).ConfigureAwait(false);
                    continue;
                }

                await FeedAsync(loaded, Task.WhenAny(role, build), stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The host stops.
        }
        catch (Exception fault)
        {
            // A defect of the host or of the store's adapter: the module itself goes on.
            LogFailed(fault, loop.Projection.Module);
            foreach (SubscriptionTally tally in _tallies)
                tally.Stand(SubscriptionState.Standing, $"subscriptions of the module are no longer run ({fault.Message}); restart the host");
        }
    }

    private async Task FeedAsync(LoadedModule loaded, Task change, CancellationToken stop)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task[] feeds =
        [
            .. _tallies
                .GroupBy(tally => tally.Status.Subscription.SourceModule, StringComparer.Ordinal)
                .Select(group => new SourceFeed(loop, loaded, group.Key, find, [.. group], _ring, store, options, time))
                .Select(feed => Task.Run(() => feed.RunAsync(ends.Token), CancellationToken.None)),
        ];
        Task ended = await Task.WhenAny([change, Task.Delay(Timeout.Infinite, ends.Token), .. feeds]).ConfigureAwait(false);
        await ends.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(feeds).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.ThrowIfCancellationRequested();
        if (ended != change) await ended.ConfigureAwait(false);
    }

    private void Declare(ModuleSchema? schema)
    {
        List<SubscriptionTally> declared = [];
        foreach (SubscriptionSchema subscription in schema is null ? [] : schema.Subscriptions)
        {
            var key = (subscription.Source, subscription.Operation, subscription.Handler);
            if (!_known.TryGetValue(key, out SubscriptionTally? tally) || !Equals(tally.Status.Subscription, subscription))
                _known[key] = tally = new SubscriptionTally(loop.Projection.Module, subscription);
            declared.Add(tally);
        }

        Volatile.Write(ref _tallies, [.. declared]);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "subscriptions of module {Module} are no longer run; restart the host")]
    private partial void LogFailed(Exception fault, string module);
}
