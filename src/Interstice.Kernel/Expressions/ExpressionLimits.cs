namespace Interstice.Kernel.Expressions;

/// <summary>Bounds on expressions.</summary>
public static class ExpressionLimits
{
    /// <summary>Most characters of an expression.</summary>
    public const int LengthMax = 4096;

    /// <summary>Most parentheses, operators and signs around an operand. Parts of one chain of <c>and</c> or of <c>or</c> count
    /// once; each further term of a sum or product counts.</summary>
    public const int DepthMax = 64;

    /// <summary>Most bytes, in UTF-8, of a pattern of <c>like</c>.</summary>
    public const int PatternBytesMax = 1000;
}
