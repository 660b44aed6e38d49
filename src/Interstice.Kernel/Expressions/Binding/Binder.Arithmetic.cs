using Interstice.Kernel.Expressions.Evaluation;
using Interstice.Kernel.Expressions.Parsing;

namespace Interstice.Kernel.Expressions.Binding;

/// <content>Arithmetic.</content>
internal sealed partial class Binder
{
    private static readonly Constant<WideInteger> Zero = new(default);

    private Operand Negation(NegationSyntax syntax)
    {
        Operand operand = Bind(syntax.Operand);
        return operand.Kind switch
        {
            ValueKind.Integer =>
                new Operand(new IntegerArithmetic(ArithmeticOperator.Subtract, Zero, operand.Wide), operand.Kind, "an integer", syntax),
            ValueKind.F32 or ValueKind.F64 => operand with { Term = new FloatNegation(operand.Float), Syntax = syntax },
            ValueKind.Duration =>
                new Operand(new TimeSum(true, new Constant<long>(0), operand.Long), operand.Kind, operand.Type, syntax),
            _ => throw Error(ExpressionErrorKind.TypeMismatch, syntax, $"- does not take {Describe(operand)}"),
        };
    }

    private Operand Arithmetic(ArithmeticSyntax syntax)
    {
        Operand left = Bind(syntax.Left);
        Operand right = Bind(syntax.Right);
        ArithmeticOperator operation = OperatorOf(syntax.Operator.Kind);
        if (left.Kind == ValueKind.Integer && right.Kind == ValueKind.Integer)
        {
            var term = new IntegerArithmetic(operation, left.Wide, right.Wide);
            return new Operand(term, ValueKind.Integer, "an integer", syntax);
        }

        if (left.IsNumber && right.IsNumber)
            return new Operand(new FloatArithmetic(operation, left.Float, right.Float), ValueKind.F64, "f64", syntax);
        if (TimeArithmetic(operation, left, right, syntax) is { } time) return time;
        string hint = IsTime(left) != IsTime(right) && (IsOpen(syntax.Left) || IsOpen(syntax.Right))
            ? "; write the type before a text, as in duration '90s'" : "";
        throw new ExpressionException(ExpressionErrorKind.TypeMismatch, text, syntax.Operator.Start, 1,
            $"{syntax.Operator.Value} does not take {Describe(left)}, and {Describe(right)}{hint}");
    }

    private static Operand? TimeArithmetic(ArithmeticOperator operation, Operand left, Operand right, Syntax syntax)
    {
        bool isDifference = operation == ArithmeticOperator.Subtract;
        bool isSum = isDifference || operation == ArithmeticOperator.Add;
        ValueKind? result = (left.Kind, right.Kind) switch
        {
            (ValueKind.Timestamp, ValueKind.Timestamp) when isDifference => ValueKind.Duration,
            (ValueKind.Timestamp, ValueKind.Duration) when isSum => ValueKind.Timestamp,
            (ValueKind.Duration, ValueKind.Timestamp) when operation == ArithmeticOperator.Add => ValueKind.Timestamp,
            (ValueKind.Duration, ValueKind.Duration) when isSum => ValueKind.Duration,
            _ => null,
        };
        if (result is { } kind)
        {
            string type = kind == ValueKind.Timestamp ? "timestamp" : "duration";
            return new Operand(new TimeSum(isDifference, left.Long, right.Long), kind, type, syntax);
        }

        bool isScaled = (left.Kind, right.Kind, operation) is
            (ValueKind.Duration, ValueKind.Integer, ArithmeticOperator.Multiply or ArithmeticOperator.Divide)
            or (ValueKind.Integer, ValueKind.Duration, ArithmeticOperator.Multiply);
        if (!isScaled) return null;
        var scaled = new Narrowing(new IntegerArithmetic(operation, left.Wide, right.Wide));
        return new Operand(scaled, ValueKind.Duration, "duration", syntax);
    }

    private static ArithmeticOperator OperatorOf(TokenKind token) => token switch
    {
        TokenKind.Plus => ArithmeticOperator.Add,
        TokenKind.Minus => ArithmeticOperator.Subtract,
        TokenKind.Star => ArithmeticOperator.Multiply,
        TokenKind.Slash => ArithmeticOperator.Divide,
        _ => ArithmeticOperator.Remainder,
    };
}
