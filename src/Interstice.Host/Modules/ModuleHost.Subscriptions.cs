using System.Collections.Concurrent;
using Interstice.Host.Projections;
using Interstice.Host.Reducers;
using Interstice.Host.Subscriptions;
using Interstice.Kernel.Schema;

namespace Interstice.Host.Modules;

/// <content>Subscriptions between modules.</content>
public sealed partial class ModuleHost
{
    private readonly ConcurrentDictionary<ModuleLoop, Subscriber> _subscribers = [];

    /// <summary>Every subscription of the modules, by module and source, with what was observed of it since the host started.</summary>
    public IReadOnlyList<SubscriptionStatus> Subscriptions =>
    [
        .. _subscribers.Values
            .SelectMany(subscriber => subscriber.Status)
            .OrderBy(status => status.Module, StringComparer.Ordinal)
            .ThenBy(status => status.Subscription.Source, StringComparer.Ordinal),
    ];

    /// <summary>Which module may cause changes in which, as the builds in force declare.</summary>
    public SubscriptionGraph Graph => new(_modules
        .Where(pair => pair.Value.Loaded is not null)
        .ToDictionary(pair => pair.Key, pair => pair.Value.Loaded!.Schema, StringComparer.Ordinal));

    /// <summary>The last deliveries to a module on this host, as many of each subscription, oldest first (<see cref="SubscriptionOptions.RecordedMax"/>).</summary>
    /// <param name="module">Name of the module.</param>
    public IReadOnlyList<DeliveryRecord> DeliveriesTo(string module) =>
        TryFind(module, out ModuleLoop loop) && _subscribers.TryGetValue(loop, out Subscriber? subscriber) ? subscriber.Recorded : [];

    private void Subscribe(ModuleLoop loop)
    {
        var subscriber = new Subscriber(
            loop, module => TryFind(module, out ModuleLoop found) ? found : null, _store, _options.Subscriptions, _time, _logger);
        _subscribers[loop] = subscriber;
        subscriber.Start();
    }

    private async Task UnsubscribeAsync(ModuleLoop loop)
    {
        if (_subscribers.TryRemove(loop, out Subscriber? subscriber)) await subscriber.DisposeAsync().ConfigureAwait(false);
    }

    // What it hears, and what hears it, as far as that is published; under the gate of publications.
    private async Task<IReadOnlyList<string>> CheckSubscriptionsAsync(string module, ModuleSchema schema)
    {
        var known = new Dictionary<string, ModuleSchema>(StringComparer.Ordinal);
        foreach ((string name, ModuleSchema? declared) in await ReadDeclarationsAsync().ConfigureAwait(false))
            if (declared is not null) known[name] = declared;
        known[module] = schema;
        return SubscriptionRules.Check(module, known);
    }
}
