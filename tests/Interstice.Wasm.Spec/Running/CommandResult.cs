using Interstice.Wasm.Spec.Suites;

namespace Interstice.Wasm.Spec.Running;

/// <summary>A command and how it came out.</summary>
public sealed record CommandResult(SuiteCommand Command, Verdict Verdict);
