namespace Interstice.Wasm.Spec.Running;

/// <summary>How the commands of one file came out, in their order.</summary>
public sealed record FileResult(string Name, IReadOnlyList<CommandResult> Commands);
