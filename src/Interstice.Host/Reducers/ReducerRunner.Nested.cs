using Interstice.Host.Abi;
using Interstice.Host.Modules;
using Interstice.Kernel.Schema;

namespace Interstice.Host.Reducers;

/// <content>Running a reducer for another module's, within its transaction.</content>
public sealed partial class ReducerRunner
{
    // What the host itself needs of the stack between two guests, in units of call depth.
    private const int CallDepthOfHost = 16;

    /// <summary>Runs a reducer over what the transaction has changed in this module before, with the fuel, the call depth and the clock of the one that calls it.</summary>
    /// <param name="reducer">Its declaration.</param>
    /// <param name="arguments">Its arguments, which fit the declaration; borrowed.</param>
    /// <param name="caller">The imports of the guest that calls.</param>
    /// <param name="callerModule">Name of its module.</param>
    /// <param name="others">Mutations and bytes that the transaction has in all other modules.</param>
    /// <param name="watch">Watches the transaction.</param>
    internal CallEnd RunNested(
        ReducerSchema reducer,
        ReadOnlySpan<byte> arguments,
        HostImports caller,
        string callerModule,
        (int Mutations, long Bytes) others,
        CallWatch watch)
    {
        IModuleInstance outer = caller.Instance;
        if (_touched && ResetsImage) _instance.Reset();
        _touched = true;
        _imports.BeginNested(reducer.Name, caller, callerModule, others);
        _instance.CallDepth = Math.Max(0, outer.CallDepth - CallDepthOfHost);
        _instance.Fuel = outer.Fuel;
        watch.Switch(_instance);
        try
        {
            CallEnd end = Invoke(reducer.Name, _reducers[reducer.Name], reducer.Result, arguments);

            // A guest that says no leaves from any depth, and what it then left behind is no matter of what it does in the calls that count.
            if (!ResetsImage && end is not CallEnd.Succeeded) ResetImage();
            return end;
        }
        finally
        {
            watch.Switch(outer);
            outer.Fuel = _instance.Fuel;
            _instance.CallDepth = _limits.CallDepthMax;
            _imports.EndNested(caller);
        }
    }
}
