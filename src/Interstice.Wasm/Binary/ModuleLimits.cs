namespace Interstice.Wasm.Binary;

/// <summary>Bounds on what a module may declare, so that a small file never costs much time or memory to
/// load.</summary>
/// <remarks>Each bound is checked before anything is allocated for what it counts. The defaults take what compilers
/// emit by a wide margin and are those of browsers where browsers have one. Any value from 0 up is accepted; what the
/// specification itself bounds (one memory of at most 65,536 pages) stays bounded.</remarks>
public sealed record ModuleLimits
{
    /// <summary>The default of every limit.</summary>
    public static ModuleLimits Default { get; } = new();

    /// <summary>Most bytes of the whole binary. Default 64 MiB.</summary>
    public int ModuleBytesMax { get; init; } = 64 << 20;

    /// <summary>Most function types. Default 1,000,000.</summary>
    public int TypesMax { get; init; } = 1_000_000;

    /// <summary>Most parameters of one function or block type. Default 1,000.</summary>
    public int ParametersMax { get; init; } = 1_000;

    /// <summary>Most results of one function or block type. Default 1,000.</summary>
    public int ResultsMax { get; init; } = 1_000;

    /// <summary>Most imports of all kinds. Default 100,000.</summary>
    public int ImportsMax { get; init; } = 100_000;

    /// <summary>Most exports. Default 100,000.</summary>
    public int ExportsMax { get; init; } = 100_000;

    /// <summary>Most functions, imported ones included. Default 1,000,000.</summary>
    public int FunctionsMax { get; init; } = 1_000_000;

    /// <summary>Most bytes of one function body, its local declarations included. Default 7,654,321.</summary>
    public int FunctionBytesMax { get; init; } = 7_654_321;

    /// <summary>Most locals of one function, parameters included. Default 50,000.</summary>
    public int LocalsMax { get; init; } = 50_000;

    /// <summary>Most locals of all functions together, parameters included: a declaration of six bytes can stand for
    /// thousands of them. Default 4,194,304.</summary>
    public int LocalsTotalMax { get; init; } = 1 << 22;

    /// <summary>Most blocks inside one another in one function. Default 16,384.</summary>
    public int NestingMax { get; init; } = 16_384;

    /// <summary>Most operands on the stack of one function: a call of two bytes can push a thousand. Default
    /// 65,536.</summary>
    public int OperandsMax { get; init; } = 65_536;

    /// <summary>Most targets of one <c>br_table</c>, the default target not counted. Default 65,520.</summary>
    public int BranchTargetsMax { get; init; } = 65_520;

    /// <summary>Most globals, imported ones included. Default 1,000,000.</summary>
    public int GlobalsMax { get; init; } = 1_000_000;

    /// <summary>Most tables, imported ones included. Default 10,000.</summary>
    public int TablesMax { get; init; } = 10_000;

    /// <summary>Most entries that the tables of the module start with, together. Default 10,000,000.</summary>
    public int TableEntriesMax { get; init; } = 10_000_000;

    /// <summary>Most element segments. Default 100,000.</summary>
    public int ElementSegmentsMax { get; init; } = 100_000;

    /// <summary>Most references of all element segments together. Default 10,000,000.</summary>
    public int ElementsMax { get; init; } = 10_000_000;

    /// <summary>Most data segments. Default 100,000.</summary>
    public int DataSegmentsMax { get; init; } = 100_000;

    /// <summary>Most bytes of all data segments together. Default 64 MiB.</summary>
    public int DataBytesMax { get; init; } = 64 << 20;

    /// <summary>Most custom sections. Default 10,000.</summary>
    public int CustomSectionsMax { get; init; } = 10_000;

    /// <summary>Most bytes of one name in UTF-8: of an import, an export or a custom section. Default
    /// 100,000.</summary>
    public int NameBytesMax { get; init; } = 100_000;
}
