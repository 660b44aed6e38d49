using System.Reflection;
using System.Reflection.Emit;
using Interstice.Wasm.Binary;
using Interstice.Wasm.Execution;

namespace Interstice.Wasm.Compilation;

/// <summary>Emits the entries: methods by which the host calls functions of one type.</summary>
/// <remarks>An entry takes the <see cref="Function"/> first, so that a delegate can be closed over it. It restores the
/// call depth and translates exceptions (<see cref="Boundary"/>).</remarks>
internal static class EntryEmitter
{
    /// <summary>Emits the entry for delegates, unless there are several results, and the one for values.</summary>
    internal static void Emit(TypeBuilder holder, FunctionType type, int typeId)
    {
        if (type.Results.Length <= 1) EmitTyped(holder, type, typeId);
        EmitRaw(holder, type, typeId);
    }

    private static void EmitTyped(TypeBuilder holder, FunctionType type, int typeId)
    {
        ILGenerator il = Define(
            holder,
            MethodNames.OfEntry(typeId),
            Signature.ReturnType(type),
            [typeof(Function), .. type.Parameters.Select(Signature.ClrType)]);
        LocalBuilder? result = type.Results.IsEmpty ? null : il.DeclareLocal(Signature.ReturnType(type));
        EmitGuarded(il, state =>
        {
            EmitCall(il, type, state, i => il.EmitArgument(i + 1));
            if (result is not null) il.Emit(OpCodes.Stloc, result);
        });
        if (result is not null) il.Emit(OpCodes.Ldloc, result);
        il.Emit(OpCodes.Ret);
    }

    private static void EmitRaw(TypeBuilder holder, FunctionType type, int typeId)
    {
        ILGenerator il = Define(
            holder, MethodNames.OfRawEntry(typeId), typeof(void), [typeof(Function), typeof(Value[]), typeof(Value[])]);
        EmitGuarded(il, state =>
        {
            EmitCall(il, type, state, i =>
            {
                il.Emit(OpCodes.Ldarg_1);
                ValueArray.EmitRead(il, type.Parameters[i], i);
            });
            EmitResults(il, type, state);
        });
        il.Emit(OpCodes.Ret);
    }

    private static void EmitResults(ILGenerator il, FunctionType type, LocalBuilder state)
    {
        for (int i = 0; i < type.Results.Length; i++)
        {
            LocalBuilder result = il.DeclareLocal(Signature.ClrType(type.Results[i]));
            if (i > 0)
            {
                il.Emit(OpCodes.Ldloc, state);
                ResultAccess.EmitAddress(il, type.Results[i], i);
                ResultAccess.EmitLoad(il, type.Results[i]);
            }

            il.Emit(OpCodes.Stloc, result);
            il.Emit(OpCodes.Ldarg_2);
            il.EmitInt(i);
            il.Emit(OpCodes.Ldloc, result);
            il.Emit(OpCodes.Call, HostFunctions.ToValue(type.Results[i]));
            il.Emit(OpCodes.Stelem, typeof(Value));
        }
    }

    private static void EmitCall(ILGenerator il, FunctionType type, LocalBuilder state, Action<int> emitArgument)
    {
        il.Emit(OpCodes.Ldloc, state);
        for (int i = 0; i < type.Parameters.Length; i++) emitArgument(i);
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Call, RuntimeMethods.FunctionCode);
        Type[] parameters = [typeof(GuestState), .. type.Parameters.Select(Signature.ClrType)];
        il.EmitCalli(OpCodes.Calli, CallingConventions.Standard, Signature.ReturnType(type), parameters, null);
    }

    private static void EmitGuarded(ILGenerator il, Action<LocalBuilder> emitBody)
    {
        LocalBuilder state = il.DeclareLocal(typeof(GuestState));
        LocalBuilder depth = il.DeclareLocal(typeof(int));
        LocalBuilder exception = il.DeclareLocal(typeof(Exception));
        Label isAlive = il.DefineLabel();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Call, RuntimeMethods.FunctionState);
        il.Emit(OpCodes.Stloc, state);
        il.Emit(OpCodes.Ldloc, state);
        il.Emit(OpCodes.Brtrue, isAlive);
        il.Emit(OpCodes.Call, RuntimeMethods.FunctionEnded);
        il.Emit(OpCodes.Throw);
        il.MarkLabel(isAlive);
        il.Emit(OpCodes.Ldloc, state);
        il.Emit(OpCodes.Ldfld, RuntimeMethods.Depth);
        il.Emit(OpCodes.Stloc, depth);
        il.BeginExceptionBlock();
        emitBody(state);

        // A filter, so that what needs no translation is not caught: every catch that throws again keeps its stack until the
        // last one is done, and guests that call one another through the host can make many.
        il.BeginExceptFilterBlock();
        il.Emit(OpCodes.Castclass, typeof(Exception));
        il.Emit(OpCodes.Stloc, exception);
        il.Emit(OpCodes.Ldloc, state);
        il.Emit(OpCodes.Ldloc, depth);
        il.Emit(OpCodes.Ldloc, exception);
        il.Emit(OpCodes.Call, RuntimeMethods.Translate);
        il.Emit(OpCodes.Stloc, exception);
        il.Emit(OpCodes.Ldloc, exception);
        il.Emit(OpCodes.Ldnull);
        il.Emit(OpCodes.Cgt_Un);
        il.BeginCatchBlock(null!);
        il.Emit(OpCodes.Pop);
        il.Emit(OpCodes.Ldloc, exception);
        il.Emit(OpCodes.Throw);
        il.EndExceptionBlock();
    }

    private static ILGenerator Define(TypeBuilder holder, string name, Type result, Type[] parameters) =>
        holder.DefineMethod(name, MethodAttributes.Public | MethodAttributes.Static, result, parameters).GetILGenerator();
}
