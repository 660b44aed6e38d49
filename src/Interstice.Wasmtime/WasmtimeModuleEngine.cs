using Interstice.Host.Modules;
using Interstice.Wasm.Binary;
using Interstice.Wasm.Execution;
using Wasmtime;

namespace Interstice.Wasmtime;

/// <summary>The host's engine port on Wasmtime.</summary>
/// <remarks>The same decoder and validator as the managed engine's say what is accepted; fuel, call depth and the host's limits
/// are counted by the binary itself (<see cref="Wasm.Instrumentation.MeteredModule"/>), so that a call uses the same fuel and
/// ends at the same instruction on both engines.</remarks>
public sealed class WasmtimeModuleEngine : IModuleEngine
{
    /// <inheritdoc/>
    public string Name { get; } = $"wasmtime-{typeof(Engine).Assembly.GetName().Version!.ToString(3)}";

    /// <inheritdoc/>
    public int FuelSchedule => 1;

    /// <inheritdoc/>
    public int StackBytes(Host.Modules.ModuleLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        return GuestStack.BytesFor(limits.CallDepthMax);
    }

    /// <inheritdoc/>
    public IModuleCode Load(ReadOnlyMemory<byte> binary)
    {
        try
        {
            return new WasmtimeCode(WasmModule.Load(binary));
        }
        catch (WasmFormatException fault)
        {
            throw new ModuleRefusedException(
                ModuleRefusalKind.Binary,
                fault.Kind switch
                {
                    WasmFormatErrorKind.Malformed => $"the file is no WebAssembly module: {fault.Message}",
                    WasmFormatErrorKind.Invalid => $"the WebAssembly module is invalid: {fault.Message}",
                    _ => $"the WebAssembly module cannot be run: {fault.Message}",
                },
                fault);
        }
    }
}
