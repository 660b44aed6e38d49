using System.Numerics;
using Interstice.Wasm.Binary;
using Interstice.Wasm.Execution;

namespace Interstice.Wasm.Tests.Reference;

public sealed partial class ReferenceInterpreter
{
    private const uint CanonicalNaN32 = 0x7FC0_0000;
    private const ulong CanonicalNaN64 = 0x7FF8_0000_0000_0000;

    private static void Compute(Opcode opcode, Stack<Value> stack)
    {
        Value top = stack.Pop();
        stack.Push(top.Kind switch
        {
            ValueKind.I32 when Unary(opcode, (uint)top.AsI32()) is { } value => value,
            ValueKind.I64 when Unary(opcode, (ulong)top.AsI64()) is { } value => value,
            ValueKind.F32 when Unary(opcode, top.AsF32(), (uint)top.Bits) is { } value => value,
            ValueKind.F64 when Unary(opcode, top.AsF64(), top.Bits) is { } value => value,
            ValueKind.I32 => Binary(opcode, stack.Pop().AsI32(), top.AsI32()),
            ValueKind.I64 => Binary(opcode, stack.Pop().AsI64(), top.AsI64()),
            ValueKind.F32 => Binary32(opcode, stack.Pop(), top),
            _ => Binary64(opcode, stack.Pop(), top),
        });
    }

    private static Value? Unary(Opcode opcode, uint x) => opcode switch
    {
        Opcode.I32Eqz => Bool(x == 0),
        Opcode.I32Clz => Value.FromI32(BitOperations.LeadingZeroCount(x)),
        Opcode.I32Ctz => Value.FromI32(x == 0 ? 32 : BitOperations.TrailingZeroCount(x)),
        Opcode.I32Popcnt => Value.FromI32(BitOperations.PopCount(x)),
        Opcode.I32Extend8S => Value.FromI32((sbyte)x),
        Opcode.I64ExtendI32S => Value.FromI64((int)x),
        Opcode.I64ExtendI32U => Value.FromI64(x),
        Opcode.F64ConvertI32S => Value.FromF64((int)x),
        Opcode.F32ConvertI32U => Value.FromF32(x),
        Opcode.F32ReinterpretI32 => Value.FromBits(ValueKind.F32, x),
        _ => null,
    };

    private static Value? Unary(Opcode opcode, ulong x) => opcode switch
    {
        Opcode.I64Eqz => Bool(x == 0),
        Opcode.I64Clz => Value.FromI64(BitOperations.LeadingZeroCount(x)),
        Opcode.I64Extend16S => Value.FromI64((short)x),
        Opcode.I32WrapI64 => Value.FromI32((int)x),
        Opcode.F64ConvertI64S => Value.FromF64((long)x),
        Opcode.F64ReinterpretI64 => Value.FromBits(ValueKind.F64, x),
        _ => null,
    };

    private static Value? Unary(Opcode opcode, float x, uint bits) => opcode switch
    {
        Opcode.F32Neg => Value.FromBits(ValueKind.F32, bits ^ 0x8000_0000),
        Opcode.F32Abs => Value.FromBits(ValueKind.F32, bits & 0x7FFF_FFFF),
        Opcode.F32Sqrt => Canonical(MathF.Sqrt(x)),
        Opcode.F64PromoteF32 => Canonical((double)x),
        Opcode.I32ReinterpretF32 => Value.FromI32((int)bits),
        _ => null,
    };

    private static Value? Unary(Opcode opcode, double x, ulong bits) => opcode switch
    {
        Opcode.F64Neg => Value.FromBits(ValueKind.F64, bits ^ 0x8000_0000_0000_0000),
        Opcode.F64Abs => Value.FromBits(ValueKind.F64, bits & 0x7FFF_FFFF_FFFF_FFFF),
        Opcode.F64Sqrt => Canonical(Math.Sqrt(x)),
        Opcode.F64Nearest => Canonical(Math.Round(x, MidpointRounding.ToEven)),
        Opcode.F32DemoteF64 => Canonical((float)x),
        Opcode.I64ReinterpretF64 => Value.FromI64((long)bits),
        Opcode.I32TruncF64S => Value.FromI32(Truncate(x)),
        Opcode.I64TruncSatF64S => Value.FromI64(Saturate(x)),
        _ => null,
    };

    private static Value Binary(Opcode opcode, int a, int b) => opcode switch
    {
        Opcode.I32Add => Value.FromI32(a + b),
        Opcode.I32Sub => Value.FromI32(a - b),
        Opcode.I32Mul => Value.FromI32(a * b),
        Opcode.I32And => Value.FromI32(a & b),
        Opcode.I32Or => Value.FromI32(a | b),
        Opcode.I32Xor => Value.FromI32(a ^ b),
        Opcode.I32Shl => Value.FromI32(a << (b & 31)),
        Opcode.I32ShrS => Value.FromI32(a >> (b & 31)),
        Opcode.I32ShrU => Value.FromI32((int)((uint)a >> (b & 31))),
        Opcode.I32Rotl => Value.FromI32((int)(((uint)a << (b & 31)) | ((uint)a >> (-b & 31)))),
        Opcode.I32Rotr => Value.FromI32((int)(((uint)a >> (b & 31)) | ((uint)a << (-b & 31)))),
        Opcode.I32Eq => Bool(a == b),
        Opcode.I32LtS => Bool(a < b),
        Opcode.I32GeU => Bool((uint)a >= (uint)b),
        Opcode.I32DivS or Opcode.I32RemU when b == 0 => throw new WasmTrapException(TrapKind.IntegerDivideByZero),
        Opcode.I32DivS when b == -1 && a == int.MinValue => throw new WasmTrapException(TrapKind.IntegerOverflow),
        Opcode.I32DivS => Value.FromI32(a / b),
        Opcode.I32RemU => Value.FromI32((int)((uint)a % (uint)b)),
        _ => throw new ArgumentOutOfRangeException(nameof(opcode), opcode, null),
    };

    private static Value Binary(Opcode opcode, long a, long b) => opcode switch
    {
        Opcode.I64Add => Value.FromI64(a + b),
        Opcode.I64Sub => Value.FromI64(a - b),
        Opcode.I64Mul => Value.FromI64(a * b),
        Opcode.I64Xor => Value.FromI64(a ^ b),
        Opcode.I64Shl => Value.FromI64(a << (int)(b & 63)),
        Opcode.I64ShrU => Value.FromI64((long)((ulong)a >> (int)(b & 63))),
        Opcode.I64Rotl => Value.FromI64((long)(((ulong)a << (int)(b & 63)) | ((ulong)a >> (int)(-b & 63)))),
        Opcode.I64Rotr => Value.FromI64((long)(((ulong)a >> (int)(b & 63)) | ((ulong)a << (int)(-b & 63)))),
        Opcode.I64Eq => Bool(a == b),
        Opcode.I64LtU => Bool((ulong)a < (ulong)b),
        Opcode.I64GtS => Bool(a > b),
        Opcode.I64RemS when b == 0 => throw new WasmTrapException(TrapKind.IntegerDivideByZero),
        Opcode.I64RemS => Value.FromI64(b == -1 ? 0 : a % b),
        _ => throw new ArgumentOutOfRangeException(nameof(opcode), opcode, null),
    };

    private static Value Binary32(Opcode opcode, Value left, Value right)
    {
        (float a, float b) = (left.AsF32(), right.AsF32());
        return opcode switch
        {
            Opcode.F32Add => Canonical(a + b),
            Opcode.F32Mul => Canonical(a * b),
            Opcode.F32Div => Canonical(a / b),
            Opcode.F32Min => Canonical(MathF.Min(a, b)),
            Opcode.F32Max => Canonical(MathF.Max(a, b)),
            Opcode.F32Copysign =>
                Value.FromBits(ValueKind.F32, (left.Bits & 0x7FFF_FFFF) | (right.Bits & 0x8000_0000)),
            Opcode.F32Lt => Bool(a < b),
            Opcode.F32Ne => Bool(a != b),
            _ => throw new ArgumentOutOfRangeException(nameof(opcode), opcode, null),
        };
    }

    private static Value Binary64(Opcode opcode, Value left, Value right)
    {
        (double a, double b) = (left.AsF64(), right.AsF64());
        return opcode switch
        {
            Opcode.F64Add => Canonical(a + b),
            Opcode.F64Sub => Canonical(a - b),
            Opcode.F64Mul => Canonical(a * b),
            Opcode.F64Div => Canonical(a / b),
            Opcode.F64Min => Canonical(Math.Min(a, b)),
            Opcode.F64Max => Canonical(Math.Max(a, b)),
            Opcode.F64Copysign => Value.FromBits(
                ValueKind.F64, (left.Bits & 0x7FFF_FFFF_FFFF_FFFF) | (right.Bits & 0x8000_0000_0000_0000)),
            Opcode.F64Le => Bool(a <= b),
            Opcode.F64Gt => Bool(a > b),
            Opcode.F64Eq => Bool(a == b),
            _ => throw new ArgumentOutOfRangeException(nameof(opcode), opcode, null),
        };
    }

    private static int Truncate(double x)
    {
        if (double.IsNaN(x)) throw new WasmTrapException(TrapKind.InvalidConversionToInteger);
        double whole = Math.Truncate(x);
        return whole is >= int.MinValue and <= int.MaxValue ? (int)whole : throw new WasmTrapException(TrapKind.IntegerOverflow);
    }

    private static long Saturate(double x) =>
        double.IsNaN(x) ? 0
        : x >= 9223372036854775808.0 ? long.MaxValue
        : x <= -9223372036854775808.0 ? long.MinValue
        : (long)x;

    private static Value Bool(bool value) => Value.FromI32(value ? 1 : 0);

    private static Value Canonical(float x) =>
        float.IsNaN(x) ? Value.FromBits(ValueKind.F32, CanonicalNaN32) : Value.FromF32(x);

    private static Value Canonical(double x) =>
        double.IsNaN(x) ? Value.FromBits(ValueKind.F64, CanonicalNaN64) : Value.FromF64(x);
}
