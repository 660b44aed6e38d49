using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Compilation;

/// <summary>Which float bits and instructions matter for NaN.</summary>
internal static class FloatBits
{
    private const uint CanonicalNaN32 = 0x7FC0_0000;
    private const ulong CanonicalNaN64 = 0x7FF8_0000_0000_0000;

    /// <summary>Whether f32 bits are no NaN, or the positive canonical one.</summary>
    internal static bool IsCanonical32(uint bits) =>
        bits == CanonicalNaN32 || !float.IsNaN(BitConverter.UInt32BitsToSingle(bits));

    /// <summary>Whether f64 bits are no NaN, or the positive canonical one.</summary>
    internal static bool IsCanonical64(ulong bits) =>
        bits == CanonicalNaN64 || !double.IsNaN(BitConverter.UInt64BitsToDouble(bits));

    /// <summary>Whether an instruction computes a float whose NaN bits the specification leaves open.</summary>
    internal static bool IsArithmetic(Opcode opcode) =>
        opcode is (>= Opcode.F32Ceil and <= Opcode.F32Max) or (>= Opcode.F64Ceil and <= Opcode.F64Max)
            or Opcode.F32DemoteF64 or Opcode.F64PromoteF32;

    /// <summary>Whether an instruction makes a float of an integer, which is never NaN.</summary>
    internal static bool IsConversion(Opcode opcode) =>
        opcode is (>= Opcode.F32ConvertI32S and <= Opcode.F32ConvertI64U)
            or (>= Opcode.F64ConvertI32S and <= Opcode.F64ConvertI64U);
}
