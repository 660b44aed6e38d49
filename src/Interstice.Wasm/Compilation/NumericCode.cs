using System.Numerics;
using System.Reflection.Emit;
using Interstice.Wasm.Binary;
using Interstice.Wasm.Execution;
using static System.Reflection.Emit.OpCodes;
using static Interstice.Wasm.Compilation.NumericStep;
using static Interstice.Wasm.Compilation.RuntimeMethods;

namespace Interstice.Wasm.Compilation;

/// <summary>The IL of every numeric instruction, for operands that are on the IL stack.</summary>
internal static class NumericCode
{
    private static readonly NumericStep[] Not = [Push(0), Ceq];
    private static readonly NumericStep[]?[] Steps = CreateTable();

    /// <summary>The IL of an instruction.</summary>
    internal static NumericStep[] Of(Opcode opcode) => Steps[SlotOf(opcode)]
        ?? throw new ArgumentOutOfRangeException(nameof(opcode), opcode, "not a numeric instruction");

    /// <summary>The one IL instruction of a shift or signed division without masking or checks.</summary>
    internal static OpCode Plain(Opcode opcode) => opcode switch
    {
        Opcode.I32Shl or Opcode.I64Shl => Shl,
        Opcode.I32ShrS or Opcode.I64ShrS => Shr,
        Opcode.I32ShrU or Opcode.I64ShrU => Shr_Un,
        Opcode.I32DivS or Opcode.I64DivS => Div,
        _ => Rem,
    };

    /// <summary>The IL branch that compares, or null when the instruction is no comparison of two operands.</summary>
    internal static OpCode? BranchOf(Opcode opcode, bool whenTrue) => opcode switch
    {
        Opcode.I32Eq or Opcode.I64Eq or Opcode.F32Eq or Opcode.F64Eq => whenTrue ? Beq : Bne_Un,
        Opcode.I32Ne or Opcode.I64Ne or Opcode.F32Ne or Opcode.F64Ne => whenTrue ? Bne_Un : Beq,
        Opcode.I32LtS or Opcode.I64LtS => whenTrue ? Blt : Bge,
        Opcode.I32LtU or Opcode.I64LtU => whenTrue ? Blt_Un : Bge_Un,
        Opcode.I32GtS or Opcode.I64GtS => whenTrue ? Bgt : Ble,
        Opcode.I32GtU or Opcode.I64GtU => whenTrue ? Bgt_Un : Ble_Un,
        Opcode.I32LeS or Opcode.I64LeS => whenTrue ? Ble : Bgt,
        Opcode.I32LeU or Opcode.I64LeU => whenTrue ? Ble_Un : Bgt_Un,
        Opcode.I32GeS or Opcode.I64GeS => whenTrue ? Bge : Blt,
        Opcode.I32GeU or Opcode.I64GeU => whenTrue ? Bge_Un : Blt_Un,

        // For floats ".un" means "or unordered", so the opposite of an ordered comparison is the other one with ".un".
        Opcode.F32Lt or Opcode.F64Lt => whenTrue ? Blt : Bge_Un,
        Opcode.F32Gt or Opcode.F64Gt => whenTrue ? Bgt : Ble_Un,
        Opcode.F32Le or Opcode.F64Le => whenTrue ? Ble : Bgt_Un,
        Opcode.F32Ge or Opcode.F64Ge => whenTrue ? Bge : Blt_Un,
        _ => null,
    };

    private static int SlotOf(Opcode opcode) => opcode < (Opcode)0xFC00 ? (int)opcode : 0x100 + ((int)opcode & 0xFF);

    private static NumericStep[]?[] CreateTable()
    {
        var table = new NumericStep[]?[0x110];
        AddIntegers(table, ValueKind.I32, Opcode.I32Eqz, Opcode.I32Clz);
        AddIntegers(table, ValueKind.I64, Opcode.I64Eqz, Opcode.I64Clz);
        AddFloats(table, ValueKind.F32, Opcode.F32Eq, Opcode.F32Abs);
        AddFloats(table, ValueKind.F64, Opcode.F64Eq, Opcode.F64Abs);
        AddConversions(table);
        return table;
    }

    private static void AddIntegers(NumericStep[]?[] table, ValueKind kind, Opcode eqz, Opcode clz)
    {
        bool is64 = kind == ValueKind.I64;
        string width = is64 ? "64" : "32";
        int mask = is64 ? 63 : 31;
        NumericStep[] zero = is64 ? [Push(0), Conv_I8] : [Push(0)];
        NumericStep[] count = is64 ? [Conv_I4, Push(mask), And] : [Push(mask), And];
        NumericStep[] widen = is64 ? [Conv_I8] : [];
        Add(table, eqz,
            [.. zero, Ceq],
            [Ceq], [Ceq, .. Not],
            [Clt], [Clt_Un], [Cgt], [Cgt_Un],
            [Cgt, .. Not], [Cgt_Un, .. Not], [Clt, .. Not], [Clt_Un, .. Not]);
        Add(table, clz,
            [Bits(nameof(BitOperations.LeadingZeroCount), kind), .. widen],
            [Arithmetic("Ctz" + width), .. widen],
            [Bits(nameof(BitOperations.PopCount), kind), .. widen],
            [OpCodes.Add], [Sub], [Mul],
            [Arithmetic("DivS" + width)], [Div_Un], [Arithmetic("RemS" + width)], [Rem_Un],
            [And], [Or], [Xor],
            [.. count, Shl], [.. count, Shr], [.. count, Shr_Un],
            [.. count, Rotation.MethodOf(is64 ? Opcode.I64Rotl : Opcode.I32Rotl)],
            [.. count, Rotation.MethodOf(is64 ? Opcode.I64Rotr : Opcode.I32Rotr)]);
    }

    private static void AddFloats(NumericStep[]?[] table, ValueKind kind, Opcode eq, Opcode abs)
    {
        Add(table, eq, [Ceq], [Ceq, .. Not], [Clt], [Cgt], [Cgt_Un, .. Not], [Clt_Un, .. Not]);
        Add(table, abs,
            [MathOf(nameof(Math.Abs), kind, 1)], [Neg],
            [MathOf(nameof(Math.Ceiling), kind, 1)], [MathOf(nameof(Math.Floor), kind, 1)],
            [MathOf(nameof(Math.Truncate), kind, 1)], [MathOf(nameof(Math.Round), kind, 1)],
            [MathOf(nameof(Math.Sqrt), kind, 1)],
            [OpCodes.Add], [Sub], [Mul], [Div],
            [Arithmetic(kind == ValueKind.F32 ? "Min32" : "Min64")], [MathOf(nameof(Math.Max), kind, 2)],
            [MathOf(nameof(Math.CopySign), kind, 2)]);
    }

    private static void AddConversions(NumericStep[]?[] table)
    {
        Add(table, Opcode.I32WrapI64,
            [Conv_I4],
            [Arithmetic("TruncF32S32")], [Arithmetic("TruncF32U32")], [Arithmetic("TruncF64S32")], [Arithmetic("TruncF64U32")],
            [Conv_I8], [Conv_U8],
            [Arithmetic("TruncF32S64")], [Arithmetic("TruncF32U64")], [Arithmetic("TruncF64S64")], [Arithmetic("TruncF64U64")],
            [Conv_R4], [Conv_R_Un, Conv_R4], [Conv_R4], [Conv_R_Un, Conv_R4],
            [Conv_R4],
            [Conv_R8], [Conv_R_Un, Conv_R8], [Conv_R8], [Conv_R_Un, Conv_R8],
            [Conv_R8],
            [Reinterpret(nameof(BitConverter.SingleToInt32Bits))], [Reinterpret(nameof(BitConverter.DoubleToInt64Bits))],
            [Arithmetic("Reinterpret32")], [Arithmetic("Reinterpret64")],
            [Conv_I1], [Conv_I2],
            [Conv_I1, Conv_I8], [Conv_I2, Conv_I8], [Conv_I4, Conv_I8]);

        // Saturating, with NaN as 0: what .NET has specified for these since version 9.
        Add(table, Opcode.I32TruncSatF32S, [Conv_I4], [Conv_U4], [Conv_I4], [Conv_U4], [Conv_I8], [Conv_U8], [Conv_I8], [Conv_U8]);
    }

    private static NumericStep Reinterpret(string name) => typeof(BitConverter).GetMethod(name)!;

    private static void Add(NumericStep[]?[] table, Opcode first, params ReadOnlySpan<NumericStep[]> steps)
    {
        for (int i = 0; i < steps.Length; i++) table[SlotOf(first) + i] = steps[i];
    }
}
