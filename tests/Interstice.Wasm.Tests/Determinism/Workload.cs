using System.Security.Cryptography;
using System.Text;
using Interstice.Wasm.Binary;
using Interstice.Wasm.Compilation;
using Interstice.Wasm.Execution;
using Interstice.Wasm.Tests.Execution;
using Interstice.Wasm.Tests.Fuzzing;
using Interstice.Wasm.Tests.Reference;

namespace Interstice.Wasm.Tests.Determinism;

/// <summary>The same modules and calls every time, with everything that can be seen of them: results to the last bit of a
/// NaN, traps and where, remaining fuel and depth, host calls, globals and memory.</summary>
internal sealed class Workload
{
    /// <summary>Generated modules of each of two kinds.</summary>
    public const int Generated = 60;
    private const long FuelPerCall = 30_000;
    private const int CallDepthMax = 300;

    private static readonly InstanceOptions Options = new()
    {
        FuelInitial = FuelPerCall,
        CallDepthMax = CallDepthMax,
        MemoryPagesMax = 16,
        TableEntriesMax = 10_000,
    };

    private readonly List<string> _lines = [];
    private readonly int _firstSeed;

    private Workload(int firstSeed) => _firstSeed = firstSeed;

    /// <summary>Runs it.</summary>
    /// <param name="firstSeed">First seed of the generated modules.</param>
    /// <returns>One line for each observation.</returns>
    public static List<string> Run(int firstSeed = 1)
    {
        var workload = new Workload(firstSeed);
        Building.Guest.OnLargeStack(workload.RunAll, CallDepthMax);
        return workload._lines;
    }

    /// <summary>One number for all lines.</summary>
    public static string Digest(IEnumerable<string> lines) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines))));

    private void RunAll()
    {
        for (int seed = _firstSeed; seed < _firstSeed + Generated; seed++)
        {
            Run($"program {seed}", RandomProgram.Make(seed).Build());
            Run($"guest {seed}", new GuestGenerator(new Random(seed)).Generate());
        }

        Run("NaN", NaNMatrix.Make([.. NaNMatrix.Ways, .. NaNMatrix.HostWays], hidesSign: false).Build());
        foreach ((string name, byte[] binary) in ShippedModules.All) Run(name, binary);
        foreach (string name in KeptCorpus.Names) Run(name, KeptCorpus.Read(name));
        foreach (CorpusCall call in KeptCorpus.Calls) Run(call);
    }

    private void Run(string name, byte[] binary)
    {
        try
        {
            Run(name, WasmModule.Load(binary));
        }
        catch (Exception e) when (e is WasmFormatException or WasmLinkException or WasmTrapException)
        {
            _lines.Add($"{name}: {e.Message}");
        }
    }

    private void Run(CorpusCall call)
    {
        using CompiledModule compiled = CompiledModule.Compile(WasmModule.Load(KeptCorpus.Read(call.File)));
        using Instance instance = compiled.Instantiate(new Imports(), Options);
        Call($"{call.File} {call.Export}, must give {call.Expected}", instance, call.Export, call.Arguments);
    }

    private void Run(string name, WasmModule module)
    {
        using CompiledModule compiled = CompiledModule.Compile(module);
        using Instance instance = compiled.Instantiate(ImportsOf(module), Options);
        var random = new Random(module.Bytes.Length);
        foreach (Export export in module.Exports.Where(export => export.Kind == ExternKind.Function))
        {
            FunctionType type = module.Functions[export.Index].Type;
            for (int call = 0; call < 2; call++)
                Call($"{name} {export.Name}", instance, export.Name, [.. type.Parameters.Select(kind => Argument(random, kind))]);
        }

        IEnumerable<Value> globals = module.Exports
            .Where(export => export.Kind == ExternKind.Global).Select(export => ((Global)instance.GetExport(export.Name)!).Value);
        _lines.Add($"{name} globals {CorpusCall.Text(globals)}");
        if (instance.Memory is { } memory)
            _lines.Add($"{name} memory {memory.Pages} {Convert.ToHexString(SHA256.HashData(memory.Read(0, (uint)memory.ByteLength)))}");
    }

    private void Call(string name, Instance instance, string function, Value[] arguments)
    {
        if (instance.GetExport(GuestShape.Budget) is Global { IsMutable: true } budget) budget.Value = Value.FromI32(300);
        instance.Fuel = FuelPerCall;
        string outcome;
        try
        {
            outcome = CorpusCall.Text(instance.GetFunction(function).Invoke(arguments));
        }
        catch (WasmTrapException trap)
        {
            // The functions that trap stand in the trace; of one that only ran out of fuel the caller may.
            outcome = trap.Kind == TrapKind.FuelExhausted ? "out of fuel" : $"{trap.Kind} in {trap.FunctionIndex}";
        }

        _lines.Add($"{name}({CorpusCall.Text(arguments)}): {outcome}, fuel {instance.Fuel}, depth {instance.CallDepthRemaining}");
    }

    private Imports ImportsOf(WasmModule module)
    {
        var imports = new Imports();
        int calls = 0;
        foreach (Import import in module.Imports)
        {
            if (import.Kind != ExternKind.Function) continue;
            FunctionType type = module.Functions[import.Index].Type;
            imports.Add(import.Module, import.Name, Function.FromCallback(type, arguments =>
            {
                if (++calls < 200) _lines.Add($"host {import.Name} {CorpusCall.Text(arguments)}");
                ulong bits = (ulong)calls * 0x9E37_79B9_7F4A_7C15;
                return [.. type.Results.Select(kind => Result(kind, bits))];
            }));
        }

        return imports;
    }

    private static Value Result(ValueKind kind, ulong bits) => kind switch
    {
        ValueKind.I32 => Value.FromBits(kind, bits >> 54),
        ValueKind.I64 or ValueKind.F32 or ValueKind.F64 => Value.FromBits(kind, bits),
        _ => Value.Default(kind),
    };

    /// <summary>A number, or now and then a NaN with a payload.</summary>
    private static Value Argument(Random random, ValueKind kind) => (kind, random.Next(4)) switch
    {
        (ValueKind.F32, 0) => Value.FromBits(kind, 0x7F80_0001u | (uint)random.Next()),
        (ValueKind.F64, 0) => Value.FromBits(kind, 0x7FF0_0000_0000_0001 | (ulong)random.NextInt64()),
        _ => GuestArguments.Create(random, kind),
    };
}
