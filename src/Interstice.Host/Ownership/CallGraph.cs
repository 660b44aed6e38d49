using Interstice.Kernel.Schema;

namespace Interstice.Host.Ownership;

/// <summary>Which modules may call which, as their reducers declare it, and the groups that follow from it.</summary>
public static class CallGraph
{
    /// <summary>Puts modules together that are connected by declared calls, whichever way these go and over however many modules.</summary>
    /// <param name="declarations">Names of the modules, each with its declarations; a module may be given several times with different
    /// ones, or without.</param>
    /// <returns>Every module once: its group's modules in the order of their names, groups in the order of their first names. A call to
    /// a module that is not given connects nothing.</returns>
    public static IReadOnlyList<IReadOnlyList<string>> FindGroups(IEnumerable<KeyValuePair<string, ModuleSchema?>> declarations)
    {
        ArgumentNullException.ThrowIfNull(declarations);
        KeyValuePair<string, ModuleSchema?>[] all = [.. declarations];
        Dictionary<string, string> leaders = all.Select(pair => pair.Key).Distinct().ToDictionary(name => name, StringComparer.Ordinal);
        foreach ((string module, ModuleSchema? schema) in all)
        {
            foreach (string called in CalledModules(schema))
                if (leaders.ContainsKey(called)) Join(leaders, Find(leaders, module), Find(leaders, called));
        }

        return
        [
            .. leaders.Keys
                .GroupBy(module => Find(leaders, module))
                .Select(group => (IReadOnlyList<string>)[.. group.Order(StringComparer.Ordinal)])
                .OrderBy(group => group[0], StringComparer.Ordinal),
        ];
    }

    /// <summary>Splits the name of a reducer of another module as declarations give it.</summary>
    /// <param name="call">As <c>module.reducer</c>.</param>
    public static (string Module, string Reducer) Split(string call)
    {
        ArgumentNullException.ThrowIfNull(call);
        int dot = call.IndexOf('.', StringComparison.Ordinal);
        return (call[..dot], call[(dot + 1)..]);
    }

    private static IEnumerable<string> CalledModules(ModuleSchema? schema) =>
        schema is null ? [] : schema.Reducers.SelectMany(reducer => reducer.Calls).Select(call => Split(call).Module).Distinct();

    // The first by name leads, so that the outcome does not depend on the order of the declarations.
    private static void Join(Dictionary<string, string> leaders, string one, string other)
    {
        if (string.CompareOrdinal(one, other) < 0) leaders[other] = one;
        else leaders[one] = other;
    }

    private static string Find(Dictionary<string, string> leaders, string module)
    {
        while (leaders[module] != module) module = leaders[module];
        return module;
    }
}
