namespace Interstice.Wasm.Binary;

/// <summary>One export.</summary>
/// <param name="Name">The name, unique in the module.</param>
/// <param name="Kind">What is exported.</param>
/// <param name="Index">Index in the index space of that kind.</param>
public sealed record Export(string Name, ExternKind Kind, int Index);
