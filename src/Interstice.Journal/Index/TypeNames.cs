using System.Collections.Concurrent;

namespace Interstice.Journal.Index;

/// <summary>One string for each event type of a log, however many segments define it.</summary>
internal sealed class TypeNames
{
    private readonly ConcurrentDictionary<string, string> _names = new(StringComparer.Ordinal);

    /// <summary>The one string that is equal to a name.</summary>
    public string Share(string name) => _names.GetOrAdd(name, name);
}
