using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Validation;

/// <summary>Type of a numeric instruction: one or two operands of one kind, one result.</summary>
internal readonly record struct NumericSignature(ValueKind Operand, int Arity, ValueKind Result)
{
    private static readonly NumericSignature[] OneByte = CreateOneByteTable();
    private static readonly NumericSignature[] Saturating = CreateSaturatingTable();

    /// <summary>The signature of an instruction from <c>i32.eqz</c> to <c>i64.trunc_sat_f64_u</c>.</summary>
    public static NumericSignature Of(Opcode opcode) =>
        opcode < (Opcode)0xFC00 ? OneByte[(int)opcode] : Saturating[(int)opcode - 0xFC00];

    private static NumericSignature[] CreateOneByteTable()
    {
        const ValueKind I32 = ValueKind.I32, I64 = ValueKind.I64, F32 = ValueKind.F32, F64 = ValueKind.F64;
        var table = new NumericSignature[256];
        Fill(table, Opcode.I32Eqz, Opcode.I32Eqz, new(I32, 1, I32));
        Fill(table, Opcode.I32Eq, Opcode.I32GeU, new(I32, 2, I32));
        Fill(table, Opcode.I64Eqz, Opcode.I64Eqz, new(I64, 1, I32));
        Fill(table, Opcode.I64Eq, Opcode.I64GeU, new(I64, 2, I32));
        Fill(table, Opcode.F32Eq, Opcode.F32Ge, new(F32, 2, I32));
        Fill(table, Opcode.F64Eq, Opcode.F64Ge, new(F64, 2, I32));
        Fill(table, Opcode.I32Clz, Opcode.I32Popcnt, new(I32, 1, I32));
        Fill(table, Opcode.I32Add, Opcode.I32Rotr, new(I32, 2, I32));
        Fill(table, Opcode.I64Clz, Opcode.I64Popcnt, new(I64, 1, I64));
        Fill(table, Opcode.I64Add, Opcode.I64Rotr, new(I64, 2, I64));
        Fill(table, Opcode.F32Abs, Opcode.F32Sqrt, new(F32, 1, F32));
        Fill(table, Opcode.F32Add, Opcode.F32Copysign, new(F32, 2, F32));
        Fill(table, Opcode.F64Abs, Opcode.F64Sqrt, new(F64, 1, F64));
        Fill(table, Opcode.F64Add, Opcode.F64Copysign, new(F64, 2, F64));
        Fill(table, Opcode.I32WrapI64, Opcode.I32WrapI64, new(I64, 1, I32));
        Fill(table, Opcode.I32TruncF32S, Opcode.I32TruncF32U, new(F32, 1, I32));
        Fill(table, Opcode.I32TruncF64S, Opcode.I32TruncF64U, new(F64, 1, I32));
        Fill(table, Opcode.I64ExtendI32S, Opcode.I64ExtendI32U, new(I32, 1, I64));
        Fill(table, Opcode.I64TruncF32S, Opcode.I64TruncF32U, new(F32, 1, I64));
        Fill(table, Opcode.I64TruncF64S, Opcode.I64TruncF64U, new(F64, 1, I64));
        Fill(table, Opcode.F32ConvertI32S, Opcode.F32ConvertI32U, new(I32, 1, F32));
        Fill(table, Opcode.F32ConvertI64S, Opcode.F32ConvertI64U, new(I64, 1, F32));
        Fill(table, Opcode.F32DemoteF64, Opcode.F32DemoteF64, new(F64, 1, F32));
        Fill(table, Opcode.F64ConvertI32S, Opcode.F64ConvertI32U, new(I32, 1, F64));
        Fill(table, Opcode.F64ConvertI64S, Opcode.F64ConvertI64U, new(I64, 1, F64));
        Fill(table, Opcode.F64PromoteF32, Opcode.F64PromoteF32, new(F32, 1, F64));
        Fill(table, Opcode.I32ReinterpretF32, Opcode.I32ReinterpretF32, new(F32, 1, I32));
        Fill(table, Opcode.I64ReinterpretF64, Opcode.I64ReinterpretF64, new(F64, 1, I64));
        Fill(table, Opcode.F32ReinterpretI32, Opcode.F32ReinterpretI32, new(I32, 1, F32));
        Fill(table, Opcode.F64ReinterpretI64, Opcode.F64ReinterpretI64, new(I64, 1, F64));
        Fill(table, Opcode.I32Extend8S, Opcode.I32Extend16S, new(I32, 1, I32));
        Fill(table, Opcode.I64Extend8S, Opcode.I64Extend32S, new(I64, 1, I64));
        return table;
    }

    private static NumericSignature[] CreateSaturatingTable() =>
    [
        new(ValueKind.F32, 1, ValueKind.I32), new(ValueKind.F32, 1, ValueKind.I32),
        new(ValueKind.F64, 1, ValueKind.I32), new(ValueKind.F64, 1, ValueKind.I32),
        new(ValueKind.F32, 1, ValueKind.I64), new(ValueKind.F32, 1, ValueKind.I64),
        new(ValueKind.F64, 1, ValueKind.I64), new(ValueKind.F64, 1, ValueKind.I64),
    ];

    private static void Fill(NumericSignature[] table, Opcode first, Opcode last, NumericSignature signature) =>
        table.AsSpan((int)first, last - first + 1).Fill(signature);
}
