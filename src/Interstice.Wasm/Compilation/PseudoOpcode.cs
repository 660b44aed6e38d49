using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Compilation;

/// <summary>Expressions that are no instruction of their own.</summary>
internal static class PseudoOpcode
{
    /// <summary>Reads a slot once and gives it back to the pool.</summary>
    internal const Opcode Temporary = (Opcode)0xFE00;

    /// <summary>Reads a slot that stays in use: a block parameter.</summary>
    internal const Opcode Slot = (Opcode)0xFE01;

    /// <summary>Makes a NaN canonical.</summary>
    internal const Opcode Canonical = (Opcode)0xFE02;
}
