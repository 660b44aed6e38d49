namespace Interstice.Kernel.Tables;

/// <summary>A range of an index, in comparable key bytes as <see cref="Values.KeyCodec"/> makes them. A bound may hold fewer
/// columns than the index; it then stands for all rows with these leading columns: inclusive keeps them all, exclusive
/// leaves them all out. Borrows the bytes of its bounds.</summary>
public readonly ref struct KeyRange
{
    /// <summary>Makes a range.</summary>
    /// <param name="lower">The lower bound; empty for none.</param>
    /// <param name="lowerExclusive">Whether the rows of the lower bound are left out.</param>
    /// <param name="upper">The upper bound; empty for none.</param>
    /// <param name="upperExclusive">Whether the rows of the upper bound are left out.</param>
    public KeyRange(ReadOnlySpan<byte> lower, bool lowerExclusive, ReadOnlySpan<byte> upper, bool upperExclusive)
    {
        Lower = lower;
        IsLowerExclusive = lowerExclusive;
        Upper = upper;
        IsUpperExclusive = upperExclusive;
    }

    /// <summary>Everything.</summary>
    public static KeyRange All => default;

    /// <summary>The lower bound; empty for none.</summary>
    public ReadOnlySpan<byte> Lower { get; }

    /// <summary>The upper bound; empty for none.</summary>
    public ReadOnlySpan<byte> Upper { get; }

    /// <summary>Whether the rows of the lower bound are left out.</summary>
    public bool IsLowerExclusive { get; }

    /// <summary>Whether the rows of the upper bound are left out.</summary>
    public bool IsUpperExclusive { get; }

    /// <summary>Whether the bounds stand the wrong way round, so that nothing can be between them.</summary>
    internal bool IsInverted
    {
        get
        {
            if (Lower.IsEmpty || Upper.IsEmpty) return false;
            int shared = Math.Min(Lower.Length, Upper.Length);
            int order = Lower[..shared].SequenceCompareTo(Upper[..shared]);
            if (order != 0) return order > 0;
            // One bound begins with the other: the rows of the longer are among the rows of the shorter.
            return Lower.Length <= Upper.Length
                ? IsLowerExclusive && (Lower.Length < Upper.Length || IsUpperExclusive)
                : IsUpperExclusive;
        }
    }

    /// <summary>All rows whose key begins with some columns.</summary>
    /// <param name="prefix">Comparable bytes of the columns; empty for all rows.</param>
    public static KeyRange Prefix(ReadOnlySpan<byte> prefix) => new(prefix, false, prefix, false);
}
