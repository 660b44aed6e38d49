namespace Interstice.Wasm.Spec.Suites;

/// <summary>What a command does with an instance.</summary>
/// <param name="IsGet">Whether it reads a global; otherwise it calls a function.</param>
/// <param name="Module">Name of the instance, or null for the last one made.</param>
/// <param name="Field">Name of the export.</param>
/// <param name="Arguments">What the function is called with.</param>
public sealed record SuiteAction(bool IsGet, string? Module, string Field, IReadOnlyList<SuiteValue> Arguments);
