namespace Interstice.Kernel.Expressions.Evaluation;

/// <summary>An integer from -(2^128 - 1) to 2^128 - 1: room for every value of every integer type. Zero is not negative.</summary>
internal readonly struct WideInteger
{
    private WideInteger(UInt128 magnitude, bool isNegative)
    {
        Magnitude = magnitude;
        IsNegative = isNegative && magnitude != UInt128.Zero;
    }

    internal UInt128 Magnitude { get; }

    internal bool IsNegative { get; }

    internal static WideInteger From(long value) => new(value < 0 ? (ulong)-(Int128)value : (ulong)value, value < 0);

    internal static WideInteger From(Int128 value) =>
        new(value < 0 ? UInt128.Zero - (UInt128)value : (UInt128)value, value < 0);

    internal static WideInteger From(UInt128 value) => new(value, false);

    /// <summary>Reads decimal digits; false when there are too many.</summary>
    internal static bool TryParse(ReadOnlySpan<char> digits, bool isNegative, out WideInteger value)
    {
        UInt128 magnitude = 0;
        value = default;
        foreach (char digit in digits)
        {
            uint number = (uint)(digit - '0');
            if (number > 9 || magnitude > (UInt128.MaxValue - number) / 10) return false;
            magnitude = (magnitude * 10) + number;
        }

        value = new WideInteger(magnitude, isNegative);
        return !digits.IsEmpty;
    }

    internal bool TryToLong(out long value)
    {
        value = IsNegative ? (long)(UInt128.Zero - Magnitude) : (long)Magnitude;
        return Magnitude <= (IsNegative ? (UInt128)long.MaxValue + 1 : long.MaxValue);
    }

    /// <summary>The nearest double.</summary>
    internal double ToDouble() => IsNegative ? -(double)Magnitude : (double)Magnitude;

    internal WideInteger Negate() => new(Magnitude, !IsNegative);

    internal static int Compare(WideInteger left, WideInteger right)
    {
        if (left.IsNegative != right.IsNegative) return left.IsNegative ? -1 : 1;
        return left.IsNegative ? right.Magnitude.CompareTo(left.Magnitude) : left.Magnitude.CompareTo(right.Magnitude);
    }

    /// <summary>Compares exactly, without rounding the integer; NaN comes after all numbers.</summary>
    internal static int Compare(WideInteger left, double right)
    {
        const double limit = 340282366920938463463374607431768211456.0;
        if (double.IsNaN(right)) return -1;
        if (right >= limit) return -1;
        if (right <= -limit) return 1;
        double whole = Math.Truncate(right);
        int order = Compare(left, new WideInteger((UInt128)Math.Abs(whole), whole < 0));
        return order != 0 ? order : whole.CompareTo(right);
    }

    internal static bool TryAdd(WideInteger left, WideInteger right, out WideInteger sum)
    {
        if (left.IsNegative == right.IsNegative)
        {
            UInt128 magnitude = left.Magnitude + right.Magnitude;
            sum = new WideInteger(magnitude, left.IsNegative);
            return magnitude >= left.Magnitude;
        }

        sum = left.Magnitude >= right.Magnitude
            ? new WideInteger(left.Magnitude - right.Magnitude, left.IsNegative)
            : new WideInteger(right.Magnitude - left.Magnitude, right.IsNegative);
        return true;
    }

    internal static bool TryMultiply(WideInteger left, WideInteger right, out WideInteger product)
    {
        bool isSmall = (left.Magnitude | right.Magnitude) <= ulong.MaxValue;
        bool fits = isSmall || left.Magnitude == UInt128.Zero || right.Magnitude <= UInt128.MaxValue / left.Magnitude;
        product = fits ? new WideInteger(left.Magnitude * right.Magnitude, left.IsNegative != right.IsNegative) : default;
        return fits;
    }

    /// <summary>Divides and cuts the fraction off; false for a divisor of zero.</summary>
    internal static bool TryDivide(WideInteger left, WideInteger right, out WideInteger quotient)
    {
        quotient = default;
        if (right.Magnitude == UInt128.Zero) return false;
        quotient = new WideInteger(left.Magnitude / right.Magnitude, left.IsNegative != right.IsNegative);
        return true;
    }

    /// <summary>What is left over after <see cref="TryDivide"/>, with the sign of the dividend.</summary>
    internal static bool TryRemainder(WideInteger left, WideInteger right, out WideInteger remainder)
    {
        remainder = default;
        if (right.Magnitude == UInt128.Zero) return false;
        remainder = new WideInteger(left.Magnitude % right.Magnitude, left.IsNegative);
        return true;
    }
}
