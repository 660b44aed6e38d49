using Interstice.Wasm.Binary;
using Interstice.Wasm.Compilation;
using Interstice.Wasm.Execution;

namespace Interstice.Wasm.Tests.Fuzzing;

/// <summary>Runs any bytes within bounds: they are refused, or the module is compiled, instantiated with small limits,
/// and every exported function is called under fuel. Everything but refusals, link errors and traps is thrown
/// on.</summary>
internal static class BoundedRun
{
    public const int CallDepthMax = 300;
    private const long FuelPerCall = 20_000;
    private const int CallsMax = 30;

    // Larger modules are compiled function by function as they are called.
    private const int PreparedFunctionsMax = 30;

    private static readonly InstanceOptions Options = new()
    {
        FuelInitial = FuelPerCall,
        MemoryPagesMax = 16,
        TableEntriesMax = 10_000,
        CallDepthMax = CallDepthMax,
    };

    /// <summary>Loads, compiles and runs.</summary>
    public static RunEnding Run(byte[] binary, Random random)
    {
        WasmModule module;
        try
        {
            module = WasmModule.Load(binary);
        }
        catch (WasmFormatException)
        {
            return RunEnding.Refused;
        }

        return Run(module, random);
    }

    private static RunEnding Run(WasmModule module, Random random)
    {
        try
        {
            using CompiledModule compiled = CompiledModule.Compile(module);
            using var stubs = new StubImports(module);
            using Instance instance = compiled.Instantiate(stubs.Imports, Options);
            if (module.Functions.Length <= PreparedFunctionsMax) compiled.Prepare();
            instance.CaptureImage();
            foreach (Export export in module.Exports.Where(export => export.Kind == ExternKind.Function).Take(CallsMax))
                Call(instance, export.Name, random);
            instance.Reset();
            return RunEnding.Ran;
        }
        catch (Exception e) when (e is WasmTrapException or WasmLinkException or WasmFormatException)
        {
            return RunEnding.NotStarted;
        }
    }

    private static void Call(Instance instance, string name, Random random)
    {
        Function function = instance.GetFunction(name);
        if (instance.GetExport(GuestShape.Budget) is Global { IsMutable: true, ValueKind: ValueKind.I32 } budget)
            budget.Value = Value.FromI32(300);
        instance.Fuel = FuelPerCall;
        try
        {
            function.Invoke([.. function.Type.Parameters.Select(kind => GuestArguments.Create(random, kind))]);
        }
        catch (WasmTrapException)
        {
            // A trap is an ending like any other.
        }

        if (instance.Fuel is < 0 or > FuelPerCall || instance.CallDepthRemaining != CallDepthMax)
            throw new InvalidOperationException($"after {name}: fuel {instance.Fuel}, depth {instance.CallDepthRemaining}");
    }
}
