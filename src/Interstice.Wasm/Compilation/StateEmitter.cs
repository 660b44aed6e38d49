using System.Reflection;
using System.Reflection.Emit;
using Interstice.Wasm.Binary;
using Interstice.Wasm.Execution;

namespace Interstice.Wasm.Compilation;

/// <summary>Emits the methods of a module's state class.</summary>
internal static class StateEmitter
{
    /// <summary>Overrides the abstract methods of <see cref="GuestState"/>.</summary>
    internal static void Emit(ModuleEmitter module, TypeBuilder state)
    {
        EmitBind(module, Override(state, nameof(GuestState.Bind)));
        ILGenerator capture = Override(state, nameof(GuestState.CaptureGlobals));
        ILGenerator restore = Override(state, nameof(GuestState.RestoreGlobals));
        for (int i = 0; i < module.GlobalFields.Length; i++)
        {
            if (module.GlobalFields[i] is not { } field || !module.Module.Globals[i].IsMutable) continue;
            FieldBuilder image = state.DefineField("image_" + field.Name, field.FieldType, FieldAttributes.Private);
            EmitCopy(capture, field, image);
            EmitCopy(restore, image, field);
        }

        capture.Emit(OpCodes.Ret);
        restore.Emit(OpCodes.Ret);
    }

    private static void EmitBind(ModuleEmitter module, ILGenerator il)
    {
        for (int i = 0; i < module.GlobalFields.Length; i++)
        {
            il.Emit(OpCodes.Ldarg_0);
            if (module.GlobalFields[i] is { } field)
            {
                il.Emit(OpCodes.Ldarg_1);
                ValueArray.EmitRead(il, module.Module.Globals[i].Kind, i);
                il.Emit(OpCodes.Stfld, field);
                continue;
            }

            il.Emit(OpCodes.Ldarg_2);
            il.EmitInt(i);
            il.Emit(OpCodes.Ldelem_Ref);
            il.Emit(OpCodes.Stfld, module.CellFields[i]!);
        }

        for (int i = 0; i < module.ImportFields.Length && module.ImportFields[i] is { } import; i++)
        {
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldarg_3);
            il.EmitInt(i);
            il.Emit(OpCodes.Ldelem_Ref);
            il.Emit(OpCodes.Castclass, import.FieldType);
            il.Emit(OpCodes.Stfld, import);
        }

        il.Emit(OpCodes.Ret);
    }

    private static void EmitCopy(ILGenerator il, FieldInfo from, FieldInfo to)
    {
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldfld, from);
        il.Emit(OpCodes.Stfld, to);
    }

    private static ILGenerator Override(TypeBuilder state, string name)
    {
        MethodInfo declared = typeof(GuestState).GetMethod(name)!;
        MethodBuilder method = state.DefineMethod(
            name,
            MethodAttributes.Public | MethodAttributes.Virtual | MethodAttributes.HideBySig,
            declared.ReturnType,
            [.. declared.GetParameters().Select(parameter => parameter.ParameterType)]);
        state.DefineMethodOverride(method, declared);
        return method.GetILGenerator();
    }
}
