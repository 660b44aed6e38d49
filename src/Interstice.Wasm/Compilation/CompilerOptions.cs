namespace Interstice.Wasm.Compilation;

/// <summary>What the compiler adds to a module's code.</summary>
public sealed record CompilerOptions
{
    /// <summary>The defaults: metering and call depth on.</summary>
    public static CompilerOptions Default { get; } = new();

    /// <summary>Whether code counts fuel (docs/formats/fuel.md). Default true. Off only for trusted code, or for a
    /// binary that counts for itself: endless loops then never end, and <c>Instance.Abort</c> does nothing.</summary>
    public bool Metering { get; init; } = true;

    /// <summary>Whether code counts call depth. Default true. Off, endless recursion ends the process.</summary>
    public bool CountDepth { get; init; } = true;
}
