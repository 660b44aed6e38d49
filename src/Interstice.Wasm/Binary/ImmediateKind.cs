namespace Interstice.Wasm.Binary;

/// <summary>What follows an opcode.</summary>
internal enum ImmediateKind : byte
{
    /// <summary>No instruction of the supported proposals has this opcode.</summary>
    Undefined,

    /// <summary>Nothing.</summary>
    None,

    /// <summary>A block type.</summary>
    BlockType,

    /// <summary>One index: of a label, local, global, function, table, element or data segment.</summary>
    Index,

    /// <summary>Labels and the default label.</summary>
    Labels,

    /// <summary>A type index, then a table index.</summary>
    TypeAndTable,

    /// <summary>A list of value types.</summary>
    Kinds,

    /// <summary>Alignment and offset of a load or store.</summary>
    MemoryArgument,

    /// <summary>A zero byte where a memory index may come one day.</summary>
    Memory,

    /// <summary>Two such zero bytes.</summary>
    TwoMemories,

    /// <summary>An s32.</summary>
    I32,

    /// <summary>An s64.</summary>
    I64,

    /// <summary>Four bytes.</summary>
    F32,

    /// <summary>Eight bytes.</summary>
    F64,

    /// <summary>A reference type.</summary>
    ReferenceKind,

    /// <summary>A data segment index, then a zero byte.</summary>
    DataAndMemory,

    /// <summary>An element segment index, then a table index.</summary>
    ElementAndTable,

    /// <summary>Two table indices: destination and source.</summary>
    TwoTables,
}
