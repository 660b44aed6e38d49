using System.Text.Json;

namespace Interstice.Cli.Inspection;

/// <summary>What is parked, wherever it is read.</summary>
internal abstract class ParkedItems
{
    /// <summary>Names of all modules, in order.</summary>
    public abstract Task<IReadOnlyList<string>> ModulesAsync();

    /// <summary>What is parked in a module.</summary>
    /// <param name="module">The module.</param>
    /// <param name="limit">Most items.</param>
    /// <returns>The objects, and whether there are more.</returns>
    public abstract Task<(IReadOnlyList<JsonElement> Items, bool HasMore)> ListAsync(string module, long limit);

    /// <summary>What is parked under a number, or null.</summary>
    public abstract Task<JsonElement?> FindAsync(string module, ulong id);
}
