using System.Collections.Immutable;

namespace Interstice.Wasm.Binary;

/// <summary>A decoded and validated module: what the binary declares, with code bodies left as bytes.</summary>
/// <remarks>Immutable. Made only by <see cref="Load"/>, so that whoever holds one knows that it is valid: validation is
/// what makes the emitted code safe. Index spaces count imports first, as in the specification.</remarks>
public sealed partial class WasmModule
{
    internal WasmModule()
    {
    }

    /// <summary>The whole binary. Code bodies, data segments and custom sections are ranges of it.</summary>
    public ReadOnlyMemory<byte> Bytes => Binary;

    /// <summary>The function types of the type section.</summary>
    public required ImmutableArray<FunctionType> Types { get; init; }

    /// <summary>Imports in order of declaration.</summary>
    public required ImmutableArray<Import> Imports { get; init; }

    /// <summary>All functions, imported ones first.</summary>
    public required ImmutableArray<FunctionDeclaration> Functions { get; init; }

    /// <summary>All tables, imported ones first.</summary>
    public required ImmutableArray<TableDeclaration> Tables { get; init; }

    /// <summary>All memories, imported ones first; at most one.</summary>
    public required ImmutableArray<MemoryDeclaration> Memories { get; init; }

    /// <summary>All globals, imported ones first.</summary>
    public required ImmutableArray<GlobalDeclaration> Globals { get; init; }

    /// <summary>Exports in order; names are unique.</summary>
    public required ImmutableArray<Export> Exports { get; init; }

    /// <summary>Index of the start function, if there is one.</summary>
    public required int? Start { get; init; }

    /// <summary>Element segments.</summary>
    public required ImmutableArray<ElementSegment> Elements { get; init; }

    /// <summary>Data segments.</summary>
    public required ImmutableArray<DataSegment> Data { get; init; }

    /// <summary>Custom sections in order, the name section among them; several may share a name.</summary>
    public required ImmutableArray<CustomSection> CustomSections { get; init; }

    /// <summary>Number of imported functions: the first index of a function with a body.</summary>
    public required int ImportedFunctionCount { get; init; }

    /// <summary>The name that the name section gives to a function, for messages; null when it gives none.</summary>
    /// <param name="index">Index in <see cref="Functions"/>.</param>
    public string? FunctionName(int index) => Names[index];

    /// <summary>The limits under which the module was loaded.</summary>
    public required ModuleLimits Limits { get; init; }

    /// <summary>The binary as the module keeps it: a copy, which nobody else can change after validation.</summary>
    internal byte[] Binary { get; init; } = [];

    internal FunctionNames Names => field ??= FunctionNames.Read(Binary, CustomSections, Functions.Length);
}
