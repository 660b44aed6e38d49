namespace Interstice.Wasm.Binary;

/// <summary>A well-formed module before validation: indices may name nothing and expressions are ranges of
/// bytes.</summary>
internal sealed class ModuleDraft(byte[] bytes, ModuleLimits limits)
{
    public byte[] Bytes { get; } = bytes;

    public ModuleLimits Limits { get; } = limits;

    public List<FunctionType> Types { get; } = [];

    public List<ImportDraft> Imports { get; } = [];

    /// <summary>Type index of each function, imported ones first.</summary>
    public List<EntityDraft<uint>> Functions { get; } = [];

    public List<EntityDraft<TableDeclaration>> Tables { get; } = [];

    public List<EntityDraft<MemoryDeclaration>> Memories { get; } = [];

    public List<EntityDraft<GlobalDeclaration>> Globals { get; } = [];

    /// <summary>Offset in the binary of the initializer of each global that is not imported.</summary>
    public List<int> Initializers { get; } = [];

    public List<ExportDraft> Exports { get; } = [];

    public (uint Function, int Offset)? Start { get; set; }

    public List<ElementDraft> Elements { get; } = [];

    public List<DataDraft> Data { get; } = [];

    public List<BodyDraft> Bodies { get; } = [];

    public List<CustomSection> CustomSections { get; } = [];

    public int ImportedFunctionCount { get; set; }

    public int ImportedTableCount { get; set; }

    public int ImportedGlobalCount { get; set; }
}

/// <summary>A declaration and where it stands in the binary.</summary>
internal readonly record struct EntityDraft<T>(T Value, int Offset);

/// <summary>An import: <paramref name="Index"/> is in the index space of its kind.</summary>
internal readonly record struct ImportDraft(string Module, string Name, ExternKind Kind, int Index);

/// <summary>An export as written.</summary>
internal readonly record struct ExportDraft(string Name, ExternKind Kind, uint Index, int Offset);

/// <summary>One reference of an element segment: an expression, or a function index when there is none.</summary>
internal readonly record struct ItemDraft(uint FunctionIndex, int Offset, bool IsExpression);

/// <summary>An element segment as written.</summary>
internal readonly record struct ElementDraft(
    SegmentMode Mode,
    ValueKind Kind,
    uint TableIndex,
    int OffsetExpression,
    ItemDraft[] Items,
    int Offset);

/// <summary>A data segment as written.</summary>
internal readonly record struct DataDraft(
    SegmentMode Mode,
    uint MemoryIndex,
    int OffsetExpression,
    int DataOffset,
    int DataLength,
    int Offset);

/// <summary>A run of declared locals of one kind.</summary>
internal readonly record struct LocalRun(uint Count, ValueKind Kind);

/// <summary>A function body as written.</summary>
internal readonly record struct BodyDraft(
    LocalRun[] Locals,
    uint LocalCount,
    int CodeOffset,
    int CodeLength,
    int Offset);
