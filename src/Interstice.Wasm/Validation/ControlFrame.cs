using System.Collections.Immutable;
using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Validation;

/// <summary>A block that is open at a point of a function; the outermost one is the function itself.</summary>
internal struct ControlFrame
{
    /// <summary>The instruction that opened it: block, loop, if, else; block for the function.</summary>
    public Opcode Opcode;

    /// <summary>Parameters and results.</summary>
    public FunctionType Type;

    /// <summary>Number of operands below the block.</summary>
    public int Height;

    /// <summary>Whether the rest of the block cannot be reached.</summary>
    public bool IsUnreachable;

    /// <summary>Offset of the last <c>br_table</c> that was checked against this block.</summary>
    public int CheckedBranchTable;

    /// <summary>What a branch to the block carries: to its start for a loop, else to its end.</summary>
    public readonly ImmutableArray<ValueKind> LabelKinds =>
        Opcode == Opcode.Loop ? Type.Parameters : Type.Results;
}
