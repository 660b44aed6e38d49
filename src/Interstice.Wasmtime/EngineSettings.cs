using Interstice.Wasm.Execution;
using Wasmtime;

namespace Interstice.Wasmtime;

/// <summary>How Wasmtime is set up: what the managed engine runs and nothing more, the same results bit by bit.</summary>
internal static class EngineSettings
{
    /// <summary>Makes an engine.</summary>
    /// <param name="callDepthMax">Units of call depth that guests may have.</param>
    public static Engine MakeEngine(int callDepthMax) => new(new Config()
        .WithReferenceTypes(true)
        .WithBulkMemory(true)
        .WithMultiValue(true)
        .WithRelaxedSIMD(false, true)
        .WithSIMD(false)
        .WithWasmThreads(false)
        .WithMultiMemory(false)
        .WithMemory64(false)
        .WithCompilerStrategy(CompilerStrategy.Cranelift)
        .WithOptimizationLevel(OptimizationLevel.Speed)

        // docs/semantics.md, NaN.
        .WithCraneliftNaNCanonicalization(true)

        // The binary counts fuel and depth by itself. What Abort needs is the epoch.
        .WithFuelConsumption(false)
        .WithEpochInterruption(true)

        // All of the thread's stack but half of what is kept for the host's own functions; the counted depth ends sooner.
        .WithMaximumStackSize(GuestStack.BytesFor(callDepthMax) - (GuestStack.BytesReserved / 2)));
}
