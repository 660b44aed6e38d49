using Interstice.Wasm.Binary;
using Interstice.Wasm.Compilation;
using Interstice.Wasm.Execution;
using Interstice.Wasm.Instrumentation;
using Interstice.Wasm.Tests.Building;
using Interstice.Wasm.Tests.Fuzzing;

namespace Interstice.Wasm.Tests.Instrumentation;

// Goal: a binary that counts for itself counts what the engine counts (docs/formats/fuel.md), to the last unit, and ends at
// the same instruction. Method: generated modules with little fuel, depth and memory, run both ways.
public sealed class MeteredModuleTests
{
    private const int CallsPerFunction = 8;
    private const int Budget = 200;

    private static readonly CompilerOptions Unmetered = new() { Metering = false, CountDepth = false };

    [Fact]
    public void A_binary_that_counts_for_itself_ends_where_the_engine_ends_it()
    {
        Random random = RandomSource.Create();
        var endings = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (int i = RandomSource.Scaled(300); i > 0; i--)
        {
            Compare(new GuestGenerator(random).Generate(), random, endings);
        }

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", endings));
        TrapKind[] limits = [TrapKind.FuelExhausted, TrapKind.CallDepthExceeded, TrapKind.MemoryLimitExceeded];
        foreach (TrapKind limit in limits) endings.ShouldContainKey(limit.ToString());
        endings["values"].ShouldBeGreaterThan(endings.Values.Sum() / 10, "a test of traps alone would show little");
    }

    [Fact]
    public void Names_that_the_module_exports_itself_are_avoided()
    {
        byte[] binary = new WasmBuilder()
            .Global(GuestShape.I32, true, 0x41, 0x00)
            .Export("interstice metering fuel", ExternKind.Global, 0)
            .Build();
        MeteredModule metered = MeteredModule.Of(WasmModule.Load(binary));
        metered.FuelExport.ShouldBe("interstice metering fuel'");
        WasmModule.Load(metered.Binary).Exports.Length.ShouldBe(6);
        metered.StartExport.ShouldBeNull();
        metered.FunctionAt(metered.Binary.Length).ShouldBe(-1);
    }

    [Fact]
    public void The_start_function_becomes_an_export_and_names_are_kept()
    {
        byte[] binary = SampleModule.Bytes;
        WasmModule module = WasmModule.Load(binary);
        MeteredModule metered = MeteredModule.Of(module);
        WasmModule rewritten = WasmModule.Load(metered.Binary);
        rewritten.Start.ShouldBeNull();
        (metered.StartExport is null).ShouldBe(module.Start is null);
        for (int i = 0; i < module.Functions.Length; i++)
        {
            rewritten.FunctionName(i).ShouldBe(module.FunctionName(i));
            if (rewritten.Functions[i].Body is not { } body) continue;
            metered.FunctionAt(body.CodeOffset).ShouldBe(i);
            metered.FunctionAt(body.CodeOffset + body.CodeLength - 1).ShouldBe(i);
        }

        for (int i = module.Functions.Length; i < rewritten.Functions.Length; i++)
            metered.FunctionAt(rewritten.Functions[i].Body!.CodeOffset).ShouldBe(-1);
    }

    [Fact]
    public void Every_shipped_module_can_be_made_to_count()
    {
        int rewritten = 0;
        foreach ((string name, byte[] binary) in ShippedModules.All)
        {
            WasmModule module;
            try
            {
                module = WasmModule.Load(binary);
            }
            catch (WasmFormatException)
            {
                // One of those that are made to be refused.
                continue;
            }

            WasmModule metered = WasmModule.Load(MeteredModule.Of(module).Binary);
            metered.Functions.Length.ShouldBeGreaterThan(module.Functions.Length, name);
            rewritten++;
        }

        rewritten.ShouldBeGreaterThan(50);
    }

    private static void Compare(byte[] binary, Random random, SortedDictionary<string, int> endings)
    {
        WasmModule module = WasmModule.Load(binary);
        MeteredModule metered = MeteredModule.Of(module);
        using var imports = new StubImports(module);
        using CompiledModule code = CompiledModule.Compile(module);
        using CompiledModule counting = CompiledModule.Compile(WasmModule.Load(metered.Binary), Unmetered);
        (CountingGuest? engine, TrapKind? trap) = Make(() => new CountingGuest.ByEngine(code, imports.Imports));
        (CountingGuest? itself, TrapKind? itsTrap) = Make(() => new CountingGuest.ByItself(metered, counting, imports.Imports));
        itsTrap.ShouldBe(trap, Convert.ToHexString(binary));
        if (engine is null || itself is null) return;
        using (engine)
        using (itself)
        {
            Export[] functions = [.. module.Exports.Where(export => export.Kind == ExternKind.Function)];
            for (int call = 0; call < CallsPerFunction * functions.Length; call++)
            {
                string ending = CompareCall(engine, itself, functions[call % functions.Length], module, random);
                endings[ending] = endings.GetValueOrDefault(ending) + 1;
            }

            LinearMemory memory = engine.Instance.Memory!;
            itself.Instance.Memory!.Read(0, (uint)memory.ByteLength)
                .SequenceEqual(memory.Read(0, (uint)memory.ByteLength)).ShouldBeTrue(Convert.ToHexString(binary));
        }
    }

    private static string CompareCall(
        CountingGuest engine,
        CountingGuest itself,
        Export function,
        WasmModule module,
        Random random)
    {
        Value[] arguments =
            [.. module.Functions[function.Index].Type.Parameters.Select(kind => GuestArguments.Create(random, kind))];
        long fuel = random.Next(3) == 0 ? random.Next(300) : 1_000_000;
        foreach (CountingGuest guest in (CountingGuest[])[engine, itself])
            ((Global)guest.Instance.GetExport(GuestShape.Budget)!).Value = Value.FromI32(Budget);
        string expected = engine.Call(function.Name, arguments, fuel);
        itself.Call(function.Name, arguments, fuel)
            .ShouldBe(expected, $"{function.Name} of {Convert.ToHexString(module.Bytes.Span)}");
        return expected.Split(' ')[0];
    }

    private static (CountingGuest? Guest, TrapKind? Trap) Make(Func<CountingGuest> make)
    {
        try
        {
            return (make(), null);
        }
        catch (WasmTrapException trap)
        {
            return (null, trap.Kind == TrapKind.TableLimitExceeded ? TrapKind.MemoryLimitExceeded : trap.Kind);
        }
    }
}
