namespace Interstice.Wasm.Binary;

/// <summary>How a segment is used.</summary>
public enum SegmentMode : byte
{
    /// <summary>Copied at instantiation.</summary>
    Active,

    /// <summary>Copied by <c>memory.init</c> or <c>table.init</c>.</summary>
    Passive,

    /// <summary>Elements only: makes functions referable, and is dropped at instantiation.</summary>
    Declarative,
}
