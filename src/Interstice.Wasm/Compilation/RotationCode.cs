using System.Reflection.Emit;
using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Compilation;

/// <summary>The IL of rotations: the sum of two shifts.</summary>
/// <remarks>The just-in-time compiler of .NET 10 takes it that a rotation by a constant sets the processor's zero flag, which
/// it does not, and leaves out the test in <c>if (rotate(x, 4) == 0)</c>. It finds constants, and operations that leave their
/// operand as it is, through locals too, so no use of a rotation is safe from it. A sum of shifts is not taken for a
/// rotation.</remarks>
internal static class RotationCode
{
    /// <summary>Whether an instruction rotates.</summary>
    internal static bool IsRotation(Opcode opcode) =>
        opcode is Opcode.I32Rotl or Opcode.I32Rotr or Opcode.I64Rotl or Opcode.I64Rotr;

    /// <summary>Rotates by a constant.</summary>
    internal static void EmitSum(ILGenerator il, Opcode opcode, LocalSlot value, int count)
    {
        int bits = value.Kind == ValueKind.I64 ? 64 : 32;
        int left = (opcode is Opcode.I32Rotl or Opcode.I64Rotl ? count : -count) & (bits - 1);
        il.Emit(OpCodes.Ldloc, value.Builder);
        if (left == 0) return;
        il.EmitInt(left);
        il.Emit(OpCodes.Shl);
        il.Emit(OpCodes.Ldloc, value.Builder);
        il.EmitInt(bits - left);
        il.Emit(OpCodes.Shr_Un);
        il.Emit(OpCodes.Add);
    }

    // The second shift is by one bit and by the count's complement, so that a count of 0 shifts everything out.
    /// <summary>Rotates by what a slot of i32 holds.</summary>
    internal static void EmitSum(ILGenerator il, Opcode opcode, LocalSlot value, LocalSlot count)
    {
        int mask = value.Kind == ValueKind.I64 ? 63 : 31;
        bool isLeft = opcode is Opcode.I32Rotl or Opcode.I64Rotl;
        il.Emit(OpCodes.Ldloc, value.Builder);
        il.Emit(OpCodes.Ldloc, count.Builder);
        il.EmitInt(mask);
        il.Emit(OpCodes.And);
        il.Emit(isLeft ? OpCodes.Shl : OpCodes.Shr_Un);
        il.Emit(OpCodes.Ldloc, value.Builder);
        il.EmitInt(1);
        il.Emit(isLeft ? OpCodes.Shr_Un : OpCodes.Shl);
        il.Emit(OpCodes.Ldloc, count.Builder);
        il.Emit(OpCodes.Not);
        il.EmitInt(mask);
        il.Emit(OpCodes.And);
        il.Emit(isLeft ? OpCodes.Shr_Un : OpCodes.Shl);
        il.Emit(OpCodes.Add);
    }
}
