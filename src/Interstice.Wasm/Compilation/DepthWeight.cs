using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Compilation;

/// <summary>Units of call depth that a call of a function takes (docs/formats/fuel.md): a bound on its stack frame that can be
/// read off the binary.</summary>
internal static class DepthWeight
{
    /// <summary>Bytes of estimated frame that make one unit.</summary>
    internal const int BytesPerUnit = 1024;

    /// <summary>Weight up to which a function that calls nothing is not counted: the reserve has room for one such
    /// frame.</summary>
    internal const int UncountedLeafMax = 16;

    private const int BytesPerLocal = 16;

    /// <summary>The weight; 0 for a small function that calls nothing.</summary>
    internal static int Of(FunctionBody body, bool hasCalls)
    {
        int weight = 1 + (((body.Locals.Length * BytesPerLocal) + body.CodeLength) / BytesPerUnit);
        return hasCalls || weight > UncountedLeafMax ? weight : 0;
    }
}
