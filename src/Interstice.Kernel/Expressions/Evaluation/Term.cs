namespace Interstice.Kernel.Expressions.Evaluation;

/// <summary>A part of a compiled expression: a value that depends on the row, or null.</summary>
internal abstract class Term
{
    /// <summary>Whether the value is not null for a row.</summary>
    internal abstract bool HasValue(ReadOnlySpan<byte> row);
}

/// <summary>A part with values of one kind: <see cref="bool"/> for conditions, <see cref="long"/> for integers that fit, times and
/// variants, <see cref="WideInteger"/> for other integers, <see cref="double"/> for floats, a span of bytes for the rest.</summary>
internal abstract class Term<T> : Term
    where T : allows ref struct
{
    /// <summary>Finds the value for a row; false when it is null.</summary>
    internal abstract bool TryEvaluate(ReadOnlySpan<byte> row, out T value);

    internal sealed override bool HasValue(ReadOnlySpan<byte> row) => TryEvaluate(row, out _);
}
