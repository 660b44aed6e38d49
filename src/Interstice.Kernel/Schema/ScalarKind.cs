namespace Interstice.Kernel.Schema;

/// <summary>The types without parts. Encodings: docs/formats/values.md.</summary>
public enum ScalarKind
{
    /// <summary><c>bool</c>: false or true.</summary>
    Bool,

    /// <summary><c>i8</c>.</summary>
    I8,

    /// <summary><c>i16</c>.</summary>
    I16,

    /// <summary><c>i32</c>.</summary>
    I32,

    /// <summary><c>i64</c>.</summary>
    I64,

    /// <summary><c>i128</c>.</summary>
    I128,

    /// <summary><c>u8</c>.</summary>
    U8,

    /// <summary><c>u16</c>.</summary>
    U16,

    /// <summary><c>u32</c>.</summary>
    U32,

    /// <summary><c>u64</c>.</summary>
    U64,

    /// <summary><c>u128</c>.</summary>
    U128,

    /// <summary><c>f32</c>: IEEE 754 single precision with one NaN.</summary>
    F32,

    /// <summary><c>f64</c>: IEEE 754 double precision with one NaN.</summary>
    F64,

    /// <summary><c>string</c>: well-formed UTF-8.</summary>
    String,

    /// <summary><c>bytes</c>: any bytes.</summary>
    Bytes,

    /// <summary><c>uuid</c>: 16 bytes, in the order of its text.</summary>
    Uuid,

    /// <summary><c>timestamp</c>: microseconds since the Unix epoch, as i64.</summary>
    Timestamp,

    /// <summary><c>duration</c>: microseconds, as i64.</summary>
    Duration,

    /// <summary><c>identity</c>: 32 bytes.</summary>
    Identity,
}
