using Interstice.Wasm.Execution;
using Interstice.Wasm.Tests.Building;

namespace Interstice.Wasm.Tests.Hostility;

/// <summary>One attack: a module whose function <c>f</c>, or whose start, must end in one trap.</summary>
/// <param name="Name">What it does, in words.</param>
/// <param name="Trap">How it must end.</param>
/// <param name="Build">Makes the module; <c>f</c> takes and returns nothing.</param>
internal sealed record HostileCase(string Name, TrapKind Trap, Action<ModuleBuilder> Build)
{
    /// <summary>Fuel of the call.</summary>
    public long Fuel { get; init; } = 200_000;

    /// <summary>Whether the attack is part of making the instance, so that none comes of it.</summary>
    public bool IsAtStart { get; init; }

    public override string ToString() => $"{Name,-62} {(IsAtStart ? "start" : "call"),-6} {Trap}";
}
