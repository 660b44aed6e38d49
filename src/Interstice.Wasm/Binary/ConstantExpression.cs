namespace Interstice.Wasm.Binary;

/// <summary>A constant expression, reduced by the decoder to one of its closed forms.</summary>
public abstract record ConstantExpression
{
    private ConstantExpression()
    {
    }

    /// <summary>A number.</summary>
    /// <param name="Kind">i32, i64, f32 or f64.</param>
    /// <param name="Bits">Its bits, zero-extended to 64.</param>
    public sealed record Number(ValueKind Kind, ulong Bits) : ConstantExpression;

    /// <summary>The value of an imported immutable global.</summary>
    /// <param name="GlobalIndex">Index of the global.</param>
    public sealed record Global(int GlobalIndex) : ConstantExpression;

    /// <summary><c>ref.func</c>.</summary>
    /// <param name="FunctionIndex">Index of the function.</param>
    public sealed record Function(int FunctionIndex) : ConstantExpression;

    /// <summary><c>ref.null</c>.</summary>
    /// <param name="Kind">Kind of the reference.</param>
    public sealed record Null(ValueKind Kind) : ConstantExpression;
}
