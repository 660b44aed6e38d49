using System.Numerics;
using System.Reflection;
using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Compilation;

/// <summary>What keeps rotations safe from the just-in-time compiler.</summary>
/// <remarks>The compiler of .NET 10 takes it that a rotation by a constant sets the processor's zero flag, which it does not,
/// and leaves out the test in <c>if (rotate(x, 4) == 0)</c>. It finds constants, and operations that leave their operand as
/// it is (<c>rotate(x, 4) ^ 0</c>), through locals and inlined functions too. So before anything but such an operation
/// gets to see a value that may be a rotation, it is joined by <c>xor</c> with a zero that the compiler cannot know:
/// that instruction does set the flag.</remarks>
internal static class Rotation
{
    /// <summary>Whether an instruction rotates.</summary>
    internal static bool Is(Opcode opcode) =>
        opcode is Opcode.I32Rotl or Opcode.I32Rotr or Opcode.I64Rotl or Opcode.I64Rotr;

    /// <summary>Whether an instruction tests nothing and can leave an operand as it is, so that its result may be a rotation
    /// when an operand is.</summary>
    internal static bool Passes(Opcode opcode) => opcode
        is >= Opcode.I32Add and <= Opcode.I32Mul or >= Opcode.I32And and <= Opcode.I32ShrU
        or >= Opcode.I64Add and <= Opcode.I64Mul or >= Opcode.I64And and <= Opcode.I64ShrU;

    /// <summary>The method that rotates, by a count that is within the width.</summary>
    internal static MethodInfo MethodOf(Opcode opcode)
    {
        bool isLeft = opcode is Opcode.I32Rotl or Opcode.I64Rotl;
        Type kind = opcode is Opcode.I32Rotl or Opcode.I32Rotr ? typeof(uint) : typeof(ulong);
        string name = isLeft ? nameof(BitOperations.RotateLeft) : nameof(BitOperations.RotateRight);
        return typeof(BitOperations).GetMethod(name, [kind, typeof(int)])!;
    }
}
