namespace Interstice.Wasm.Compilation;

/// <summary>How large a function has become in IL.</summary>
internal enum CodeSize
{
    /// <summary>Small enough to be optimised in any case.</summary>
    Small,

    /// <summary>Perhaps too large to be optimised (<see cref="IlSize"/>).</summary>
    Large,

    /// <summary>So large that the just-in-time compiler may refuse it; it must be tried when the module is
    /// loaded.</summary>
    Doubtful,
}
