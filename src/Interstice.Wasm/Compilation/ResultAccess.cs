using System.Reflection.Emit;
using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Compilation;

/// <summary>The IL that moves results after the first between callee and caller, through the caller's state.</summary>
internal static class ResultAccess
{
    /// <summary>Turns the state on the IL stack into the place of a result.</summary>
    internal static void EmitAddress(ILGenerator il, ValueKind kind, int index)
    {
        if (IsReference(kind))
        {
            il.Emit(OpCodes.Ldfld, RuntimeMethods.ResultReferences);
            il.EmitInt(index);
            return;
        }

        il.Emit(OpCodes.Ldfld, RuntimeMethods.ResultBits);
        il.EmitInt(index * sizeof(long));
        il.Emit(OpCodes.Add);
    }

    /// <summary>Reads the result at that place.</summary>
    internal static void EmitLoad(ILGenerator il, ValueKind kind) => il.Emit(kind switch
    {
        ValueKind.I32 => OpCodes.Ldind_I4,
        ValueKind.I64 => OpCodes.Ldind_I8,
        ValueKind.F32 => OpCodes.Ldind_R4,
        ValueKind.F64 => OpCodes.Ldind_R8,
        _ => OpCodes.Ldelem_Ref,
    });

    /// <summary>Writes the value on the IL stack to that place.</summary>
    internal static void EmitStore(ILGenerator il, ValueKind kind) => il.Emit(kind switch
    {
        ValueKind.I32 => OpCodes.Stind_I4,
        ValueKind.I64 => OpCodes.Stind_I8,
        ValueKind.F32 => OpCodes.Stind_R4,
        ValueKind.F64 => OpCodes.Stind_R8,
        _ => OpCodes.Stelem_Ref,
    });

    private static bool IsReference(ValueKind kind) => kind is ValueKind.FuncRef or ValueKind.ExternRef;
}
