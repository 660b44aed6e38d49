using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Values;

/// <summary>Reads integers of up to 128 bits out of the text of JSON, exactly: <c>1e3</c> and <c>10.0</c> are integers,
/// <c>0.5</c> is none.</summary>
internal static class JsonIntegers
{
    private const int ExponentMax = 100_000;
    private const int ShortDigitsMax = 18;

    /// <summary>Reads a number that fits an integer type.</summary>
    /// <param name="text">The text of a JSON number, or digits with an optional sign.</param>
    /// <param name="kind">The type; times count as i64.</param>
    /// <param name="bits">The number in two's complement.</param>
    /// <returns>Whether the text is an integer that the type holds.</returns>
    internal static bool TryParse(ReadOnlySpan<char> text, ScalarKind kind, out UInt128 bits)
    {
        bits = 0;
        bool isNegative = text.StartsWith("-");
        if (isNegative) text = text[1..];
        if (TryParseShort(text, out long number)) return TryFit(isNegative ? -number : number, kind, out bits);
        if (!TryParseMagnitude(text, out UInt128 magnitude)) return false;
        (int width, bool isSigned) = WidthOf(kind);
        UInt128 limit = isSigned ? UInt128.One << (width - 1) : UInt128.MaxValue >> (128 - width);
        if (isSigned && !isNegative) limit -= 1;
        if (!isSigned && isNegative) limit = 0;
        if (magnitude > limit) return false;
        bits = isNegative ? UInt128.Zero - magnitude : magnitude;
        return true;
    }

    /// <summary>The smallest and the largest number of an integer type, for messages.</summary>
    internal static string Range(ScalarKind kind)
    {
        (int width, bool isSigned) = WidthOf(kind);
        if (!isSigned) return $"0 to {UInt128.MaxValue >> (128 - width)}";
        Int128 max = (Int128)((UInt128.One << (width - 1)) - 1);
        return $"{-max - 1} to {max}";
    }

    private static (int Width, bool IsSigned) WidthOf(ScalarKind kind) => kind switch
    {
        ScalarKind.I8 => (8, true),
        ScalarKind.I16 => (16, true),
        ScalarKind.I32 => (32, true),
        ScalarKind.I128 => (128, true),
        ScalarKind.U8 => (8, false),
        ScalarKind.U16 => (16, false),
        ScalarKind.U32 => (32, false),
        ScalarKind.U64 => (64, false),
        ScalarKind.U128 => (128, false),
        _ => (64, true),
    };

    /// <summary>Reads what nearly every number is, a few digits, without arithmetic in 128 bits.</summary>
    private static bool TryParseShort(ReadOnlySpan<char> text, out long number)
    {
        number = 0;
        if (text.IsEmpty || text.Length > ShortDigitsMax) return false;
        foreach (char digit in text)
        {
            if (!char.IsAsciiDigit(digit)) return false;
            number = (number * 10) + (digit - '0');
        }

        return true;
    }

    private static bool TryFit(long number, ScalarKind kind, out UInt128 bits)
    {
        (int width, bool isSigned) = WidthOf(kind);
        bits = new UInt128(number < 0 ? ulong.MaxValue : 0, (ulong)number);
        if (!isSigned && number < 0) return false;
        if (width >= 64) return true;
        long limit = 1L << (isSigned ? width - 1 : width);
        return number < limit && number >= -limit;
    }

    private static bool TryParseMagnitude(ReadOnlySpan<char> text, out UInt128 magnitude)
    {
        magnitude = 0;
        int exponent = 0;
        int mark = text.IndexOfAny('e', 'E');
        if (mark >= 0 && !TryParseExponent(text[(mark + 1)..], out exponent)) return false;
        ReadOnlySpan<char> mantissa = mark >= 0 ? text[..mark] : text;
        int point = mantissa.IndexOf('.');
        ReadOnlySpan<char> whole = point >= 0 ? mantissa[..point] : mantissa;
        ReadOnlySpan<char> fraction = point >= 0 ? mantissa[(point + 1)..] : [];
        if (whole.IsEmpty || (point >= 0 && fraction.IsEmpty)) return false;
        if (whole.ContainsAnyExceptInRange('0', '9') || fraction.ContainsAnyExceptInRange('0', '9')) return false;
        int digitsKept = whole.Length + exponent;
        for (int i = 0; i < whole.Length + fraction.Length; i++)
        {
            int digit = (i < whole.Length ? whole[i] : fraction[i - whole.Length]) - '0';
            if (i >= digitsKept && digit != 0) return false;
            if (i < digitsKept && !TryAppend(ref magnitude, digit)) return false;
        }

        // Zeros that stand only in the exponent; a magnitude of zero stays zero however many there are.
        for (int i = whole.Length + fraction.Length; i < digitsKept && magnitude != 0; i++)
            if (!TryAppend(ref magnitude, 0)) return false;
        return true;
    }

    private static bool TryParseExponent(ReadOnlySpan<char> text, out int exponent)
    {
        exponent = 0;
        bool isNegative = text.StartsWith("-");
        if (isNegative || text.StartsWith("+")) text = text[1..];
        if (text.IsEmpty) return false;
        foreach (char digit in text)
        {
            if (!char.IsAsciiDigit(digit)) return false;
            exponent = Math.Min((exponent * 10) + (digit - '0'), ExponentMax);
        }

        if (isNegative) exponent = -exponent;
        return true;
    }

    private static bool TryAppend(ref UInt128 magnitude, int digit)
    {
        if (magnitude > (UInt128.MaxValue - (uint)digit) / 10) return false;
        magnitude = (magnitude * 10) + (uint)digit;
        return true;
    }
}
