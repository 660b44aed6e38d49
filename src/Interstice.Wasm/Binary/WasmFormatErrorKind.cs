namespace Interstice.Wasm.Binary;

/// <summary>Why a binary was refused.</summary>
public enum WasmFormatErrorKind
{
    /// <summary>The bytes are not a well-formed module (core specification, chapter 5).</summary>
    Malformed,

    /// <summary>The module breaks a validation rule (core specification, chapter 3).</summary>
    Invalid,

    /// <summary>The module uses a proposal that the engine does not run; the message names it and the compiler
    /// switch.</summary>
    Unsupported,

    /// <summary>The module exceeds a limit of the engine.</summary>
    LimitExceeded,
}
