namespace Interstice.Kernel.Expressions.Evaluation;

/// <summary>Which orders of two values a comparison accepts.</summary>
[Flags]
internal enum Accepted
{
    Less = 1,
    Equal = 2,
    Greater = 4,
}

/// <summary>A comparison.</summary>
internal sealed class Comparison(Ordering ordering, Accepted accepted) : Term<bool>
{
    internal Ordering Ordering => ordering;

    internal Accepted Accepted => accepted;

    internal override bool TryEvaluate(ReadOnlySpan<byte> row, out bool value)
    {
        bool isKnown = ordering.TryCompare(row, out int order);
        value = isKnown && (accepted & (order < 0 ? Accepted.Less : order > 0 ? Accepted.Greater : Accepted.Equal)) != 0;
        return isKnown;
    }
}

/// <summary>Parts joined by <c>and</c>: false when one is false, else unknown when one is unknown.</summary>
internal sealed class Conjunction(Term<bool>[] parts) : Term<bool>
{
    internal ReadOnlySpan<Term<bool>> Parts => parts;

    internal override bool TryEvaluate(ReadOnlySpan<byte> row, out bool value)
    {
        bool isKnown = true;
        value = false;
        foreach (Term<bool> part in parts)
        {
            if (!part.TryEvaluate(row, out bool holds)) isKnown = false;
            else if (!holds) return true;
        }

        value = true;
        return isKnown;
    }
}

/// <summary>Parts joined by <c>or</c>: true when one is true, else unknown when one is unknown.</summary>
internal sealed class Disjunction(Term<bool>[] parts) : Term<bool>
{
    internal ReadOnlySpan<Term<bool>> Parts => parts;

    internal override bool TryEvaluate(ReadOnlySpan<byte> row, out bool value)
    {
        bool isKnown = true;
        value = true;
        foreach (Term<bool> part in parts)
        {
            if (!part.TryEvaluate(row, out bool holds)) isKnown = false;
            else if (holds) return true;
        }

        value = false;
        return isKnown;
    }
}

/// <summary><c>not</c>: unknown stays unknown.</summary>
internal sealed class Inversion(Term<bool> operand) : Term<bool>
{
    internal Term<bool> Operand => operand;

    internal override bool TryEvaluate(ReadOnlySpan<byte> row, out bool value)
    {
        bool isKnown = operand.TryEvaluate(row, out bool holds);
        value = !holds;
        return isKnown;
    }
}

/// <summary><c>is null</c>; never unknown.</summary>
internal sealed class NullTest(Term operand) : Term<bool>
{
    internal Term Operand => operand;

    internal override bool TryEvaluate(ReadOnlySpan<byte> row, out bool value)
    {
        value = !operand.HasValue(row);
        return true;
    }
}

/// <summary><c>in</c>, where all values are of one kind: like comparisons for equality joined by <c>or</c>.</summary>
internal sealed class Membership<T, TOrder>(Term<T> operand, Term<T>[] items) : Term<bool>
    where T : allows ref struct
    where TOrder : struct, IOrder<T>
{
    internal Term<T> Operand => operand;

    internal ReadOnlySpan<Term<T>> Items => items;

    internal override bool TryEvaluate(ReadOnlySpan<byte> row, out bool value)
    {
        value = false;
        if (!operand.TryEvaluate(row, out T wanted)) return false;
        bool isKnown = true;
        foreach (Term<T> item in items)
        {
            if (!item.TryEvaluate(row, out T found)) isKnown = false;
            else if (TOrder.Compare(wanted, found) == 0)
            {
                value = true;
                return true;
            }
        }

        return isKnown;
    }
}

/// <summary><c>like</c>.</summary>
internal sealed class LikeTest(Term<ReadOnlySpan<byte>> operand, LikePattern pattern) : Term<bool>
{
    internal Term<ReadOnlySpan<byte>> Operand => operand;

    internal LikePattern Pattern => pattern;

    internal override bool TryEvaluate(ReadOnlySpan<byte> row, out bool value)
    {
        bool isKnown = operand.TryEvaluate(row, out ReadOnlySpan<byte> text);
        value = isKnown && pattern.Matches(text);
        return isKnown;
    }
}
