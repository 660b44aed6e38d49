namespace Interstice.Wasm.Tests.Hunting;

/// <summary>What a part of a hunt does.</summary>
internal enum HuntJob
{
    /// <summary>Runs damaged and random binaries within bounds.</summary>
    Fuzz,

    /// <summary>Runs generated modules here and in V8.</summary>
    Compare,

    /// <summary>Holds the validator against V8's.</summary>
    Validate,

    /// <summary>Runs random programs here and in the reference interpreter.</summary>
    Programs,

    /// <summary>Runs generated modules under different settings of the just-in-time compiler.</summary>
    Settings,
}
