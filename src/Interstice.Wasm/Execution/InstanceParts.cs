namespace Interstice.Wasm.Execution;

/// <summary>What an instance consists of, by index space.</summary>
/// <param name="Functions">Functions; own ones are made when first referred to.</param>
/// <param name="Tables">Tables.</param>
/// <param name="Globals">Globals that others can see; null where a field of the state holds the value.</param>
/// <param name="Memory">The memory, if there is one.</param>
/// <param name="Segments">Data and element segments.</param>
internal sealed record InstanceParts(
    Function?[] Functions, Table[] Tables, Global?[] Globals, LinearMemory? Memory, Segments Segments);
