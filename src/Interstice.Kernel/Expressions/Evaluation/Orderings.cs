namespace Interstice.Kernel.Expressions.Evaluation;

/// <summary>Two values to compare.</summary>
internal abstract class Ordering
{
    /// <summary>Compares them for a row: negative, zero or positive; false when one is null.</summary>
    internal abstract bool TryCompare(ReadOnlySpan<byte> row, out int order);
}

/// <summary>Two values of one kind.</summary>
internal sealed class Ordering<T, TOrder>(Term<T> left, Term<T> right) : Ordering
    where T : allows ref struct
    where TOrder : struct, IOrder<T>
{
    internal Term<T> Left => left;

    internal Term<T> Right => right;

    internal override bool TryCompare(ReadOnlySpan<byte> row, out int order)
    {
        order = 0;
        if (!left.TryEvaluate(row, out T leftValue) || !right.TryEvaluate(row, out T rightValue)) return false;
        order = TOrder.Compare(leftValue, rightValue);
        return true;
    }
}

/// <summary>An integer and a float, compared without rounding.</summary>
internal sealed class MixedOrdering(Term<WideInteger> integer, Term<double> number, bool isIntegerLeft) : Ordering
{
    internal Term<WideInteger> Integer => integer;

    internal Term<double> Number => number;

    internal bool IsIntegerLeft => isIntegerLeft;

    internal override bool TryCompare(ReadOnlySpan<byte> row, out int order)
    {
        order = 0;
        bool hasValues = integer.TryEvaluate(row, out WideInteger whole) & number.TryEvaluate(row, out double value);
        if (!hasValues) return false;
        order = WideInteger.Compare(whole, value);
        if (!isIntegerLeft) order = -order;
        return true;
    }
}
