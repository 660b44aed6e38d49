using System.Reflection.Emit;
using Interstice.Wasm.Binary;
using static System.Reflection.Emit.OpCodes;

namespace Interstice.Wasm.Compilation;

/// <summary>The IL of a load or store.</summary>
/// <param name="Bytes">Bytes accessed.</param>
/// <param name="Access">The access.</param>
/// <param name="Widen">What widens the value after a load or narrows it before a store.</param>
internal readonly record struct MemoryCode(int Bytes, OpCode Access, OpCode? Widen = null)
{
    private static readonly MemoryCode[] Table =
    [
        new(4, Ldind_I4), new(8, Ldind_I8), new(4, Ldind_R4), new(8, Ldind_R8),
        new(1, Ldind_I1), new(1, Ldind_U1), new(2, Ldind_I2), new(2, Ldind_U2),
        new(1, Ldind_I1, Conv_I8), new(1, Ldind_U1, Conv_U8), new(2, Ldind_I2, Conv_I8), new(2, Ldind_U2, Conv_U8),
        new(4, Ldind_I4, Conv_I8), new(4, Ldind_U4, Conv_U8),
        new(4, Stind_I4), new(8, Stind_I8), new(4, Stind_R4), new(8, Stind_R8),
        new(1, Stind_I1), new(2, Stind_I2),
        new(1, Stind_I1, Conv_I4), new(2, Stind_I2, Conv_I4), new(4, Stind_I4, Conv_I4),
    ];

    /// <summary>The IL of an instruction from <c>i32.load</c> to <c>i64.store32</c>.</summary>
    internal static MemoryCode Of(Opcode opcode) => Table[opcode - Opcode.I32Load];
}
