using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace Interstice.Kernel.Tests.Expressions;

/// <summary>The naive evaluator of the random tests: a tree of its own, evaluated over the row as decoded JSON. Values are null,
/// <see cref="bool"/>, <see cref="BigInteger"/>, <see cref="double"/>, <see cref="string"/> and arrays of bytes.</summary>
internal static class ExpressionModel
{
    private static readonly BigInteger IntegerMax = (BigInteger.One << 128) - 1;

    internal abstract record Node
    {
        internal abstract object? Evaluate(JsonElement row);

        internal bool? Truth(JsonElement row) => (bool?)Evaluate(row);
    }

    internal sealed record Literal(string Text, object Value) : Node
    {
        internal override object Evaluate(JsonElement row) => Value;
    }

    internal sealed record Field(string Path, Func<JsonElement, object?> Read) : Node
    {
        internal override object? Evaluate(JsonElement row) => Read(row);
    }

    internal sealed record Arithmetic(char Operator, Node Left, Node Right) : Node
    {
        internal override object? Evaluate(JsonElement row)
        {
            object? left = Left.Evaluate(row);
            object? right = Right.Evaluate(row);
            if (left is null || right is null) return null;
            if (left is double || right is double) return Floats(Number(left), Number(right));
            BigInteger? result = Integers((BigInteger)left, (BigInteger)right);
            return result is null || BigInteger.Abs(result.Value) > IntegerMax ? null : result;
        }

        private BigInteger? Integers(BigInteger left, BigInteger right) => Operator switch
        {
            '+' => left + right,
            '-' => left - right,
            '*' => left * right,
            _ when right.IsZero => null,
            '/' => BigInteger.Divide(left, right),
            _ => BigInteger.Remainder(left, right),
        };

        private double Floats(double left, double right) => Operator switch
        {
            '+' => left + right,
            '-' => left - right,
            '*' => left * right,
            '/' => left / right,
            _ => left % right,
        };

        // Through decimal digits, which are rounded once, since the conversion of BigInteger cuts off.
        private static double Number(object value) => value is double number ? number
            : double.Parse(((BigInteger)value).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    internal sealed record Comparison(string Operator, Node Left, Node Right) : Node
    {
        internal override object? Evaluate(JsonElement row)
        {
            object? left = Left.Evaluate(row);
            object? right = Right.Evaluate(row);
            if (left is null || right is null) return null;
            int order = Compare(left, right);
            return Operator switch
            {
                "=" => order == 0,
                "<>" or "!=" => order != 0,
                "<" => order < 0,
                "<=" => order <= 0,
                ">" => order > 0,
                _ => order >= 0,
            };
        }
    }

    internal sealed record Between(Node Operand, Node Lower, Node Upper, bool IsNegated) : Node
    {
        internal override object? Evaluate(JsonElement row)
        {
            Node both = new Logic(true, [new Comparison(">=", Operand, Lower), new Comparison("<=", Operand, Upper)]);
            return IsNegated ? !both.Truth(row) : both.Truth(row);
        }
    }

    internal sealed record In(Node Operand, Node[] Items, bool IsNegated) : Node
    {
        internal override object? Evaluate(JsonElement row)
        {
            Node any = new Logic(false, [.. Items.Select(item => new Comparison("=", Operand, item))]);
            return IsNegated ? !any.Truth(row) : any.Truth(row);
        }
    }

    internal sealed record IsNull(Node Operand, bool IsNegated) : Node
    {
        internal override object Evaluate(JsonElement row) => Operand.Evaluate(row) is null != IsNegated;
    }

    internal sealed record Not(Node Operand) : Node
    {
        internal override object? Evaluate(JsonElement row) => !Operand.Truth(row);
    }

    internal sealed record Logic(bool IsAnd, Node[] Parts) : Node
    {
        internal override object? Evaluate(JsonElement row)
        {
            // Lifted & and | of nullable bools are Kleene's.
            bool? result = IsAnd;
            foreach (Node part in Parts) result = IsAnd ? result & part.Truth(row) : result | part.Truth(row);
            return result;
        }
    }

    internal static int Compare(object left, object right) => (left, right) switch
    {
        (bool a, bool b) => (a ? 1 : 0) - (b ? 1 : 0),
        (string a, string b) => string.CompareOrdinal(CodePoints(a), CodePoints(b)),
        (byte[] a, byte[] b) => string.CompareOrdinal(Convert.ToHexString(a), Convert.ToHexString(b)),
        (BigInteger a, BigInteger b) => a.CompareTo(b),
        _ => CompareExactly(Exact(left), Exact(right)),
    };

    /// <summary>Eight digits for each code point, so that the order of the digits is theirs.</summary>
    private static string CodePoints(string text) =>
        string.Concat(text.EnumerateRunes().Select(rune => rune.Value.ToString("x8", CultureInfo.InvariantCulture)));

    /// <summary>A number as a fraction, with its rank among the special ones: -1 and 1 infinite, 2 NaN.</summary>
    private static (int Rank, BigInteger Numerator, BigInteger Denominator) Exact(object value)
    {
        if (value is BigInteger integer) return (0, integer, BigInteger.One);
        double number = (double)value;
        if (double.IsNaN(number)) return (2, 0, 1);
        if (double.IsInfinity(number)) return (number > 0 ? 1 : -1, 0, 1);
        long bits = BitConverter.DoubleToInt64Bits(number);
        int exponent = (int)((bits >> 52) & 0x7FF);
        BigInteger mantissa = bits & 0xF_FFFF_FFFF_FFFF;
        if (exponent > 0) mantissa += BigInteger.One << 52;
        else exponent = 1;
        if (bits < 0) mantissa = -mantissa;
        exponent -= 1075;
        return exponent >= 0 ? (0, mantissa << exponent, BigInteger.One) : (0, mantissa, BigInteger.One << -exponent);
    }

    private static int CompareExactly(
        (int Rank, BigInteger Numerator, BigInteger Denominator) left, (int Rank, BigInteger Numerator, BigInteger Denominator) right) =>
        left.Rank != right.Rank ? left.Rank.CompareTo(right.Rank)
            : (left.Numerator * right.Denominator).CompareTo(right.Numerator * left.Denominator);
}
