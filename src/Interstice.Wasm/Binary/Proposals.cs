namespace Interstice.Wasm.Binary;

/// <summary>Names the proposals that the engine does not run, and how each compiler is told not to use them.</summary>
internal static class Proposals
{
    public const string Simd =
        "SIMD is not supported; compile with clang -mno-simd128, rustc -C target-feature=-simd128 or "
        + "asc --disable simd";

    public const string Threads =
        "threads and atomics are not supported; compile with clang -mno-atomics, rustc -C target-feature=-atomics or "
        + "asc --disable threads";

    public const string Exceptions =
        "exception handling is not supported; compile with clang -fno-exceptions -mno-exception-handling, "
        + "rustc -C panic=abort or asc --disable exception-handling";

    public const string TailCalls =
        "tail calls are not supported; compile with clang -mno-tail-call, rustc -C target-feature=-tail-call or "
        + "asc --disable tail-calls";

    public const string GarbageCollection =
        "garbage collection and typed function references are not supported; compile with asc --disable gc, and from "
        + "other languages to linear memory (clang and rustc do so)";

    public const string Memory64 =
        "64-bit memory is not supported; compile with clang --target=wasm32, rustc --target wasm32-unknown-unknown or "
        + "asc --disable memory64";

    public const string MultiMemory =
        "multiple memories are not supported; compile with clang -mno-multimemory or rustc without "
        + "-C target-feature=+multimemory (asc never uses them), and merge modules into one memory";

    public const string ExtendedConstants =
        "extended constant expressions are not supported; compile with clang -mno-extended-const, "
        + "rustc -C target-feature=-extended-const or asc --disable extended-const";

    public const string WideArithmetic =
        "wide arithmetic is not supported; compile with clang -mno-wide-arithmetic or "
        + "rustc -C target-feature=-wide-arithmetic";

    public const string CustomPageSizes =
        "custom page sizes are not supported; link without --page-size (wasm-ld), so that pages have 64 KiB";

    public const string Components =
        "this is a component, not a core module; pass the core module that it was made from (rustc --target "
        + "wasm32-unknown-unknown, or without wasm-tools component new)";

    /// <summary>An exception that names a proposal after the words that the specification has for such bytes.</summary>
    public static WasmFormatException Refuse(string proposal, int offset, string words) =>
        WasmFormatException.Unsupported(offset, $"{words}: {proposal}");

    public static WasmFormatException IllegalOpcode(int offset, byte opcode)
    {
        string? proposal = opcode switch
        {
            0xFD => Simd,
            0xFE => Threads,
            >= 0x06 and <= 0x0A or 0x18 or 0x19 or 0x1F => Exceptions,
            0x12 or 0x13 => TailCalls,
            0xFB or 0x14 or 0x15 or >= 0xD3 and <= 0xD6 => GarbageCollection,
            _ => null,
        };
        return RefuseOr(proposal, offset, $"illegal opcode {opcode:x2}");
    }

    public static WasmFormatException IllegalOpcode(int offset, byte prefix, uint opcode) =>
        RefuseOr(
            opcode is >= 0x13 and <= 0x16 ? WideArithmetic : null, offset, $"illegal opcode {prefix:x2} {opcode:x2}");

    public static WasmFormatException UnknownType(int offset, byte code, string words)
    {
        string? proposal = code switch
        {
            0x7B => Simd,
            0x69 or 0x74 => Exceptions,
            0x63 or 0x64 or >= 0x6A and <= 0x6E or >= 0x71 and <= 0x73 => GarbageCollection,
            _ => null,
        };
        return RefuseOr(proposal, offset, $"{TooLong(code)}{words} {code:x2}");
    }

    public static WasmFormatException UnknownTypeForm(int offset, byte form) =>
        RefuseOr(
            form is 0x4E or 0x4F or 0x50 or 0x5E or 0x5F ? GarbageCollection : null,
            offset,
            $"{TooLong(form)}malformed type form {form:x2}");

    public static WasmFormatException UnknownLimits(int offset, byte flags, bool mayBeShared)
    {
        string? proposal = flags switch
        {
            2 or 3 when mayBeShared => Threads,
            >= 4 and <= 7 => Memory64,
            >= 8 and <= 15 when mayBeShared => CustomPageSizes,
            _ => null,
        };
        string words = (flags & 0x7E) == 0 ? TooLong(flags) : "integer too large: ";
        return RefuseOr(proposal, offset, $"{words}malformed limits flags {flags:x2}");
    }

    /// <summary>The specification reads such bytes as integers of seven bits, which never go on in another
    /// byte.</summary>
    private static string TooLong(byte code) => code >= 0x80 ? "integer representation too long: " : "";

    private static WasmFormatException RefuseOr(string? proposal, int offset, string words) =>
        proposal is null ? WasmFormatException.Malformed(offset, words) : Refuse(proposal, offset, words);
}
