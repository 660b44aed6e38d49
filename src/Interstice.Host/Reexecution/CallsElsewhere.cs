using Interstice.Host.Abi;
using Interstice.Host.Modules;

namespace Interstice.Host.Reexecution;

/// <summary>Stands where other modules would be: a call of one ends the call that is run again, and it is known why.</summary>
internal sealed class CallsElsewhere : IModuleCalls
{
    /// <summary>Whether another module was called since this was last set to false.</summary>
    public bool WasCalled { get; set; }

    /// <inheritdoc/>
    public int Call(HostImports caller, string module, string reducer, ReadOnlySpan<byte> arguments)
    {
        WasCalled = true;
        throw new ModuleTrapException(ModuleTrapKind.Abi, $"{caller.Function} calls {module}.{reducer}, and no other module runs beside it here");
    }
}
