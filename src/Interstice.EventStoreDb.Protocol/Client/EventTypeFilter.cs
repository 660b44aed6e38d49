using System.Text.RegularExpressions;

namespace EventStore.Client;

/// <summary>Filters by types of events.</summary>
public readonly record struct EventTypeFilter : IEventFilter
{
    private const uint WindowDefault = 32;

    private readonly PrefixFilterExpression[]? _prefixes;

    private EventTypeFilter(uint maxSearchWindow, RegularFilterExpression regex, PrefixFilterExpression[] prefixes)
    {
        ArgumentOutOfRangeException.ThrowIfZero(maxSearchWindow);
        MaxSearchWindow = maxSearchWindow;
        Regex = regex;
        _prefixes = prefixes;
    }

    /// <summary>No filter.</summary>
    public static readonly EventTypeFilter None;

    /// <inheritdoc/>
    public PrefixFilterExpression[] Prefixes => _prefixes ?? [];

    /// <inheritdoc/>
    public RegularFilterExpression Regex { get; }

    /// <inheritdoc/>
    public uint? MaxSearchWindow { get; }

    /// <summary>Types that do not begin with a dollar sign.</summary>
    public static EventTypeFilter ExcludeSystemEvents(uint maxSearchWindow = 32) =>
        new(maxSearchWindow, RegularFilterExpression.ExcludeSystemEvents, []);

    /// <summary>What begins with a prefix.</summary>
    public static IEventFilter Prefix(string prefix) => Prefix(WindowDefault, prefix);

    /// <summary>What begins with one of some prefixes.</summary>
    public static IEventFilter Prefix(params string[] prefixes) => Prefix(WindowDefault, prefixes);

    /// <summary>What begins with one of some prefixes.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static IEventFilter Prefix(uint maxSearchWindow, params string[] prefixes)
    {
        ArgumentNullException.ThrowIfNull(prefixes);
        if (prefixes.Length == 0) throw new ArgumentException("a filter needs a prefix", nameof(prefixes));
        return new EventTypeFilter(
            maxSearchWindow, RegularFilterExpression.None, [.. prefixes.Select(prefix => new PrefixFilterExpression(prefix))]);
    }

    /// <summary>What a regular expression matches.</summary>
    public static IEventFilter RegularExpression(string regex, uint maxSearchWindow = 32) =>
        new EventTypeFilter(maxSearchWindow, new RegularFilterExpression(regex), []);

    /// <summary>What a regular expression matches.</summary>
    public static IEventFilter RegularExpression(Regex regex, uint maxSearchWindow = 32) =>
        new EventTypeFilter(maxSearchWindow, new RegularFilterExpression(regex), []);
}
