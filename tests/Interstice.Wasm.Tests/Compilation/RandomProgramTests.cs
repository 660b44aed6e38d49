using Interstice.Wasm.Binary;
using Interstice.Wasm.Execution;
using Interstice.Wasm.Tests.Building;
using Interstice.Wasm.Tests.Reference;

namespace Interstice.Wasm.Tests.Compilation;

public sealed class RandomProgramTests
{
    private const long Fuel = 3000;
    private const uint PagesMax = 3;

    // Goal: keeping operands as trees never changes what a program does, in which order it does it, or what it costs.
    // Method: random programs in the engine and in the reference interpreter, call by call: results or trap, log of the
    // host's functions, memory, globals and remaining fuel must be the same. A failure prints the seed that replays it.
    [Theory]
    [InlineData(1)]
    [InlineData(1_000_001)]
    [InlineData(2_000_001)]
    [InlineData(3_000_001)]
    public void The_engine_does_what_the_reference_interpreter_does(int firstSeed)
    {
        const int programs = 60;
        Guest.OnLargeStack(() =>
        {
            for (int seed = firstSeed; seed < firstSeed + programs; seed++) Compare(seed);
        });
    }

    private static void Compare(int seed)
    {
        WasmModule module = RandomProgram.Make(seed).Load();
        var log = new List<string>();
        using Instance instance = Instantiate(module, log);
        var reference = new ReferenceInterpreter(module, Fuel, PagesMax);
        for (int i = 0; i < RandomProgram.Functions; i++)
        {
            string name = i.ToString(System.Globalization.CultureInfo.InvariantCulture);
            int index = module.Exports.First(export => export.Name == name).Index;
            Value[] arguments = [.. module.Functions[index].Type.Parameters.Select(kind => Value.FromBits(kind, 0x7FA0_0003))];
            string expected = Outcome(() => reference.Invoke(index, arguments));
            string found = Outcome(() => instance.Call(name, arguments));
            string where = $"seed {seed}, function {name}";
            found.ShouldBe(expected, where);
            log.ShouldBe(reference.Log, where);
            instance.Fuel.ShouldBe(reference.Fuel, where);
            instance.Memory!.Read(0, (uint)instance.Memory.ByteLength).SequenceEqual(reference.Memory).ShouldBeTrue(where);
            for (int g = 0; g < module.Globals.Length; g++)
            {
                ((Global)instance.GetExport($"g{g}")!).Value.ShouldBe(reference.Globals[g], where);
            }
        }
    }

    private static Instance Instantiate(WasmModule module, List<string> log)
    {
        var imports = new Imports();
        foreach (Import import in module.Imports)
        {
            FunctionType type = module.Functions[import.Index].Type;
            imports.Add(
                import.Module,
                import.Name,
                Function.FromCallback(type, arguments => ReferenceInterpreter.Host(log, type, arguments)));
        }

        var options = new InstanceOptions { FuelInitial = (ulong)Fuel, MemoryPagesMax = PagesMax };
        return Wasm.Compilation.CompiledModule.Compile(module).Instantiate(imports, options);
    }

    private static string Outcome(Func<Value[]> call)
    {
        try
        {
            return string.Join(", ", call().Select(value => $"{value.Kind} {value.Bits:x}"));
        }
        catch (WasmTrapException trap)
        {
            return $"trap {trap.Kind}";
        }
    }
}
