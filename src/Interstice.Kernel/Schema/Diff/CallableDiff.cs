using System.Collections.Immutable;

namespace Interstice.Kernel.Schema.Diff;

/// <summary>Changes of what can be called and heard: reducers, queries, events, subscriptions.</summary>
internal static class CallableDiff
{
    internal static IEnumerable<SchemaChange> Compare(ModuleSchema before, ModuleSchema after) =>
    [
        .. OfNames("reducer", before.Reducers.Select(r => r.Name), after.Reducers.Select(r => r.Name), "callers of it fail"),
        .. before.Reducers.SelectMany(reducer => after.FindReducer(reducer.Name) is { } other ? OfReducer(reducer, other) : []),
        .. OfNames("query", before.Queries.Select(q => q.Name), after.Queries.Select(q => q.Name), "callers of it fail"),
        .. before.Queries.SelectMany(query => after.FindQuery(query.Name) is { } other ? OfQuery(query, other) : []),
        .. OfNames("event", before.Events.Select(e => e.Name), after.Events.Select(e => e.Name), "subscribers hear no more of it"),
        .. before.Events.SelectMany(item => after.FindEvent(item.Name) is { } other ? OfEvent(item, other) : []),
        .. OfSubscriptions(before, after),
    ];

    private static List<SchemaChange> OfNames(string kind, IEnumerable<string> before, IEnumerable<string> after, string whenGone)
    {
        List<SchemaChange> found = [];
        string[] known = [.. before];
        string[] next = [.. after];
        foreach (string gone in known.Except(next)) found.Add(new($"{kind} \"{gone}\"", ChangeEffect.Breaking, $"is gone: {whenGone}"));
        foreach (string added in next.Except(known)) found.Add(new($"{kind} \"{added}\"", ChangeEffect.Compatible, "is new"));
        return found;
    }

    private static List<SchemaChange> OfReducer(ReducerSchema before, ReducerSchema after)
    {
        List<SchemaChange> found = [];
        string subject = $"reducer \"{after.Name}\"";
        foreach (SchemaChange change in OfParameters(subject, before.Parameters, after.Parameters)) found.Add(change);
        foreach (SchemaChange change in OfResult(subject, before.Result, after.Result)) found.Add(change);
        foreach (SchemaChange change in OfVisibility(subject, before.Visibility, after.Visibility)) found.Add(change);
        if (before.Lifecycle != after.Lifecycle)
            found.Add(new(subject, ChangeEffect.Compatible, $"has the lifecycle role {Word(after.Lifecycle)}, which was {Word(before.Lifecycle)}"));
        if (!before.Calls.SequenceEqual(after.Calls))
            found.Add(new(subject, ChangeEffect.Compatible, $"may call {Join(after.Calls)}, which was {Join(before.Calls)}"));
        return found;
    }

    private static IEnumerable<SchemaChange> OfQuery(QuerySchema before, QuerySchema after)
    {
        string subject = $"query \"{after.Name}\"";
        return
        [
            .. OfParameters(subject, before.Parameters, after.Parameters),
            .. OfResult(subject, before.Result, after.Result),
            .. OfVisibility(subject, before.Visibility, after.Visibility),
        ];
    }

    private static List<SchemaChange> OfEvent(EventSchema before, EventSchema after)
    {
        List<SchemaChange> found = [];
        if (before.Payload.Equals(after.Payload)) return found;
        found.Add(new($"event \"{after.Name}\"", ChangeEffect.Breaking,
            $"has a payload of type {Pair(after.Payload, before.Payload)}: subscribers must know it"));
        return found;
    }

    private static List<SchemaChange> OfSubscriptions(ModuleSchema before, ModuleSchema after)
    {
        List<SchemaChange> found = [];
        string[] known = [.. before.Subscriptions.Select(Describe)];
        string[] next = [.. after.Subscriptions.Select(Describe)];
        foreach (string gone in known.Except(next)) found.Add(new(gone, ChangeEffect.Compatible, "is gone"));
        foreach (string added in next.Except(known)) found.Add(new(added, ChangeEffect.Compatible, "is new"));
        return found;
    }

    // Arguments are given in order: whoever encodes them by the declarations before gives others.
    private static List<SchemaChange> OfParameters(
        string subject, ImmutableArray<ParameterSchema> before, ImmutableArray<ParameterSchema> after)
    {
        List<SchemaChange> found = [];
        for (int i = 0; i < Math.Max(before.Length, after.Length); i++)
        {
            if (i >= after.Length)
                found.Add(new(subject, ChangeEffect.Breaking, $"has no parameter \"{before[i].Name}\" any more"));
            else if (i >= before.Length)
                found.Add(new(subject, ChangeEffect.Breaking, $"has a new parameter \"{after[i].Name}\", which callers must give"));
            else if (!before[i].Type.Equals(after[i].Type))
                found.Add(new(subject, ChangeEffect.Breaking, $"has parameter {i + 1}, \"{after[i].Name}\", of type {Pair(after[i].Type, before[i].Type)}"));
            else if (before[i].Name != after[i].Name)
                found.Add(new(subject, ChangeEffect.Compatible, $"calls parameter {i + 1} \"{after[i].Name}\", which was \"{before[i].Name}\""));
        }
        return found;
    }

    private static List<SchemaChange> OfResult(string subject, DataType? before, DataType? after)
    {
        List<SchemaChange> found = [];
        if (before is null ? after is null : after is not null && before.Equals(after)) return found;
        if (before is null) found.Add(new(subject, ChangeEffect.Compatible, $"returns {after}; it returned nothing"));
        else if (after is null) found.Add(new(subject, ChangeEffect.Breaking, $"returns nothing; it returned {before}"));
        else found.Add(new(subject, ChangeEffect.Breaking, $"returns {Pair(after, before)}"));
        return found;
    }

    private static List<SchemaChange> OfVisibility(string subject, Visibility before, Visibility after)
    {
        List<SchemaChange> found = [];
        if (before == after) return found;
        found.Add(after == Visibility.Private
            ? new(subject, ChangeEffect.Breaking, "is private now: other callers are refused")
            : new(subject, ChangeEffect.Compatible, "is public now"));
        return found;
    }

    // A declared type that changed has the same name before and after.
    private static string Pair(DataType after, DataType before) => after.ToString() == before.ToString()
        ? $"{after}, which is declared otherwise" : $"{after}, which was {before}";

    private static string Describe(SubscriptionSchema item) =>
        $"subscription of \"{item.Handler}\" to {item.Source} ({item.Operation.ToString().ToLowerInvariant()})";

    private static string Word(LifecycleRole? role) => role?.ToString().ToLowerInvariant() ?? "none";

    private static string Join(ImmutableArray<string> calls) => calls.IsEmpty ? "nothing" : string.Join(", ", calls);
}
