namespace Interstice.Wasm.Binary;

/// <summary>Why a binary was refused.</summary>
public enum WasmFormatErrorKind
{
    /// <summary>The bytes are not a well-formed module (core specification, chapter 5).</summary>
    Malformed,

    /// <summary>The module breaks a validation rule (core specification, chapter 3).</summary>
    Invalid,

    /// <summary>The module uses a proposal that the engine does not run; the message names it and the compiler switch.</summary>
    Unsupported,

    /// <summary>The module exceeds a limit of the engine.</summary>
    LimitExceeded,
}

/// <summary>A binary that is malformed, invalid, unsupported or over a limit.</summary>
/// <param name="kind">The kind of refusal.</param>
/// <param name="offset">Byte offset in the binary where it was found.</param>
/// <param name="message">What is wrong, in words of the specification where it has some.</param>
public sealed class WasmFormatException(WasmFormatErrorKind kind, int offset, string message)
    : Exception($"{message} (at offset 0x{offset:x})")
{
    /// <summary>The kind of refusal.</summary>
    public WasmFormatErrorKind Kind { get; } = kind;

    /// <summary>Byte offset in the binary where it was found.</summary>
    public int Offset { get; } = offset;
}
