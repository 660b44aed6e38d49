using Interstice.Wasm.Binary;
using Interstice.Wasm.Compilation;
using Interstice.Wasm.Execution;
using Interstice.Wasm.Tests.Building;

namespace Interstice.Wasm.Tests.Reference;

/// <summary>Holds the engine against the reference interpreter, call by call.</summary>
internal static class ProgramComparison
{
    private const long Fuel = 3000;
    private const uint PagesMax = 3;

    /// <summary>Makes the calls on both sides.</summary>
    public static void Check(int seed, WasmModule module)
    {
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
        return CompiledModule.Compile(module).Instantiate(imports, options);
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
