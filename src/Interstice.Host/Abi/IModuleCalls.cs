namespace Interstice.Host.Abi;

/// <summary>Runs the calls that a module's reducers make of other modules.</summary>
internal interface IModuleCalls
{
    /// <summary>Calls a reducer within the running transaction.</summary>
    /// <param name="caller">The imports of the guest that calls.</param>
    /// <param name="module">Name of the module.</param>
    /// <param name="reducer">Name of the reducer.</param>
    /// <param name="arguments">Encoded arguments; borrowed from the caller's memory.</param>
    /// <returns>What the guest gets.</returns>
    /// <exception cref="Modules.ModuleTrapException">The transaction has failed.</exception>
    int Call(HostImports caller, string module, string reducer, ReadOnlySpan<byte> arguments);
}
