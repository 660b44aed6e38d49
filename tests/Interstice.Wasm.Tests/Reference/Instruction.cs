using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Tests.Reference;

/// <summary>One decoded instruction of the reference interpreter.</summary>
public sealed class Instruction
{
    public required Opcode Opcode { get; init; }

    public uint Index { get; init; }

    public uint[] Labels { get; init; } = [];

    public ulong Constant { get; init; }

    public uint Offset { get; init; }

    public FunctionType Type { get; init; } = new([], []);

    /// <summary>Of a block: where its <c>end</c> is.</summary>
    public int End { get; set; }

    /// <summary>Of an if: where its <c>else</c> is, or its <c>end</c>.</summary>
    public int Else { get; set; }

    /// <summary>Of a loop: what its header charges.</summary>
    public int Weight { get; set; }
}
