using Interstice.Host.Ownership;
using Interstice.Host.Reducers;
using Interstice.Kernel.Schema;

namespace Interstice.Host.Modules;

/// <content>What other parts of an application may ask without waiting for a module's turn.</content>
public sealed partial class ModuleHost
{
    /// <summary>What every module does now, by name.</summary>
    public IReadOnlyList<ModuleStatus> Status =>
    [
        .. _modules
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => StatusOf(pair.Key, pair.Value)),
    ];

    /// <summary>Declarations of the build that a module runs; null when there is no such module, or none in force.</summary>
    /// <param name="module">Name of the module.</param>
    public ModuleSchema? FindSchema(string module) => TryFind(module, out ModuleLoop loop) ? loop.Loaded?.Schema : null;

    /// <summary>Whether there is a module of this name.</summary>
    /// <param name="module">Name of the module.</param>
    public bool Has(string module) => TryFind(module, out _);

    private static ModuleStatus StatusOf(string module, ModuleLoop loop)
    {
        LoadedModule? loaded = loop.Loaded;
        ModuleStanding standing = loop.Standing;
        bool isStopped = standing.Role == ModuleRole.Failed || standing.FailedAttempts > 0;
        string? stopped = loop.UnavailableReason
            ?? (isStopped ? standing.Reason : null)
            ?? (loaded is null ? $"module {module} has no published build; publish it again" : null);
        return new(module, stopped, loaded?.Hash, loop.WaitingCount, standing.Role, standing.Owner);
    }
}
