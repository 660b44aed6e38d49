using System.Reflection;
using System.Reflection.Emit;

namespace Interstice.Wasm.Compilation;

/// <summary>One IL instruction of a numeric instruction: an opcode alone, with an int, or a call.</summary>
internal readonly record struct NumericStep(OpCode Code, int? Operand = null, MethodInfo? Method = null)
{
    /// <summary>A call.</summary>
    public static implicit operator NumericStep(MethodInfo method) => new(OpCodes.Call, null, method);

    /// <summary>An opcode alone.</summary>
    public static implicit operator NumericStep(OpCode code) => new(code);

    /// <summary>Pushes an int.</summary>
    internal static NumericStep Push(int value) => new(OpCodes.Ldc_I4, value);

    /// <summary>Emits it.</summary>
    internal void Emit(ILGenerator il)
    {
        if (Method is not null) il.Emit(Code, Method);
        else if (Operand is { } operand) il.EmitInt(operand);
        else il.Emit(Code);
    }
}
