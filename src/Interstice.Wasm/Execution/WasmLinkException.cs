namespace Interstice.Wasm.Execution;

/// <summary>A module cannot be linked: an import is missing or is not what the module declares.</summary>
/// <param name="module">Module part of the import's name.</param>
/// <param name="field">Field part of the import's name.</param>
/// <param name="expected">What the module declares.</param>
/// <param name="found">What was supplied, or null when nothing was.</param>
public sealed class WasmLinkException(string module, string field, string expected, string? found)
    : Exception(found is null
        ? $"unknown import: {module}.{field} must be {expected}, and the host supplies nothing of that name"
        : $"incompatible import type: {module}.{field} must be {expected}, and the host supplies {found}")
{
    /// <summary>Module part of the import's name.</summary>
    public string ImportModule { get; } = module;

    /// <summary>Field part of the import's name.</summary>
    public string ImportField { get; } = field;

    /// <summary>What the module declares.</summary>
    public string Expected { get; } = expected;

    /// <summary>What was supplied, or null when nothing was.</summary>
    public string? Found { get; } = found;
}
