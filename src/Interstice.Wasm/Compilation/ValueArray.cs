using System.Collections.Immutable;
using System.Reflection.Emit;
using Interstice.Wasm.Binary;
using Interstice.Wasm.Execution;

namespace Interstice.Wasm.Compilation;

/// <summary>The IL that makes and reads arrays of values.</summary>
internal static class ValueArray
{
    /// <summary>Makes an array.</summary>
    /// <param name="il">Where to.</param>
    /// <param name="kinds">Kinds of the values.</param>
    /// <param name="emitItem">Leaves the .NET value of an index on the IL stack.</param>
    internal static void EmitNew(ILGenerator il, ImmutableArray<ValueKind> kinds, Action<int> emitItem)
    {
        il.EmitInt(kinds.Length);
        il.Emit(OpCodes.Newarr, typeof(Value));
        for (int i = 0; i < kinds.Length; i++)
        {
            il.Emit(OpCodes.Dup);
            il.EmitInt(i);
            emitItem(i);
            il.Emit(OpCodes.Call, HostFunctions.ToValue(kinds[i]));
            il.Emit(OpCodes.Stelem, typeof(Value));
        }
    }

    /// <summary>Reads an item, as its .NET value, of the array on the IL stack.</summary>
    internal static void EmitRead(ILGenerator il, ValueKind kind, int index)
    {
        il.EmitInt(index);
        il.Emit(OpCodes.Ldelema, typeof(Value));
        il.Emit(OpCodes.Call, HostFunctions.FromValue(kind));
    }
}
