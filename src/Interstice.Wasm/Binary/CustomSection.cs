namespace Interstice.Wasm.Binary;

/// <summary>A custom section: a range of the binary.</summary>
/// <param name="Name">Its name.</param>
/// <param name="DataOffset">Offset of its content, after the name.</param>
/// <param name="DataLength">Number of bytes.</param>
public sealed record CustomSection(string Name, int DataOffset, int DataLength);
