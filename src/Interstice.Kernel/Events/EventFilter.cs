namespace Interstice.Kernel.Events;

/// <summary>Which events a read or subscription of the whole store wants.</summary>
public abstract record EventFilter
{
    private EventFilter()
    {
    }

    /// <summary>Every event, the store's own ones included.</summary>
    public sealed record All : EventFilter;

    /// <summary>Events of streams whose name starts with one of these.</summary>
    /// <param name="Prefixes">At least one, none empty; compared ordinally.</param>
    public sealed record StreamPrefix(IReadOnlyList<string> Prefixes) : EventFilter;

    /// <summary>Events whose type starts with one of these.</summary>
    /// <param name="Prefixes">At least one, none empty; compared ordinally.</param>
    public sealed record TypePrefix(IReadOnlyList<string> Prefixes) : EventFilter;

    /// <summary>Whether an event passes.</summary>
    /// <param name="stream">Its stream.</param>
    /// <param name="type">Its type.</param>
    public bool Matches(StreamName stream, string type) => this switch
    {
        StreamPrefix filter => StartsWithOne(stream.Value, filter.Prefixes),
        TypePrefix filter => StartsWithOne(type, filter.Prefixes),
        _ => true,
    };

    private static bool StartsWithOne(string text, IReadOnlyList<string> prefixes)
    {
        for (int i = 0; i < prefixes.Count; i++)
            if (text.StartsWith(prefixes[i], StringComparison.Ordinal)) return true;
        return false;
    }
}
