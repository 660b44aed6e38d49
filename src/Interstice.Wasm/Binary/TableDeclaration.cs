namespace Interstice.Wasm.Binary;

/// <summary>A table of references.</summary>
/// <param name="ElementKind"><see cref="ValueKind.FuncRef"/> or <see cref="ValueKind.ExternRef"/>.</param>
/// <param name="Minimum">Initial number of entries.</param>
/// <param name="Maximum">Largest number of entries, if declared.</param>
public sealed record TableDeclaration(ValueKind ElementKind, uint Minimum, uint? Maximum);
