using System.Globalization;
using System.Text;
using Interstice.Wasm.Binary;
using Interstice.Wasm.Compilation;
using Interstice.Wasm.Execution;
using Interstice.Wasm.Tests.Fuzzing;

namespace Interstice.Wasm.Tests.Comparison;

/// <summary>Does in the engine what <c>v8.js</c> does in V8, and says it in the same lines.</summary>
internal sealed class EngineSide
{
    private const ulong Fuel = 500_000;

    private readonly ComparedModule _compared;
    private readonly List<string> _log = [];
    private Instance? _instance;

    private EngineSide(ComparedModule compared) => _compared = compared;

    /// <summary>Makes the calls.</summary>
    /// <returns>One line for each observation.</returns>
    public static List<string> Run(ComparedModule compared)
    {
        using CompiledModule compiled = CompiledModule.Compile(compared.Module);
        return Run(compared, compiled);
    }

    /// <summary>Leaves out the calls that only a limit of the engine ends, which V8 has none of or another one.</summary>
    public static ComparedModule WithoutEndless(ComparedModule compared)
    {
        using CompiledModule compiled = CompiledModule.Compile(compared.Module);
        List<ComparedCall> ending = [];
        foreach (ComparedCall call in compared.Calls)
        {
            List<string> lines = Run(compared with { Calls = [call] }, compiled);
            if (!lines.Any(line => line.Contains("trap limit", StringComparison.Ordinal))) ending.Add(call);
        }

        return compared with { Calls = ending };
    }

    public static string Text(IEnumerable<Value> values) => string.Join(' ', values.Select(Text));

    private static List<string> Run(ComparedModule compared, CompiledModule compiled)
    {
        List<string> lines = [];
        EngineSide? side = null;
        foreach (ComparedCall call in compared.Calls)
        {
            if (side is null || compared.IsFresh)
            {
                side?._instance?.Dispose();
                side = new EngineSide(compared);
                if (!side.Start(compiled, lines)) break;
            }

            lines.Add(side.Call(call));
            if (compared.IsFresh) lines.Add(side.Memory());
        }

        if (!compared.IsFresh && side?._instance is not null) lines.Add(side.Memory());
        side?._instance?.Dispose();
        return lines;
    }

    private bool Start(CompiledModule compiled, List<string> lines)
    {
        var imports = new Imports();
        foreach (Import import in _compared.Module.Imports)
        {
            FunctionType type = _compared.Module.Functions[import.Index].Type;
            imports.Add(import.Module, import.Name, Function.FromCallback(type, arguments => Host(import.Name, type, arguments)));
        }

        try
        {
            _instance = compiled.Instantiate(imports, new InstanceOptions { FuelInitial = Fuel, MemoryPagesMax = 1000 });
            return true;
        }
        catch (WasmTrapException trap)
        {
            lines.Add($"start {Text(trap.Kind)}");
            return false;
        }
    }

    private Value[] Host(string name, FunctionType type, Value[] arguments)
    {
        _log.Add($"{name}({Text(arguments)})");
        return [.. type.Results.Select((kind, i) => Made(kind, _log.Count + i))];
    }

    private static Value Made(ValueKind kind, int n) => kind switch
    {
        ValueKind.I32 => Value.FromI32((n * 7) + 3),
        ValueKind.I64 => Value.FromI64(n * 1_000_000_007L),
        ValueKind.F32 => Value.FromF32(n * 0.5f),
        _ => Value.FromF64(n * -0.25),
    };

    private string Call(ComparedCall call)
    {
        if (_compared.HasBudget) ((Global)_instance!.GetExport(GuestShape.Budget)!).Value = Value.FromI32(ComparedModule.Budget);
        _instance!.Fuel = (long)Fuel;
        string outcome;
        try
        {
            outcome = Text(_instance.GetFunction(call.Name).Invoke(call.Arguments));
        }
        catch (WasmTrapException trap)
        {
            outcome = Text(trap.Kind);
        }

        IEnumerable<Value> globals = _compared.Globals.Select(global => ((Global)_instance.GetExport(global.Name)!).Value);
        return $"{outcome} | {Text(globals)} | {_log.Count} {Hash(Encoding.ASCII.GetBytes(string.Join(';', _log)))}";
    }

    private string Memory()
    {
        if (_compared.Memory is null) return "no memory";
        LinearMemory memory = _instance!.Memory!;
        return $"memory {memory.ByteLength} {Hash(memory.Read(0, (uint)memory.ByteLength))}";
    }

    // V8 has one message for several kinds.
    private static string Text(TrapKind kind) => kind switch
    {
        TrapKind.Unreachable => "trap unreachable",
        TrapKind.MemoryOutOfBounds => "trap memory",
        TrapKind.IntegerDivideByZero => "trap zero",
        TrapKind.IntegerOverflow or TrapKind.InvalidConversionToInteger => "trap integer",
        TrapKind.TableOutOfBounds or TrapKind.UndefinedElement => "trap table",
        TrapKind.IndirectCallNull or TrapKind.IndirectCallTypeMismatch => "trap call",
        _ => $"trap limit {kind}",
    };

    private static string Text(Value value) => value.Kind switch
    {
        ValueKind.F32 when float.IsNaN(value.AsF32()) => "nan",
        ValueKind.F64 when double.IsNaN(value.AsF64()) => "nan",
        _ => value.Bits.ToString(CultureInfo.InvariantCulture),
    };

    private static uint Hash(ReadOnlySpan<byte> bytes)
    {
        uint hash = 0x811C9DC5;
        foreach (byte part in bytes) hash = unchecked((hash ^ part) * 0x01000193);
        return hash;
    }
}
