using System.Reflection;
using System.Reflection.Emit;
using Interstice.Wasm.Binary;
using Interstice.Wasm.Execution;

namespace Interstice.Wasm.Compilation;

/// <summary>Emits the bridges: what an indirect call calls in place of a function of another instance or of the host. A
/// bridge takes a <see cref="BridgeCall"/> where a function takes its state.</summary>
internal static class BridgeEmitter
{
    /// <summary>Emits the bridge of a type.</summary>
    internal static void Emit(TypeBuilder holder, FunctionType type, int typeId)
    {
        MethodBuilder method = holder.DefineMethod(
            MethodNames.OfBridge(typeId),
            MethodAttributes.Public | MethodAttributes.Static,
            Signature.ReturnType(type),
            [typeof(BridgeCall), .. type.Parameters.Select(Signature.ClrType)]);
        ILGenerator il = method.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldfld, RuntimeMethods.BridgeFunction);
        if (Signature.HasDelegateType(type)) EmitDelegateCall(il, type);
        else EmitValueCall(il, type);
        il.Emit(OpCodes.Ret);
    }

    private static void EmitDelegateCall(ILGenerator il, FunctionType type)
    {
        Type delegateType = Signature.DelegateType(type);
        il.Emit(OpCodes.Call, RuntimeMethods.FunctionDelegate);
        il.Emit(OpCodes.Castclass, delegateType);
        for (int i = 0; i < type.Parameters.Length; i++) il.EmitArgument(i + 1);
        il.Emit(OpCodes.Callvirt, delegateType.GetMethod("Invoke")!);
    }

    private static void EmitValueCall(ILGenerator il, FunctionType type)
    {
        LocalBuilder results = il.DeclareLocal(typeof(Value[]));
        ValueArray.EmitNew(il, type.Parameters, i => il.EmitArgument(i + 1));
        il.Emit(OpCodes.Call, RuntimeMethods.FunctionInvokeRaw);
        il.Emit(OpCodes.Stloc, results);
        for (int i = 1; i < type.Results.Length; i++)
        {
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldfld, RuntimeMethods.BridgeCaller);
            ResultAccess.EmitAddress(il, type.Results[i], i);
            il.Emit(OpCodes.Ldloc, results);
            ValueArray.EmitRead(il, type.Results[i], i);
            ResultAccess.EmitStore(il, type.Results[i]);
        }

        if (type.Results.IsEmpty) return;
        il.Emit(OpCodes.Ldloc, results);
        ValueArray.EmitRead(il, type.Results[0], 0);
    }
}
