using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Compilation;

/// <summary>Units of call depth that a call of a function takes (docs/formats/fuel.md): a bound on its stack frame that
/// can be read off the binary.</summary>
internal static class DepthWeight
{
    /// <summary>Bytes of estimated frame that make one unit.</summary>
    internal const int BytesPerUnit = 4096;

    private const int BytesPerLocal = 16;
    private const int BytesPerCodeByte = 4;
    private const int BytesPerWideValue = 16;

    // A function that calls nothing is the last frame on the stack; the reserve (GuestStack) has room for one of this
    // many units, so that small ones need not be counted.
    private const long UncountedUnitsMax = 16;

    /// <summary>The weight; 0 for a small function that calls nothing.</summary>
    internal static int Of(FunctionBody body, FunctionScan scan)
    {
        long bytes = ((long)body.Locals.Length * BytesPerLocal) + ((long)body.CodeLength * BytesPerCodeByte)
            + (scan.WideValues * BytesPerWideValue);
        long weight = 1 + (bytes / BytesPerUnit);
        return scan.HasCalls || weight > UncountedUnitsMax ? (int)Math.Min(weight, int.MaxValue) : 0;
    }
}
