namespace Interstice.Wasm.Binary;

/// <summary>One import.</summary>
/// <param name="Module">Module part of the name.</param>
/// <param name="Name">Field part of the name.</param>
/// <param name="Kind">What is imported.</param>
/// <param name="Index">Index in the index space of that kind.</param>
public sealed record Import(string Module, string Name, ExternKind Kind, int Index);
