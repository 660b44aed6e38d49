namespace Interstice.Wasm.Binary;

/// <summary>A WebAssembly value type, numbered as in the binary format (core specification 5.3.1 to 5.3.4).</summary>
public enum ValueKind : byte
{
    /// <summary>32-bit integer.</summary>
    I32 = 0x7F,

    /// <summary>64-bit integer.</summary>
    I64 = 0x7E,

    /// <summary>32-bit IEEE 754 float.</summary>
    F32 = 0x7D,

    /// <summary>64-bit IEEE 754 float.</summary>
    F64 = 0x7C,

    /// <summary>Reference to a function, or null.</summary>
    FuncRef = 0x70,

    /// <summary>Reference to a host object, or null; opaque to the guest.</summary>
    ExternRef = 0x6F,
}
