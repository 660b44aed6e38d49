namespace Interstice.Wasm.Binary;

/// <summary>A linear memory, in pages of 64 KiB.</summary>
/// <param name="Minimum">Initial pages, 0 to 65,536.</param>
/// <param name="Maximum">Most pages, if declared.</param>
public sealed record MemoryDeclaration(uint Minimum, uint? Maximum);
