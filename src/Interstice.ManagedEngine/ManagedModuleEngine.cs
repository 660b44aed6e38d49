using Interstice.Host.Modules;
using Interstice.Wasm.Binary;
using Interstice.Wasm.Execution;

namespace Interstice.ManagedEngine;

/// <summary>The host's engine port on Interstice.Wasm: WebAssembly compiled to .NET code in this process.</summary>
public sealed class ManagedModuleEngine : IModuleEngine
{
    /// <inheritdoc/>
    public string Name => "managed-1";

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
            return new ManagedCode(CodeCache.Shared, CodeCache.Shared.Rent(binary));
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
