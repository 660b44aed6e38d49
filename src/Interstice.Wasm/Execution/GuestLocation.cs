namespace Interstice.Wasm.Execution;

/// <summary>A function of a guest.</summary>
/// <param name="FunctionIndex">Its index in the module, imported functions first.</param>
/// <param name="FunctionName">Its name in the name section, or the name it is exported by, or null.</param>
/// <param name="CodeOffset">Offset in the binary of its first instruction.</param>
public readonly record struct GuestLocation(int FunctionIndex, string? FunctionName, int CodeOffset);
