namespace Interstice.Wasm.Compilation;

/// <summary>What the just-in-time compiler makes of a function of some size.</summary>
internal enum CodeSize
{
    /// <summary>It is optimised.</summary>
    Optimized,

    /// <summary>It is compiled without optimisation.</summary>
    Unoptimized,

    /// <summary>It may be refused, so it must be tried when the module is loaded.</summary>
    Doubtful,
}
