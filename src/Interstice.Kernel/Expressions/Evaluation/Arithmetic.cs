namespace Interstice.Kernel.Expressions.Evaluation;

internal enum ArithmeticOperator
{
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

/// <summary>Exact arithmetic; null when the result is out of range or the divisor is zero.</summary>
internal sealed class IntegerArithmetic(
    ArithmeticOperator operation, Term<WideInteger> left, Term<WideInteger> right) : Term<WideInteger>
{
    internal override bool TryEvaluate(ReadOnlySpan<byte> row, out WideInteger value)
    {
        value = default;
        if (!left.TryEvaluate(row, out WideInteger a) || !right.TryEvaluate(row, out WideInteger b)) return false;
        return operation switch
        {
            ArithmeticOperator.Add => WideInteger.TryAdd(a, b, out value),
            ArithmeticOperator.Subtract => WideInteger.TryAdd(a, b.Negate(), out value),
            ArithmeticOperator.Multiply => WideInteger.TryMultiply(a, b, out value),
            ArithmeticOperator.Divide => WideInteger.TryDivide(a, b, out value),
            _ => WideInteger.TryRemainder(a, b, out value),
        };
    }
}

/// <summary>Arithmetic of doubles as in IEEE 754; never null by itself.</summary>
internal sealed class FloatArithmetic(ArithmeticOperator operation, Term<double> left, Term<double> right) : Term<double>
{
    internal override bool TryEvaluate(ReadOnlySpan<byte> row, out double value)
    {
        value = 0;
        if (!left.TryEvaluate(row, out double a) || !right.TryEvaluate(row, out double b)) return false;
        value = operation switch
        {
            ArithmeticOperator.Add => a + b,
            ArithmeticOperator.Subtract => a - b,
            ArithmeticOperator.Multiply => a * b,
            ArithmeticOperator.Divide => a / b,
            _ => a % b,
        };
        return true;
    }
}

/// <summary>Sums and differences of times, in microseconds; null when the result does not fit 64 bits.</summary>
internal sealed class TimeSum(bool isDifference, Term<long> left, Term<long> right) : Term<long>
{
    internal override bool TryEvaluate(ReadOnlySpan<byte> row, out long value)
    {
        value = 0;
        if (!left.TryEvaluate(row, out long a) || !right.TryEvaluate(row, out long b)) return false;
        value = unchecked(isDifference ? a - b : a + b);
        long other = isDifference ? ~b : b;

        // It overflowed when both operands have one sign and the result has the other.
        return ((a ^ value) & (other ^ value)) >= 0;
    }
}

/// <summary>An integer brought to 64 bits; null when it does not fit. Durations are multiplied and divided as integers.</summary>
internal sealed class Narrowing(Term<WideInteger> operand) : Term<long>
{
    internal override bool TryEvaluate(ReadOnlySpan<byte> row, out long value)
    {
        value = 0;
        return operand.TryEvaluate(row, out WideInteger wide) && wide.TryToLong(out value);
    }
}

/// <summary>An integer of 64 bits as one of any size.</summary>
internal sealed class Widening(Term<long> operand) : Term<WideInteger>
{
    internal override bool TryEvaluate(ReadOnlySpan<byte> row, out WideInteger value)
    {
        bool hasValue = operand.TryEvaluate(row, out long narrow);
        value = WideInteger.From(narrow);
        return hasValue;
    }
}

/// <summary>An integer as the nearest double.</summary>
internal sealed class Rounding(Term<WideInteger> operand) : Term<double>
{
    internal override bool TryEvaluate(ReadOnlySpan<byte> row, out double value)
    {
        bool hasValue = operand.TryEvaluate(row, out WideInteger whole);
        value = whole.ToDouble();
        return hasValue;
    }
}

/// <summary>A float with its sign changed.</summary>
internal sealed class FloatNegation(Term<double> operand) : Term<double>
{
    internal override bool TryEvaluate(ReadOnlySpan<byte> row, out double value)
    {
        bool hasValue = operand.TryEvaluate(row, out double number);
        value = -number;
        return hasValue;
    }
}
