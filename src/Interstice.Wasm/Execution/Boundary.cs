using System.Diagnostics;
using System.Reflection;
using Interstice.Wasm.Binary;
using Interstice.Wasm.Compilation;

namespace Interstice.Wasm.Execution;

/// <summary>Where exceptions leave a guest: turns those of the processor into traps and names the function.</summary>
/// <remarks>Depth and bounds checks both throw OverflowException, because the processor's carry flag makes them cheap. They
/// are told apart without doubt: a depth check stores the new depth before it looks at it, so it is below zero after that
/// check failed, and is not after a bounds check failed.</remarks>
internal static class Boundary
{
    /// <summary>Called by every emitted entry when an exception passes.</summary>
    /// <param name="state">The instance that was entered.</param>
    /// <param name="depth">Its call depth when it was entered.</param>
    /// <param name="exception">The exception.</param>
    /// <returns>What to throw instead, or null to let the exception pass.</returns>
    internal static Exception? Translate(GuestState state, int depth, Exception exception)
    {
        bool isDepthExceeded = state.Depth < 0;
        state.Depth = depth;
        if (state.Fuel < 0) state.Fuel = 0;
        CompiledModule code = state.Instance.Code;
        if (exception is WasmTrapException { IsLocated: true }) return null;
        if (exception is WasmTrapException trap)
        {
            (int index, _) = InnermostFunction(code, exception);
            Locate(trap, code, index);
            return null;
        }

        if (exception is not (OverflowException or DivideByZeroException)) return null;
        (int function, bool isOnTop) = InnermostFunction(code, exception);
        if (!isOnTop) return null;
        TrapKind kind = exception is DivideByZeroException ? TrapKind.IntegerDivideByZero
            : isDepthExceeded ? TrapKind.CallDepthExceeded
            : TrapKind.MemoryOutOfBounds;
        var translated = new WasmTrapException(kind);
        Locate(translated, code, function);
        return translated;
    }

    /// <summary>The innermost guest function that an exception of the host came through.</summary>
    internal static GuestLocation? Locate(CompiledModule code, Exception exception)
    {
        (int function, _) = InnermostFunction(code, exception);
        return function < 0
            ? null
            : new GuestLocation(function, code.NameOf(function), code.Module.Functions[function].Body?.CodeOffset ?? 0);
    }

    private static void Locate(WasmTrapException trap, CompiledModule code, int function)
    {
        if (function < 0) return;
        FunctionBody? body = code.Module.Functions[function].Body;
        trap.Locate(function, code.NameOf(function), body?.CodeOffset ?? 0);
    }

    // Above emitted code may stand what throws for it: the runtime's helper, or arithmetic that was not inlined.
    private static (int Function, bool IsOnTop) InnermostFunction(CompiledModule code, Exception exception)
    {
        bool isOnTop = true;
        foreach (StackFrame frame in new StackTrace(exception, fNeedFileInfo: false).GetFrames())
        {
            if (frame.GetMethod() is not MethodBase method) continue;
            int function = code.FunctionIndexOf(method);
            if (function >= 0) return (function, isOnTop);
            isOnTop &= method.DeclaringType == typeof(GuestArithmetic)
                || method.DeclaringType is { FullName: "Internal.Runtime.CompilerHelpers.ThrowHelpers" };
        }

        return (-1, false);
    }
}
