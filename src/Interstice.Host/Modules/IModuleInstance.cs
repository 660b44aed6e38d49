using Interstice.Host.Abi;

namespace Interstice.Host.Modules;

/// <summary>One running copy of a module. Used by one thread at a time.</summary>
public interface IModuleInstance : IGuestMemory, IDisposable
{
    /// <summary>Fuel that is left. The host sets it before each call and reads it after.</summary>
    ulong Fuel { get; set; }

    /// <summary>Call depth that is left, as <see cref="ModuleLimits.CallDepthMax"/> counts it. A module that another one calls gets what that
    /// has left, so that one thread's stack is enough for both. Set it while the guest does not run.</summary>
    int CallDepth { get; set; }

    /// <summary>Takes fuel for work of the host.</summary>
    /// <param name="fuel">How much.</param>
    /// <exception cref="ModuleTrapException">Less is left; nothing is left then.</exception>
    void ChargeFuel(ulong fuel);

    /// <summary>Finds an exported function of type <c>(i32, i32) -&gt; i32</c>.</summary>
    /// <param name="export">Name of the export; known to exist with this type.</param>
    /// <returns>A handle for <see cref="Invoke"/>.</returns>
    int Bind(string export);

    /// <summary>Calls a bound function.</summary>
    /// <param name="function">A handle from <see cref="Bind"/>.</param>
    /// <param name="address">First argument.</param>
    /// <param name="length">Second argument.</param>
    /// <exception cref="ModuleTrapException">The guest trapped. <see cref="Reset"/> makes the instance usable again.</exception>
    int Invoke(int function, int address, int length);

    /// <summary>Asks the running call to end with <see cref="ModuleTrapKind.Aborted"/>, from any thread.</summary>
    /// <remarks>A request may be missed: repeat it until the call has ended. One that comes when no call runs may stop the next:
    /// <see cref="Reducers.CallWatch"/> sees to it that none does.</remarks>
    void Abort();

    /// <summary>Asks the guest for room by its <c>interstice_alloc</c>.</summary>
    /// <param name="bytes">How much, 1 or more.</param>
    /// <returns>Address in guest memory.</returns>
    /// <exception cref="ModuleTrapException">The guest trapped.</exception>
    int Allocate(int bytes);

    /// <summary>Runs <c>interstice_init</c> if the module exports it.</summary>
    /// <exception cref="ModuleTrapException">The guest trapped.</exception>
    void Initialize();

    /// <summary>Takes the initial image: what <see cref="Reset"/> goes back to.</summary>
    void CaptureImage();

    /// <summary>Puts memory, globals and tables back to the initial image, at the cost of what was touched.</summary>
    void Reset();
}
