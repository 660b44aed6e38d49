using Interstice.Wasm.Binary;
using Interstice.Wasm.Compilation;
using Interstice.Wasm.Execution;

namespace Interstice.Wasm.Tests.Building;

/// <summary>Short ways to run modules in tests.</summary>
public static class Guest
{
    public const ValueKind I32 = ValueKind.I32, I64 = ValueKind.I64, F32 = ValueKind.F32, F64 = ValueKind.F64;

    public static Instance Instantiate(
        this ModuleBuilder builder,
        InstanceOptions? options = null,
        CompilerOptions? compilerOptions = null,
        params (string Name, External Value)[] host)
    {
        var imports = new Imports();
        foreach ((string name, External value) in host) imports.Add("host", name, value);
        return CompiledModule.Compile(builder.Load(), compilerOptions).Instantiate(imports, options);
    }

    public static Value[] Call(this Instance instance, string function, params ReadOnlySpan<Value> arguments) =>
        instance.GetFunction(function).Invoke(arguments);

    public static int CallI32(this Instance instance, string function, params int[] arguments) =>
        instance.Call(function, [.. arguments.Select(Value.FromI32)])[0].AsI32();

    /// <summary>Runs a call that must trap.</summary>
    public static WasmTrapException Trap(this Instance instance, string function, params int[] arguments) =>
        Should.Throw<WasmTrapException>(() => instance.Call(function, [.. arguments.Select(Value.FromI32)]));

    /// <summary>Runs on a thread whose stack is large enough for guests.</summary>
    public static void OnLargeStack(Action action, int callDepthMax = 10_000)
    {
        Exception? thrown = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    action();
                }
#pragma warning disable CA1031 // rethrown on the test's own thread
                catch (Exception e)
#pragma warning restore CA1031
                {
                    thrown = e;
                }
            },
            GuestStack.BytesFor(callDepthMax));
        thread.Start();
        thread.Join();
        if (thrown is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(thrown);
    }
}
