using Interstice.Host.Modules;
using Interstice.Wasm.Binary;
using Wasmtime;

namespace Interstice.Wasmtime;

/// <summary>Says Wasmtime's traps in the host's words, and names the guest's function by its index in the published binary.</summary>
internal static class WasmtimeTraps
{
    /// <summary>A trap of the guest.</summary>
    /// <param name="code">The module.</param>
    /// <param name="fault">What Wasmtime threw.</param>
    /// <param name="counted">What the counters say, if it was one of theirs.</param>
    public static ModuleTrapException Translate(WasmtimeCode code, WasmtimeException fault, ModuleTrapKind? counted)
    {
        ModuleTrapKind kind = counted ?? KindOf((fault as TrapException)?.Type ?? TrapCode.Undefined);
        string what = kind == ModuleTrapKind.Abi ? fault.Message : Describe(kind);
        (string? function, int? offset) = PlaceOf(code, fault);
        return new ModuleTrapException(kind, what, function, offset, fault);
    }

    /// <summary>A trap that a host function threw, with the guest's function added.</summary>
    public static ModuleTrapException Locate(WasmtimeCode code, WasmtimeException fault, ModuleTrapException trap)
    {
        (string? function, int? offset) = PlaceOf(code, fault);
        return trap.Function is not null || function is null
            ? trap
            : new ModuleTrapException(trap.Kind, trap.Message, function, offset, trap);
    }

    /// <summary>A kind in words, those of the managed engine.</summary>
    public static string Describe(ModuleTrapKind kind) => kind switch
    {
        ModuleTrapKind.Unreachable => "unreachable",
        ModuleTrapKind.MemoryOutOfBounds => "out of bounds memory access",
        ModuleTrapKind.Table => "out of bounds table access, or a call through a table that does not fit",
        ModuleTrapKind.Arithmetic => "integer divide by zero, integer overflow, or invalid conversion to integer",
        ModuleTrapKind.Fuel => "all fuel consumed",
        ModuleTrapKind.Depth => "call stack exhausted",
        ModuleTrapKind.Memory => "memory or table limit of the host exceeded",
        ModuleTrapKind.Aborted => "aborted by the host",
        _ => "stopped",
    };

    private static ModuleTrapKind KindOf(TrapCode code) => code switch
    {
        TrapCode.Unreachable => ModuleTrapKind.Unreachable,
        TrapCode.MemoryOutOfBounds or TrapCode.HeapMisaligned => ModuleTrapKind.MemoryOutOfBounds,
        TrapCode.TableOutOfBounds or TrapCode.IndirectCallToNull or TrapCode.BadSignature or TrapCode.NullReference =>
            ModuleTrapKind.Table,
        TrapCode.IntegerOverflow or TrapCode.IntegerDivisionByZero or TrapCode.BadConversionToInteger => ModuleTrapKind.Arithmetic,
        TrapCode.OutOfFuel => ModuleTrapKind.Fuel,
        TrapCode.StackOverflow => ModuleTrapKind.Depth,
        TrapCode.AllocationTooLarge => ModuleTrapKind.Memory,
        TrapCode.Interrupt => ModuleTrapKind.Aborted,
        _ => ModuleTrapKind.Abi,
    };

    // The innermost frame in code of the module's own: above it may stand what counts for it.
    private static (string? Function, int? Offset) PlaceOf(WasmtimeCode code, WasmtimeException fault)
    {
        foreach (TrapFrame frame in fault.Frames ?? [])
        {
            int index = code.Metered.FunctionAt((long)frame.ModuleOffset);
            if (index < 0) continue;
            string? name = code.Source.FunctionName(index)
                ?? code.Source.Exports.FirstOrDefault(export => export.Kind == ExternKind.Function && export.Index == index)?.Name;
            return (name is null ? $"function {index}" : $"function {index} \"{name}\"", code.Source.Functions[index].Body!.CodeOffset);
        }

        return (null, null);
    }
}
