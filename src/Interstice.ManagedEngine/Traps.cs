using Interstice.Host.Modules;
using Interstice.Wasm.Execution;

namespace Interstice.ManagedEngine;

/// <summary>Says the engine's traps in the host's words.</summary>
internal static class Traps
{
    public static ModuleTrapException Translate(WasmTrapException trap)
    {
        ModuleTrapKind kind = trap.Kind switch
        {
            TrapKind.Unreachable => ModuleTrapKind.Unreachable,
            TrapKind.MemoryOutOfBounds => ModuleTrapKind.MemoryOutOfBounds,
            TrapKind.TableOutOfBounds or TrapKind.IndirectCallNull or TrapKind.UndefinedElement
                or TrapKind.IndirectCallTypeMismatch => ModuleTrapKind.Table,
            TrapKind.IntegerDivideByZero or TrapKind.IntegerOverflow or TrapKind.InvalidConversionToInteger =>
                ModuleTrapKind.Arithmetic,
            TrapKind.FuelExhausted => ModuleTrapKind.Fuel,
            TrapKind.CallDepthExceeded => ModuleTrapKind.Depth,
            TrapKind.MemoryLimitExceeded or TrapKind.TableLimitExceeded => ModuleTrapKind.Memory,
            TrapKind.Aborted => ModuleTrapKind.Aborted,
            _ => ModuleTrapKind.Abi,
        };

        // The engine's message names kind, function and offset already.
        return new ModuleTrapException(kind, trap.Message, inner: trap);
    }

    /// <summary>Names the guest's function in a trap that a host function threw.</summary>
    public static ModuleTrapException Locate(ModuleTrapException trap, GuestLocation location) => new(
        trap.Kind,
        trap.Message,
        location.FunctionName is { } name ? $"function {location.FunctionIndex} \"{name}\"" : $"function {location.FunctionIndex}",
        location.CodeOffset,
        trap);
}
