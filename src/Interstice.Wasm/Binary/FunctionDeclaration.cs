namespace Interstice.Wasm.Binary;

/// <summary>A function: imported when <paramref name="Body"/> is null.</summary>
/// <param name="TypeIndex">Index into <see cref="WasmModule.Types"/>.</param>
/// <param name="Type">The type it names.</param>
/// <param name="Body">The code, or null for an import.</param>
public sealed record FunctionDeclaration(int TypeIndex, FunctionType Type, FunctionBody? Body);
