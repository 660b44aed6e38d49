namespace Interstice.Kernel.Expressions.Evaluation;

/// <summary>How values of one kind compare; the same order as in indexes (docs/semantics.md, Keys).</summary>
internal interface IOrder<T>
    where T : allows ref struct
{
    static abstract int Compare(T left, T right);
}

internal readonly struct LongOrder : IOrder<long>
{
    public static int Compare(long left, long right) => left.CompareTo(right);
}

internal readonly struct WideOrder : IOrder<WideInteger>
{
    public static int Compare(WideInteger left, WideInteger right) => WideInteger.Compare(left, right);
}

/// <summary>-0 equals +0; NaN equals itself and comes after all numbers.</summary>
internal readonly struct FloatOrder : IOrder<double>
{
    public static int Compare(double left, double right)
    {
        // CompareTo puts NaN first.
        if (double.IsNaN(left) || double.IsNaN(right)) return double.IsNaN(left).CompareTo(double.IsNaN(right));
        return left.CompareTo(right);
    }
}

internal readonly struct BoolOrder : IOrder<bool>
{
    public static int Compare(bool left, bool right) => left.CompareTo(right);
}

/// <summary>Byte by byte; for UTF-8 that is the order of code points.</summary>
internal readonly struct BytesOrder : IOrder<ReadOnlySpan<byte>>
{
    public static int Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) => left.SequenceCompareTo(right);
}
