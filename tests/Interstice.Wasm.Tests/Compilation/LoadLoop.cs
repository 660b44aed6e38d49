using Interstice.Wasm.Binary;
using Interstice.Wasm.Compilation;
using Interstice.Wasm.Execution;
using Interstice.Wasm.Tests.Fuzzing;
using Interstice.Wasm.Tests.Hunting;

namespace Interstice.Wasm.Tests.Compilation;

/// <summary>The command <c>loads</c>: loads, runs and drops modules, and prints what the process holds after a quarter of them
/// and at the end. <c>--leak 1</c> keeps them, as a bug would.</summary>
internal static class LoadLoop
{
    /// <summary>How many modules are loaded.</summary>
    public const int Loads = 200;

    private static readonly List<object> Leaked = [];

    public static int Run(string[] arguments)
    {
        bool leaks = new HuntOptions(arguments).Number("leak", 0) != 0;
        byte[] bank = ShippedModules.All.Single(module => module.Name == "bank").Binary;
        Building.Guest.OnLargeStack(() =>
        {
            for (int i = 0; i < Loads; i++)
            {
                if (i == Loads / 4) Print();
                byte[] other = new GuestGenerator(new Random(i)).Generate();
                foreach (byte[] binary in (byte[][])[bank, other]) LoadOnce(binary, leaks);
            }
        });
        Print();
        return 0;
    }

    /// <summary>Reads what a run printed.</summary>
    public static Footprint[] Read(string output) =>
        [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Footprint.Parse)];

    private static void LoadOnce(byte[] binary, bool leaks)
    {
        WasmModule module = WasmModule.Load(binary);
        using CompiledModule compiled = CompiledModule.Compile(module);
        using var stubs = new StubImports(module);
        try
        {
            using Instance instance = compiled.Instantiate(stubs.Imports, new InstanceOptions { FuelInitial = 10_000 });
            instance.CaptureImage();
            foreach (Export export in module.Exports.Where(export => export.Kind == ExternKind.Function)) Call(instance, export);
            if (leaks) Leaked.Add(instance);
        }
        catch (WasmTrapException)
        {
            // A start function that trapped.
        }
    }

    private static void Call(Instance instance, Export export)
    {
        FunctionType type = instance.Module.Functions[export.Index].Type;
        instance.Fuel = 10_000;
        try
        {
            instance.GetFunction(export.Name).Invoke([.. type.Parameters.Select(Value.Default)]);
        }
        catch (WasmTrapException)
        {
            // Called without sense.
        }
    }

    private static void Print() => Console.WriteLine(Footprint.Measure().ToLine());
}
