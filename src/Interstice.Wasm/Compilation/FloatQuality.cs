namespace Interstice.Wasm.Compilation;

/// <summary>What is known of the NaN bits of a value (docs/semantics, NaN).</summary>
internal enum FloatQuality : byte
{
    /// <summary>Not a float, or a float that is no NaN but the positive canonical one.</summary>
    Canonical,

    /// <summary>The result of arithmetic: if it is a NaN its bits mean nothing, and it must be made canonical before
    /// anything can see them.</summary>
    Arithmetic,

    /// <summary>Moved from elsewhere: its bits must be kept.</summary>
    Moved,
}
