using System.Collections.Immutable;

namespace Interstice.Wasm.Binary;

/// <summary>A decoded and validated module: what the binary declares, with code bodies left as bytes.</summary>
/// <remarks>Immutable. Made only by <c>WasmModule.Load</c>, so that whoever holds one knows that it is valid: validation
/// is what makes the emitted code safe. Index spaces count imports first, as in the specification.</remarks>
public sealed partial class WasmModule
{
    /// <summary>The whole binary. Code bodies, data segments and custom sections are ranges of it.</summary>
    public required ReadOnlyMemory<byte> Bytes { get; init; }

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
    public int ImportedFunctionCount => Functions.Length - BodyCount;

    private int BodyCount => Functions.Count(function => function.Body is not null);
}

/// <summary>What an import or export names.</summary>
public enum ExternKind : byte
{
    /// <summary>A function.</summary>
    Function = 0,

    /// <summary>A table.</summary>
    Table = 1,

    /// <summary>A linear memory.</summary>
    Memory = 2,

    /// <summary>A global.</summary>
    Global = 3,
}

/// <summary>One import.</summary>
/// <param name="Module">Module part of the name.</param>
/// <param name="Name">Field part of the name.</param>
/// <param name="Kind">What is imported.</param>
/// <param name="Index">Index in the index space of that kind.</param>
public sealed record Import(string Module, string Name, ExternKind Kind, int Index);

/// <summary>One export.</summary>
/// <param name="Name">The name, unique in the module.</param>
/// <param name="Kind">What is exported.</param>
/// <param name="Index">Index in the index space of that kind.</param>
public sealed record Export(string Name, ExternKind Kind, int Index);

/// <summary>A function: imported when <paramref name="Body"/> is null.</summary>
/// <param name="TypeIndex">Index into <see cref="WasmModule.Types"/>.</param>
/// <param name="Type">The type it names.</param>
/// <param name="Body">The code, or null for an import.</param>
public sealed record FunctionDeclaration(int TypeIndex, FunctionType Type, FunctionBody? Body);

/// <summary>The code of one function as a range of the binary.</summary>
/// <param name="Locals">Kinds of all locals: the parameters first, then the declared ones expanded.</param>
/// <param name="CodeOffset">Offset in the binary of the first instruction.</param>
/// <param name="CodeLength">Length in bytes, the final <c>end</c> included.</param>
public sealed record FunctionBody(ImmutableArray<ValueKind> Locals, int CodeOffset, int CodeLength);

/// <summary>A table of references.</summary>
/// <param name="ElementKind"><see cref="ValueKind.FuncRef"/> or <see cref="ValueKind.ExternRef"/>.</param>
/// <param name="Minimum">Initial number of entries.</param>
/// <param name="Maximum">Largest number of entries, if declared.</param>
public sealed record TableDeclaration(ValueKind ElementKind, uint Minimum, uint? Maximum);

/// <summary>A linear memory, in pages of 64 KiB.</summary>
/// <param name="Minimum">Initial pages, 0 to 65,536.</param>
/// <param name="Maximum">Most pages, if declared.</param>
public sealed record MemoryDeclaration(uint Minimum, uint? Maximum);

/// <summary>A global: imported when <paramref name="Initializer"/> is null.</summary>
/// <param name="Kind">Kind of its value.</param>
/// <param name="IsMutable">Whether <c>global.set</c> may write it.</param>
/// <param name="Initializer">Its first value.</param>
public sealed record GlobalDeclaration(ValueKind Kind, bool IsMutable, ConstantExpression? Initializer);

/// <summary>A constant expression, reduced by the decoder to one of its closed forms.</summary>
public abstract record ConstantExpression
{
    private ConstantExpression()
    {
    }

    /// <summary>A number.</summary>
    /// <param name="Kind">i32, i64, f32 or f64.</param>
    /// <param name="Bits">Its bits, zero-extended to 64.</param>
    public sealed record Number(ValueKind Kind, ulong Bits) : ConstantExpression;

    /// <summary>The value of an imported immutable global.</summary>
    /// <param name="GlobalIndex">Index of the global.</param>
    public sealed record Global(int GlobalIndex) : ConstantExpression;

    /// <summary><c>ref.func</c>.</summary>
    /// <param name="FunctionIndex">Index of the function.</param>
    public sealed record Function(int FunctionIndex) : ConstantExpression;

    /// <summary><c>ref.null</c>.</summary>
    /// <param name="Kind">Kind of the reference.</param>
    public sealed record Null(ValueKind Kind) : ConstantExpression;
}

/// <summary>How a segment is used.</summary>
public enum SegmentMode : byte
{
    /// <summary>Copied at instantiation.</summary>
    Active,

    /// <summary>Copied by <c>memory.init</c> or <c>table.init</c>.</summary>
    Passive,

    /// <summary>Elements only: makes functions referable, and is dropped at instantiation.</summary>
    Declarative,
}

/// <summary>An element segment.</summary>
/// <param name="Mode">Active, passive or declarative.</param>
/// <param name="ElementKind">Kind of the references.</param>
/// <param name="TableIndex">Table of an active segment, else 0.</param>
/// <param name="Offset">Offset of an active segment, else null.</param>
/// <param name="Items">The references.</param>
public sealed record ElementSegment(
    SegmentMode Mode,
    ValueKind ElementKind,
    int TableIndex,
    ConstantExpression? Offset,
    ImmutableArray<ConstantExpression> Items);

/// <summary>A data segment: a range of the binary.</summary>
/// <param name="Mode">Active or passive.</param>
/// <param name="Offset">Offset in memory of an active segment, else null.</param>
/// <param name="DataOffset">Offset of the bytes in the binary.</param>
/// <param name="DataLength">Number of bytes.</param>
public sealed record DataSegment(SegmentMode Mode, ConstantExpression? Offset, int DataOffset, int DataLength);

/// <summary>A custom section: a range of the binary.</summary>
/// <param name="Name">Its name.</param>
/// <param name="DataOffset">Offset of its content, after the name.</param>
/// <param name="DataLength">Number of bytes.</param>
public sealed record CustomSection(string Name, int DataOffset, int DataLength);
