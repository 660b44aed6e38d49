namespace Interstice.Wasm.Execution;

/// <summary>How much stack a thread needs to run guests.</summary>
/// <remarks>The engine starts no thread. Whoever owns the thread that calls guests (a module's loop, a test) makes it
/// with this much stack; then endless recursion ends in <see cref="TrapKind.CallDepthExceeded"/>. On a smaller stack it
/// can end the process.</remarks>
public static class GuestStack
{
    /// <summary>Stack that one unit of call depth can take at the worst, in bytes.</summary>
    public const int BytesPerUnit = 4096;

    /// <summary>Stack kept for host functions, the just-in-time compiler and unwinding, in bytes.</summary>
    public const int BytesReserved = 8 * 1024 * 1024;

    /// <summary>Bytes of stack for a thread that runs guests with the given limit.</summary>
    /// <param name="callDepthMax">The limit (<see cref="InstanceOptions.CallDepthMax"/>), or the sum of the limits of
    /// instances that call one another.</param>
    public static int BytesFor(int callDepthMax) => checked(BytesReserved + callDepthMax * BytesPerUnit);
}
