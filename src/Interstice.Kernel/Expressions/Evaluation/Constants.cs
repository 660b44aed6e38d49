namespace Interstice.Kernel.Expressions.Evaluation;

/// <summary>A value that stands in the expression.</summary>
internal sealed class Constant<T>(T constant) : Term<T>
{
    internal T Value => constant;

    internal override bool TryEvaluate(ReadOnlySpan<byte> row, out T value)
    {
        value = constant;
        return true;
    }
}

/// <summary>A string, bytes, uuid or identity that stands in the expression.</summary>
internal sealed class BytesConstant(byte[] constant) : Term<ReadOnlySpan<byte>>
{
    internal byte[] Value => constant;

    internal override bool TryEvaluate(ReadOnlySpan<byte> row, out ReadOnlySpan<byte> value)
    {
        value = constant;
        return true;
    }
}
