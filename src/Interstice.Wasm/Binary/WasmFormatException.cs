namespace Interstice.Wasm.Binary;

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

    internal static WasmFormatException Malformed(int offset, string message) =>
        new(WasmFormatErrorKind.Malformed, offset, message);

    internal static WasmFormatException Invalid(int offset, string message) =>
        new(WasmFormatErrorKind.Invalid, offset, message);

    internal static WasmFormatException Unsupported(int offset, string message) =>
        new(WasmFormatErrorKind.Unsupported, offset, message);

    internal static WasmFormatException OverLimit(int offset, string what, ulong found, int limit, string limitName) =>
        new(
            WasmFormatErrorKind.LimitExceeded,
            offset,
            $"{what}: found {found}, the engine's limit is {limit} ({nameof(ModuleLimits)}.{limitName})");
}
