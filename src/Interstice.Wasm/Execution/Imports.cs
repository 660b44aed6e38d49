using System.Diagnostics.CodeAnalysis;

namespace Interstice.Wasm.Execution;

/// <summary>What a host supplies to a module, by module and field name. Not thread-safe while being filled.</summary>
public sealed class Imports
{
    private readonly Dictionary<(string Module, string Name), External> _values = [];

    /// <summary>Adds one; a later one of the same name replaces it.</summary>
    /// <param name="module">Module part of the name.</param>
    /// <param name="name">Field part of the name.</param>
    /// <param name="value">What is supplied.</param>
    public void Add(string module, string name, External value)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(value);
        _values[(module, name)] = value;
    }

    /// <summary>Finds one.</summary>
    /// <param name="module">Module part of the name.</param>
    /// <param name="name">Field part of the name.</param>
    /// <param name="value">What is supplied.</param>
    /// <returns>Whether there is one of that name.</returns>
    public bool TryGet(string module, string name, [NotNullWhen(true)] out External? value) =>
        _values.TryGetValue((module, name), out value);
}
