using Interstice.Wasm.Binary;
using Interstice.Wasm.Compilation;
using Interstice.Wasm.Execution;
using Interstice.Wasm.Tests.Building;

namespace Interstice.Wasm.Tests.Fuzzing;

/// <summary>Whatever loads can be compiled, instantiated and called: results, traps and link errors are the only
/// endings. What breaks the sandbox here ends the process of the tests.</summary>
public sealed class EngineFuzzTests
{
    private const long FuelPerCall = 100_000;

    [Fact]
    public void Generated_modules_load_compile_and_run()
    {
        Random random = RandomSource.Create();
        var generator = new GuestGenerator(random);
        for (int i = 0; i < RandomSource.Scaled(150); i++)
        {
            byte[] binary = generator.Generate();
            Loading.TryLoad(binary).ShouldBeNull(Convert.ToHexString(binary));
            OnGuestStack(() => RunAll(WasmModule.Load(binary), random), binary);
        }
    }

    [Fact]
    public void Modules_with_random_changes_that_still_load_compile_and_run()
    {
        Random random = RandomSource.Create();
        var generator = new GuestGenerator(random);
        int loaded = 0;
        for (int i = 0; i < RandomSource.Scaled(40); i++)
        {
            byte[] original = i % 2 == 0 ? generator.Generate() : SampleModule.Bytes;
            for (int change = 0; change < 25; change++)
            {
                byte[] binary = Mutation.Mutate(original, random);
                if (Loading.TryLoad(binary) is not null) continue;
                loaded++;
                OnGuestStack(() => RunAll(WasmModule.Load(binary), random), binary);
            }
        }

        loaded.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Random_code_that_loads_compiles_and_runs()
    {
        Random random = RandomSource.Create();
        var generator = new GuestGenerator(random);
        int loaded = 0;
        for (int i = 0; i < RandomSource.Scaled(20_000); i++)
        {
            byte[] binary = RandomCode.Module(random);
            if (Loading.TryLoad(binary) is not null) continue;
            loaded++;
            OnGuestStack(() => RunAll(WasmModule.Load(binary), random), binary);
        }

        loaded.ShouldBeGreaterThan(0);
    }

    private static void RunAll(WasmModule module, Random random)
    {
        try
        {
            using CompiledModule compiled = CompiledModule.Compile(module);
            using Instance instance = compiled.Instantiate(
                ImportsOf(module), new InstanceOptions { FuelInitial = FuelPerCall, MemoryPagesMax = 64 });
            compiled.Prepare();
            foreach (Export export in module.Exports.Where(export => export.Kind == ExternKind.Function))
                Call(instance, export.Name, random);
        }
        catch (Exception e) when (e is WasmTrapException or WasmLinkException or WasmFormatException)
        {
            // A start function may trap, an import may fit no host, and a function may be too large for the compiler.
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
    }

    private static Imports ImportsOf(WasmModule module)
    {
        var imports = new Imports();
        foreach (Import import in module.Imports)
        {
            imports.Add(
                import.Module,
                import.Name,
                import.Kind switch
                {
                    ExternKind.Function => HostFunction(module.Functions[import.Index].Type),
                    ExternKind.Global => new Global(
                        Value.Default(module.Globals[import.Index].Kind), module.Globals[import.Index].IsMutable),
                    ExternKind.Table => new Table(
                        module.Tables[import.Index].ElementKind, Math.Min(module.Tables[import.Index].Minimum, 100)),
                    _ => new LinearMemory(Math.Min(module.Memories[import.Index].Minimum, 4)),
                });
        }

        return imports;
    }

    private static Function HostFunction(FunctionType type) =>
        Function.FromCallback(type, _ => [.. type.Results.Select(Value.Default)]);

    private static void OnGuestStack(Action action, byte[] binary)
    {
        Exception? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    action();
                }
                catch (Exception e)
                {
                    failure = e;
                }
            },
            GuestStack.BytesFor(InstanceOptions.Default.CallDepthMax));
        thread.Start();
        thread.Join();
        failure.ShouldBeNull($"module {Convert.ToHexString(binary)}");
    }
}
