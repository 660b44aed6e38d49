using Interstice.Host.Reducers;

namespace Interstice.Host.Modules;

/// <summary>Settings of a <see cref="ModuleHost"/>.</summary>
public sealed record ModuleHostOptions
{
    /// <summary>What one call may use.</summary>
    public ModuleLimits Limits { get; init; } = new();

    /// <summary>Bounds of each module's loop.</summary>
    public LoopOptions Loop { get; init; } = new();
}
