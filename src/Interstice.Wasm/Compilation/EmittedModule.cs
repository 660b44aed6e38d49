using System.Reflection;

namespace Interstice.Wasm.Compilation;

/// <summary>What emitting a module results in.</summary>
/// <param name="State">Class of the state.</param>
/// <param name="Code">The .NET module.</param>
/// <param name="MethodTokens">Metadata tokens of the functions' methods, by index; 0 for imports.</param>
/// <param name="Entries">Class of entries and bridges.</param>
/// <param name="Cells">Indices of globals that are held in cells.</param>
/// <param name="OpaqueConstants">Constants for every state.</param>
/// <param name="Large">Functions that the just-in-time compiler may not optimise.</param>
/// <param name="Doubtful">Functions that the just-in-time compiler may refuse.</param>
internal sealed record EmittedModule(
    Type State, Module Code, int[] MethodTokens, Type Entries, int[] Cells, long[] OpaqueConstants, int[] Large, int[] Doubtful);
