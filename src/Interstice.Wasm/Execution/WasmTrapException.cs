using System.Globalization;

namespace Interstice.Wasm.Execution;

/// <summary>A guest was stopped. The instance stays usable after <see cref="Instance.Reset"/>.</summary>
/// <remarks>The engine fills in where: <see cref="FunctionIndex"/> is the function that trapped, exactly, but for a
/// function small enough that the just-in-time compiler merged it into its caller, which can only run out of fuel; then
/// it is the caller. <see cref="CodeOffset"/> is the offending instruction where <see cref="IsCodeOffsetExact"/>, else
/// the first instruction of that function.</remarks>
public sealed class WasmTrapException : Exception
{
    private readonly string? _detail;

    /// <summary>Makes a trap; host functions throw it to stop the guest that called them.</summary>
    /// <param name="kind">Why the guest is stopped.</param>
    /// <param name="detail">What else is known, as a sentence, or null.</param>
    /// <param name="innerException">The cause, or null.</param>
    public WasmTrapException(TrapKind kind, string? detail = null, Exception? innerException = null)
        : base(null, innerException)
    {
        Kind = kind;
        _detail = detail;
    }

    /// <summary>Why the guest was stopped.</summary>
    public TrapKind Kind { get; }

    /// <summary>Index of the function in its module, imported functions first; -1 when no guest code was
    /// running.</summary>
    public int FunctionIndex { get; private set; } = -1;

    /// <summary>The function's name in the module's name section, or the name it is exported by, or null.</summary>
    public string? FunctionName { get; private set; }

    /// <summary>Byte offset in the module's binary; 0 when no guest code was running.</summary>
    public int CodeOffset { get; private set; }

    /// <summary>Whether <see cref="CodeOffset"/> names the instruction, not just its function.</summary>
    public bool IsCodeOffsetExact { get; private set; }

    /// <inheritdoc/>
    public override string Message
    {
        get
        {
            string what = _detail is null ? Describe(Kind) : $"{Describe(Kind)}: {_detail}";
            if (FunctionIndex < 0) return what;
            string name = FunctionName is null ? "" : $" \"{FunctionName}\"";
            string offset = CodeOffset.ToString("x", CultureInfo.InvariantCulture);
            return $"{what} (in function {FunctionIndex}{name} at offset 0x{offset})";
        }
    }

    /// <summary>Whether a guest function has been named.</summary>
    internal bool IsLocated => FunctionIndex >= 0;

    /// <summary>Names the function, once.</summary>
    internal void Locate(int functionIndex, string? functionName, int functionOffset)
    {
        FunctionIndex = functionIndex;
        FunctionName = functionName;
        if (!IsCodeOffsetExact) CodeOffset = functionOffset;
    }

    /// <summary>Names the instruction.</summary>
    internal WasmTrapException At(int codeOffset)
    {
        CodeOffset = codeOffset;
        IsCodeOffsetExact = true;
        return this;
    }

    // The words of the specification suite where it has some.
    private static string Describe(TrapKind kind) => kind switch
    {
        TrapKind.Unreachable => "unreachable",
        TrapKind.MemoryOutOfBounds => "out of bounds memory access",
        TrapKind.TableOutOfBounds => "out of bounds table access",
        TrapKind.IndirectCallNull => "uninitialized element",
        TrapKind.UndefinedElement => "undefined element",
        TrapKind.IndirectCallTypeMismatch => "indirect call type mismatch",
        TrapKind.IntegerDivideByZero => "integer divide by zero",
        TrapKind.IntegerOverflow => "integer overflow",
        TrapKind.InvalidConversionToInteger => "invalid conversion to integer",
        TrapKind.FuelExhausted => "all fuel consumed",
        TrapKind.CallDepthExceeded => "call stack exhausted",
        TrapKind.MemoryLimitExceeded => "memory limit of the host exceeded",
        TrapKind.TableLimitExceeded => "table limit of the host exceeded",
        TrapKind.Aborted => "aborted by the host",
        _ => "stopped by a host function",
    };
}
