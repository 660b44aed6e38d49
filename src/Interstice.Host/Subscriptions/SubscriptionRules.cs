using System.Collections.Immutable;
using Interstice.Host.Modules;
using Interstice.Kernel.Schema;

namespace Interstice.Host.Subscriptions;

/// <summary>What the subscriptions of a build must keep among the modules that are published.</summary>
public static class SubscriptionRules
{
    /// <summary>Checks a build that is about to be published.</summary>
    /// <param name="module">The name that it is published under.</param>
    /// <param name="modules">Declarations of all modules by name, with those of the build for its own.</param>
    /// <returns>What the publisher should know, a sentence each.</returns>
    /// <exception cref="ModuleRefusedException">A subscription cannot be, or makes a cycle without a bound.</exception>
    public static IReadOnlyList<string> Check(string module, IReadOnlyDictionary<string, ModuleSchema> modules)
    {
        ArgumentNullException.ThrowIfNull(modules);
        List<string> warnings = [];
        ModuleSchema schema = modules[module];
        foreach (SubscriptionSchema subscription in schema.Subscriptions)
        {
            if (!modules.TryGetValue(subscription.SourceModule, out ModuleSchema? source))
                warnings.Add($"subscription of \"{subscription.Handler}\" waits: module {subscription.SourceModule} is not published");
            else if (Misfit(subscription, schema, source, module) is { } misfit)
                throw new ModuleRefusedException(ModuleRefusalKind.Subscription, $"module {module}: {misfit}");
        }

        ImmutableArray<GraphEdge> cycle = new SubscriptionGraph(modules).FindUnboundedCycle(module);
        if (!cycle.IsEmpty)
        {
            throw new ModuleRefusedException(
                ModuleRefusalKind.Subscription,
                $"module {module}: subscriptions make a cycle: {string.Join(", ", cycle)}; give one of them a depth, which bounds it");
        }

        foreach ((string name, ModuleSchema subscriber) in modules.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (name == module) continue;
            warnings.AddRange(subscriber.Subscriptions
                .Where(subscription => subscription.SourceModule == module)
                .Select(subscription => Misfit(subscription, subscriber, schema, name))
                .OfType<string>()
                .Select(misfit => $"module {name} no longer hears this one: {misfit}"));
        }

        return warnings;
    }

    private static string? Misfit(SubscriptionSchema subscription, ModuleSchema subscriber, ModuleSchema source, string module) =>
        SubscriptionFit.FindMisfit(
            subscription, subscriber.FindReducer(subscription.Handler)!, source, subscription.SourceModule == module);
}
