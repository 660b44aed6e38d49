using System.Collections.Immutable;
using Interstice.Kernel.Schema;

namespace Interstice.Host.Subscriptions;

/// <summary>Which module may cause changes in which, as declared by all modules of a store: subscriptions, and calls of other modules.
/// Immutable.</summary>
/// <remarks>Conservative: a handler may write every table of its module, so that a path through modules counts as a path of causes.</remarks>
public sealed class SubscriptionGraph
{
    private readonly ILookup<string, GraphEdge> _from;

    /// <summary>Makes it.</summary>
    /// <param name="modules">Every module with its declarations, by the name that it is published under.</param>
    public SubscriptionGraph(IReadOnlyDictionary<string, ModuleSchema> modules)
    {
        ArgumentNullException.ThrowIfNull(modules);
        Modules = [.. modules.Keys.Order(StringComparer.Ordinal)];
        Edges = [.. Modules.SelectMany(module => EdgesOf(module, modules[module]))];
        _from = Edges.ToLookup(edge => edge.From, StringComparer.Ordinal);
    }

    /// <summary>Names of the modules, sorted. Edges may name others, that are not published.</summary>
    public ImmutableArray<string> Modules { get; }

    /// <summary>The edges, by the module that declares them.</summary>
    public ImmutableArray<GraphEdge> Edges { get; }

    /// <summary>A shortest path of causes from a module back to it that no subscription bounds; empty if there is none. Calls alone make no
    /// such path: a module on the stack cannot be called again.</summary>
    /// <param name="module">Where it begins and ends.</param>
    public ImmutableArray<GraphEdge> FindUnboundedCycle(string module)
    {
        // The way to each module, once by calls alone and once with a subscription on the way.
        var ways = new Dictionary<(string Module, bool Heard), (GraphEdge Edge, (string, bool) Before)>();
        var next = new Queue<(string Module, bool Heard)>([(module, false)]);
        while (next.TryDequeue(out (string Module, bool Heard) at))
        {
            foreach (GraphEdge edge in _from[at.Module].Where(edge => !edge.IsBounded))
            {
                (string, bool) to = (edge.To, at.Heard || edge.Subscription is not null);
                if (to == (module, false) || !ways.TryAdd(to, (edge, at))) continue;
                if (to == (module, true)) return PathTo(to, module, ways);
                next.Enqueue(to);
            }
        }

        return [];
    }

    private static ImmutableArray<GraphEdge> PathTo(
        (string, bool) end, string start, Dictionary<(string Module, bool Heard), (GraphEdge Edge, (string, bool) Before)> ways)
    {
        var path = new Stack<GraphEdge>();
        (string, bool) at = end;
        do
        {
            (GraphEdge edge, at) = ways[at];
            path.Push(edge);
        }
        while (at != (start, false));
        return [.. path];
    }

    private static IEnumerable<GraphEdge> EdgesOf(string module, ModuleSchema schema)
    {
        foreach (SubscriptionSchema subscription in schema.Subscriptions)
            yield return new GraphEdge(subscription.SourceModule, module, subscription);
        foreach (ReducerSchema reducer in schema.Reducers)
        {
            foreach (string call in reducer.Calls)
            {
                string[] names = call.Split('.', 2);
                yield return new GraphEdge(module, names[0], null, reducer.Name, names[1]);
            }
        }
    }
}
